use std::collections::{BTreeMap, HashMap};

use helm::GeneratedField;
use manifest::{Object, Origin, ResourceKey, Tree, stream};

use super::{
    Duplicate, Error, Options, Scopes, build,
    chart::{self, Made},
    local::is_local,
    select,
    select::Source,
};
use crate::Desired;

/// What a tree holds for a cluster.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The objects, in the order of their files and documents.
    pub objects: Vec<Object>,
    /// The namespace of namespaced objects of kinds that only a cluster knows.
    pub default_namespace: String,
    /// What gave no object; the objects are then not all there are.
    pub errors: Vec<Error>,
    /// Fields that a chart filled with random numbers or the time, as JSON pointers.
    pub generated: BTreeMap<ResourceKey, Vec<String>>,
}

impl Rendered {
    /// The desired state of this revision.
    pub fn into_desired(self, revision: impl Into<String>) -> Desired {
        Desired {
            revision: revision.into(),
            default_namespace: self.default_namespace,
            objects: self.objects,
            problems: self.errors,
            generated: self.generated,
        }
    }
}

/// Renders the chosen parts of a tree. What cannot be rendered is an error in the result and hides nothing else.
pub fn render(tree: &Tree, options: &Options) -> Rendered {
    let mut rendered = Rendered {
        default_namespace: options.default_namespace.clone(),
        ..Rendered::default()
    };
    let mut generated = Vec::new();
    for source in select::select(tree, &options.paths, &mut rendered.errors) {
        let made = read(tree, &source, options);
        generated.extend(made.generated);
        for result in made.results {
            match result {
                Ok(object) if is_local(&object) => {}
                Ok(object) => rendered.objects.push(object),
                Err(error) => rendered.errors.push(error),
            }
        }
    }
    set_default_namespace(&mut rendered.objects, &options.default_namespace);
    remove_duplicates(&mut rendered);
    rendered.generated = by_object(&rendered.objects, generated);
    rendered
}

/// The generated fields of each object; charts know objects by less than their keys.
fn by_object(objects: &[Object], fields: Vec<GeneratedField>) -> BTreeMap<ResourceKey, Vec<String>> {
    let mut generated: BTreeMap<ResourceKey, Vec<String>> = BTreeMap::new();
    for field in fields {
        let object = objects.iter().find(|object| {
            object.origin().file == field.file
                && object.kind() == field.kind
                && object.name() == field.name
                && field
                    .namespace
                    .as_ref()
                    .is_none_or(|namespace| object.namespace() == namespace)
        });
        if let Some(object) = object {
            generated.entry(object.key()).or_default().push(field.pointer);
        }
    }
    generated
}

/// Each kind of source has one way to become objects.
fn read(tree: &Tree, source: &Source, options: &Options) -> Made {
    match source {
        Source::File(path) => stream::read_file(tree, path)
            .into_iter()
            .map(|result| result.map_err(Error::from))
            .collect::<Vec<_>>()
            .into(),
        Source::Kustomization(path) => build::kustomization(tree, path, options).into(),
        Source::Chart(path) => chart::chart(tree, path, options),
    }
}

fn set_default_namespace(objects: &mut [Object], namespace: &str) {
    if namespace.is_empty() {
        return;
    }
    let scopes = Scopes::of(&*objects);
    for object in objects.iter_mut().filter(|object| object.namespace().is_empty()) {
        // a kind that only the cluster knows gets its namespace when the cluster is asked
        if scopes.is_namespaced(&object.group_kind()) == Some(true) {
            object.set_namespace(namespace);
        }
    }
}

fn remove_duplicates(rendered: &mut Rendered) {
    let mut first: HashMap<ResourceKey, Origin> = HashMap::new();
    let errors = &mut rendered.errors;
    rendered.objects.retain(|object| {
        if object.name().is_empty() {
            return true;
        }
        let key = object.key();
        if let Some(first) = first.get(&key) {
            errors.push(Error::Duplicate(Box::new(Duplicate {
                key,
                first: first.clone(),
                second: object.origin().clone(),
            })));
            return false;
        }
        first.insert(key, object.origin().clone());
        true
    });
}
