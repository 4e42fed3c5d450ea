//! What a merge request changes, and what the cluster makes of it: base, head and live side by side.
//!
//! The first part, base against head, is the same whoever looks and whenever. The second, live against what an
//! apply would leave, is labelled with whose change each field is: the merge request's, or one that somebody made
//! in the cluster meanwhile. Everything in here is masked already.

mod relabel;
mod renamed;

use std::collections::{BTreeMap, BTreeSet};

use manifest::{Origin, ResourceKey};
use serde_json::Value;

use crate::diff::{Label, ObjectChange, ObjectDiff};

/// What a merge request does to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedChange {
    /// It is new.
    Added,
    /// It is described otherwise than before.
    Changed,
    /// It is described no more.
    Removed,
    /// Its content went under a new name that ends in a digest, as generators give them.
    Renamed {
        /// The name before.
        from: String,
    },
    /// Nothing.
    None,
}

/// One object in a preview.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectPreview {
    /// The object.
    pub key: ResourceKey,
    /// Where it was read, in the head when it is there.
    pub origin: Origin,
    /// What the merge request does to it.
    pub requested: RequestedChange,
    /// As the base describes it, masked; null when it does not.
    pub base: Value,
    /// As the head describes it, masked; null when it does not.
    pub head: Value,
    /// What an apply of the head would do in the cluster; `None` when no cluster was looked at.
    pub cluster: Option<ObjectDiff>,
}

impl ObjectPreview {
    /// Whether a field of it carries this label.
    pub fn has(&self, wanted: impl Fn(&Label) -> bool) -> bool {
        self.cluster
            .iter()
            .flat_map(|diff| &diff.fields)
            .any(|field| wanted(&field.label))
    }

    /// Whether somebody changed it in the cluster.
    pub fn has_drift(&self) -> bool {
        self.has(|label| *label == Label::Drift)
    }

    /// Whether there is anything to say of it.
    pub fn is_notable(&self) -> bool {
        self.requested != RequestedChange::None
            || self
                .cluster
                .as_ref()
                .is_some_and(|diff| diff.change != ObjectChange::None)
    }
}

/// A whole preview, sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Every object of base, head or inventory.
    pub objects: Vec<ObjectPreview>,
    /// What concerns the whole.
    pub notices: Vec<String>,
    /// Whether a cluster was looked at.
    pub has_cluster: bool,
}

/// One side of a comparison: masked objects by key.
pub(crate) type Side = BTreeMap<ResourceKey, (Origin, Value)>;

/// Joins what the two sides describe with what the cluster would make of the head.
pub(crate) fn join(base: &Side, head: &Side, cluster: Option<Vec<ObjectDiff>>) -> Preview {
    let has_cluster = cluster.is_some();
    let mut diffs: BTreeMap<ResourceKey, ObjectDiff> = cluster
        .into_iter()
        .flatten()
        .map(|diff| (diff.key.clone(), diff))
        .collect();
    let keys: BTreeSet<ResourceKey> = base
        .keys()
        .chain(head.keys())
        .chain(diffs.keys())
        .cloned()
        .collect();
    let objects = keys.into_iter().map(|key| {
        let value = |side: &Side| side.get(&key).map(|(_, value)| value.clone()).unwrap_or_default();
        let (before, after) = (value(base), value(head));
        let origin = head
            .get(&key)
            .or_else(|| base.get(&key))
            .map(|(origin, _)| origin.clone());
        let cluster = diffs
            .remove(&key)
            .map(|diff| relabel::relabel(diff, &before, &after));
        ObjectPreview {
            requested: requested(&before, &after),
            origin: origin.unwrap_or_default(),
            base: before,
            head: after,
            cluster,
            key,
        }
    });
    let mut objects: Vec<ObjectPreview> = objects.collect();
    renamed::join_renamed(&mut objects);
    Preview {
        objects,
        notices: Vec::new(),
        has_cluster,
    }
}

fn requested(base: &Value, head: &Value) -> RequestedChange {
    match (base.is_null(), head.is_null()) {
        _ if base == head => RequestedChange::None,
        (true, _) => RequestedChange::Added,
        (_, true) => RequestedChange::Removed,
        _ => RequestedChange::Changed,
    }
}

#[cfg(test)]
mod tests;
