use std::collections::{HashMap, HashSet};

use manifest::{GroupKind, GroupVersionKind, Object, Origin, ResourceKey};

use super::generated::keep_generated;
use crate::{
    Desired,
    cluster::{Cluster, Discovery, Error, Resource},
    digest::Digest,
    intent::{generated_name, intent},
    render::Scopes,
};

/// One desired object and what the cluster calls its kind.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its key in the cluster: with a namespace where it needs one, without where it may have none.
    pub(crate) key: ResourceKey,
    /// Where it was read.
    pub(crate) origin: Origin,
    /// How it is reached; `None` while its kind is not served.
    pub(crate) resource: Option<Resource>,
    /// What stands for its intent.
    pub(crate) digest: Digest,
}

/// The desired state as the cluster will know it; `objects` and `items` go together by index.
#[derive(Debug)]
pub(crate) struct Targets {
    pub(crate) objects: Vec<Object>,
    pub(crate) items: Vec<Target>,
    /// What stands for the whole set.
    pub(crate) digest: Digest,
    scopes: Scopes,
    apply_set: String,
}

impl Targets {
    /// Finds out the kinds and namespaces of the desired objects.
    pub(crate) async fn resolve(
        cluster: &Cluster,
        desired: &Desired,
        apply_set: &str,
    ) -> Result<Self, Error> {
        let scopes = Scopes::of(&desired.objects);
        let mut discovery = cluster.discovery().await?;
        let kinds: HashSet<GroupVersionKind> = desired.objects.iter().map(Object::gvk).collect();
        let is_missing = |kind: &&GroupVersionKind| {
            discovery.resource(kind).is_none() && scopes.is_namespaced(&kind.group_kind()).is_none()
        };
        if kinds.iter().any(|kind| is_missing(&kind)) {
            discovery = cluster.refresh_discovery(&discovery).await?;
        }
        let kept = keep_generated(cluster, &discovery, desired).await?;
        Ok(Self::of(
            &discovery,
            scopes,
            kept.as_ref().unwrap_or(&desired.objects),
            desired,
            apply_set,
        ))
    }

    #[cfg(test)]
    pub(crate) fn with(discovery: &Discovery, scopes: Scopes, desired: &Desired, apply_set: &str) -> Self {
        Self::of(discovery, scopes, &desired.objects, desired, apply_set)
    }

    fn of(
        discovery: &Discovery,
        scopes: Scopes,
        objects: &[Object],
        desired: &Desired,
        apply_set: &str,
    ) -> Self {
        let mut resources: HashMap<GroupVersionKind, Option<Resource>> = HashMap::new();
        let mut objects = objects.to_vec();
        for object in &mut objects {
            let gvk = object.gvk();
            let resource = resources
                .entry(gvk)
                .or_insert_with_key(|gvk| discovery.resource(gvk).cloned());
            let namespaced = match resource {
                Some(resource) => Some(resource.namespaced),
                None => scopes.is_namespaced(&object.group_kind()),
            };
            match namespaced {
                Some(true) if object.namespace().is_empty() => {
                    object.set_namespace(desired.namespace_or_default());
                }
                Some(false) => object.set_namespace(""),
                _ => {}
            }
        }
        let mut keyed: Vec<(Digest, Object)> = objects
            .into_iter()
            .map(|object| (digest(&object, apply_set), object))
            .collect();
        // whatever the files are called, the same objects give the same plan
        keyed.sort_unstable_by(|(digest, object), (other_digest, other)| {
            place(object)
                .cmp(&place(other))
                .then(digest.cmp(other_digest))
                .then(object.origin().cmp(other.origin()))
        });
        let (digests, mut objects): (Vec<Digest>, Vec<Object>) = keyed.into_iter().unzip();
        let mut sorted = digests.clone();
        sorted.sort_unstable();
        let set = Digest::combine(&sorted);
        for object in objects.iter_mut().filter(|object| object.name().is_empty()) {
            if let Some(name) = generated_name(object, &set.to_string()) {
                set_name(object, &name);
            }
        }
        let targets = objects.iter().zip(digests).map(|(object, digest)| Target {
            key: object.key(),
            origin: object.origin().clone(),
            resource: resources.get(&object.gvk()).cloned().flatten(),
            digest,
        });
        Self {
            items: targets.collect(),
            objects,
            digest: set,
            scopes,
            apply_set: apply_set.to_owned(),
        }
    }

    /// What is sent to the server for the object with this index.
    pub(crate) fn intent(&self, index: usize) -> serde_json::Value {
        let object = &self.objects[index];
        intent(object, object.namespace(), &self.apply_set)
    }

    /// Whether the definition of this kind is part of the set.
    pub(crate) fn defines(&self, kind: &GroupKind) -> bool {
        self.scopes.defines(kind)
    }

    /// Their keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &ResourceKey> {
        self.items.iter().map(|target| &target.key)
    }
}

/// What an object is sorted by.
fn place(object: &Object) -> (&str, &str, &str, &str) {
    (object.group(), object.kind(), object.namespace(), object.name())
}

fn digest(object: &Object, apply_set: &str) -> Digest {
    Digest::of(&intent(object, object.namespace(), apply_set))
}

fn set_name(object: &mut Object, name: &str) {
    if let Some(metadata) = object
        .value_mut()
        .get_mut("metadata")
        .and_then(serde_json::Value::as_object_mut)
    {
        metadata.remove("generateName");
        metadata.insert("name".to_owned(), serde_json::Value::from(name));
    }
}
