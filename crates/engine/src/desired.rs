use std::collections::BTreeMap;

use manifest::{Object, ResourceKey};

use crate::render;

/// What an application should be: the objects of one revision.
///
/// `problems` are the documents that gave no object. They are reported with the result, and while there are
/// any nothing is pruned: what cannot be read cannot be told from what was removed.
#[derive(Debug, Default)]
pub struct Desired {
    /// The revision, as the reports shall name it: a commit, a digest; may be empty.
    pub revision: String,
    /// The namespace of namespaced objects that name none; empty means `default`.
    pub default_namespace: String,
    /// The objects, in any order.
    pub objects: Vec<Object>,
    /// What could not be rendered.
    pub problems: Vec<render::Error>,
    /// Fields that were filled with random numbers or the time, as JSON pointers. Where the object is live, what it
    /// has there stays: a password is not made anew by each sync.
    pub generated: BTreeMap<ResourceKey, Vec<String>>,
}

impl Desired {
    /// A complete set of objects.
    pub fn new(revision: impl Into<String>, objects: Vec<Object>) -> Self {
        Self {
            revision: revision.into(),
            objects,
            ..Self::default()
        }
    }

    pub(crate) fn namespace_or_default(&self) -> &str {
        if self.default_namespace.is_empty() {
            "default"
        } else {
            &self.default_namespace
        }
    }
}
