use super::{Transform, image_name::ImageChange};
use crate::{
    context::Cx,
    error::Result,
    fieldspec::{Creation, FieldSpec, visit},
    kustomization::Image,
    node::{Access as _, Kind, Node, expect},
    resmap::ResMap,
};

const DEFINITION: &str = "CustomResourceDefinition";

/// Changes names, tags and digests of images.
pub(crate) struct Images {
    pub(crate) image: Image,
    pub(crate) fields: Vec<FieldSpec>,
}

impl Transform for Images {
    fn transform(&self, map: &mut ResMap, _: &Cx<'_>) -> Result<()> {
        let change = ImageChange::new(&self.image);
        for resource in map.list_mut_same_ids() {
            if resource.kind() == DEFINITION {
                continue;
            }
            in_containers(&mut resource.node, &change)?;
            for spec in &self.fields {
                visit(&mut resource.node, spec, Creation::Never, &mut |image| {
                    set(image, &change)
                })?;
            }
        }
        Ok(())
    }
}

/// Changes the images of every list of containers, wherever it stands.
fn in_containers(node: &mut Node, change: &ImageChange<'_>) -> Result<()> {
    match node {
        Node::Mapping(entries) => {
            for (key, value) in entries {
                in_containers(value, change)?;
                if let (Node::Sequence(containers), "containers" | "initContainers") = (value, &*key.text) {
                    containers
                        .iter_mut()
                        .try_for_each(|container| in_container(container, change))?;
                }
            }
            Ok(())
        }
        Node::Sequence(items) => items.iter_mut().try_for_each(|item| in_containers(item, change)),
        Node::Scalar(_) => Ok(()),
    }
}

fn in_container(container: &mut Node, change: &ImageChange<'_>) -> Result<()> {
    expect(container, Kind::Mapping)?;
    match container.get_mut("image") {
        Some(image) => set(image, change),
        None => Ok(()),
    }
}

fn set(image: &mut Node, change: &ImageChange<'_>) -> Result<()> {
    expect(image, Kind::Scalar)?;
    if let Some(name) = change.apply(image.text()) {
        image.set_text(name);
    }
    Ok(())
}
