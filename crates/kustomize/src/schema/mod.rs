//! What is known of the types of objects: where lists merge by key, and which kinds live outside of namespaces.
//! The schema of Kubernetes is compiled in; a kustomization can bring one of its own.

mod builtin;
mod custom;
mod registry;

pub(crate) use registry::{Registry, Schema};

/// How a list is merged with the list of a patch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListMerge {
    /// Whether its items are merged at all, instead of the list being replaced.
    pub(crate) merges: bool,
    /// The fields that tell items apart; none for a list of scalars.
    pub(crate) keys: Vec<String>,
}
