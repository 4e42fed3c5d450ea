use super::Transform;
use crate::{
    context::Cx,
    error::{Result, fail},
    fieldspec::{Creation, FieldSpec, visit},
    kustomization::Replica,
    node::{Access as _, Kind, Node, expect},
    resmap::ResMap,
};

/// Sets how many there are of something.
pub(crate) struct Replicas {
    pub(crate) replica: Replica,
    pub(crate) fields: Vec<FieldSpec>,
}

impl Transform for Replicas {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        let mut found = false;
        for resource in map.list_mut_same_ids() {
            let ids = resource.all_ids(&cx.schemas);
            for spec in &self.fields {
                let gvk = spec.gvk();
                let is_meant = ids
                    .iter()
                    .any(|id| id.name == self.replica.name && id.gvk.is_selected_by(&gvk));
                if is_meant {
                    found = true;
                    visit(
                        &mut resource.node,
                        spec,
                        Creation::As(Kind::Scalar),
                        &mut |count| {
                            expect(count, Kind::Scalar)?;
                            *count = Node::int(self.replica.count);
                            Ok(())
                        },
                    )?;
                }
            }
        }
        if !found {
            let kinds: Vec<String> = self.fields.iter().map(|spec| spec.gvk().to_string()).collect();
            fail!(
                "resource with name {} does not match a config with the following GVK [{}]",
                self.replica.name,
                kinds.join(" ")
            );
        }
        Ok(())
    }
}
