//! Managed objects that someone else changed: what was done about it is told, never hidden.

use std::collections::BTreeSet;

use manifest::ResourceKey;

/// What to do about drift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DriftPolicy {
    /// Put the desired state back and report it.
    #[default]
    Correct,
    /// Report it and leave it.
    Warn,
    /// Do not look.
    Off,
}

/// How a managed object differs from what was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriftKind {
    /// Fields of ours have other values.
    Changed,
    /// It was deleted.
    Deleted,
}

/// One managed object that someone else changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The object.
    pub key: ResourceKey,
    /// Changed or deleted.
    pub kind: DriftKind,
    /// The managers that wrote to it since, the last first; empty when the server does not say.
    pub managers: Vec<String>,
    /// The fields of ours that have other values now, as paths.
    pub fields: Vec<String>,
    /// Whether the desired state was put back.
    pub corrected: bool,
}

impl Drift {
    /// Whether it says the same of the same object, in whatever order.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let set = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<_>>();
        (&self.key, self.kind) == (&other.key, other.kind)
            && set(&self.managers) == set(&other.managers)
            && set(&self.fields) == set(&other.fields)
    }
}
