use std::collections::BTreeMap;
use std::sync::Arc;

use manifest::{GroupVersionKind, Object, ResourceKey};
use smol_str::SmolStr;

/// One object of an inventory: what names it, and the version it was last applied in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceRef {
    /// Group, kind, namespace and name. A move between versions of a group is not another object.
    pub key: ResourceKey,
    /// `v1`; empty when the tool that recorded it kept none.
    pub version: String,
}

impl ResourceRef {
    /// A reference from its key and version.
    pub fn new(key: ResourceKey, version: impl Into<String>) -> Self {
        Self {
            key,
            version: version.into(),
        }
    }

    /// The reference to an object.
    pub fn of(object: &Object) -> Self {
        Self {
            key: object.key(),
            version: object.gvk().version,
        }
    }

    /// Group, version and kind, for a request.
    pub fn gvk(&self) -> GroupVersionKind {
        GroupVersionKind {
            group: self.key.group.clone(),
            version: self.version.clone(),
            kind: self.key.kind.clone(),
        }
    }
}

/// A set of objects, sorted by key. Cheap to clone: clones share what they hold until one of them is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    versions: Arc<BTreeMap<ResourceKey, SmolStr>>,
}

impl Inventory {
    /// One without objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Whether an object is in it, in whatever version.
    pub fn contains(&self, key: &ResourceKey) -> bool {
        self.versions.contains_key(key)
    }

    /// The version in which an object was last applied.
    pub fn version(&self, key: &ResourceKey) -> Option<&str> {
        self.versions.get(key).map(SmolStr::as_str)
    }

    /// Adds an object. A known version replaces the one that was recorded; an unknown one does not.
    pub fn insert(&mut self, reference: ResourceRef) {
        let ResourceRef { key, version } = reference;
        let known = self.versions.get(&key);
        if known.is_some_and(|known| version.is_empty() || **known == *version) {
            return;
        }
        Arc::make_mut(&mut self.versions).insert(key, version.into());
    }

    /// Removes an object; tells whether it was there.
    pub fn remove(&mut self, key: &ResourceKey) -> bool {
        self.contains(key) && Arc::make_mut(&mut self.versions).remove(key).is_some()
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &ResourceKey> {
        self.versions.keys()
    }

    /// Keys and versions, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&ResourceKey, &str)> {
        self.versions.iter().map(|(key, version)| (key, version.as_str()))
    }

    /// What is in either; the versions of `newer` count.
    #[must_use]
    pub fn union(&self, newer: &Self) -> Self {
        let mut union = self.clone();
        union.extend(
            newer
                .versions
                .iter()
                .map(|(key, version)| ResourceRef::new(key.clone(), version.as_str())),
        );
        union
    }

    /// What is in this one and not in `other`, whatever the versions.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let left = self.versions.iter().filter(|(key, _)| !other.contains(key));
        let left = left.map(|(key, version)| (key.clone(), version.clone()));
        Self {
            versions: Arc::new(left.collect()),
        }
    }
}

impl Extend<ResourceRef> for Inventory {
    fn extend<T: IntoIterator<Item = ResourceRef>>(&mut self, references: T) {
        for reference in references {
            self.insert(reference);
        }
    }
}

impl FromIterator<ResourceRef> for Inventory {
    fn from_iter<T: IntoIterator<Item = ResourceRef>>(references: T) -> Self {
        let mut inventory = Self::new();
        inventory.extend(references);
        inventory
    }
}

impl<'a> FromIterator<&'a Object> for Inventory {
    fn from_iter<T: IntoIterator<Item = &'a Object>>(objects: T) -> Self {
        objects.into_iter().map(ResourceRef::of).collect()
    }
}
