use manifest::{Origin, ResourceKey};

use crate::{
    application::Application,
    change_set::{Failure, Notice, SkipReason},
};

/// What is to be done with one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It does not exist: create it.
    Create,
    /// It exists and is ours, or may become so: apply it.
    Update,
    /// It may differ, which only the server can tell: apply it.
    Check,
    /// It is as desired: do nothing.
    Keep,
    /// Leave it alone.
    Skip(SkipReason),
    /// It cannot be done.
    Refuse(Failure),
    /// It is no longer desired: delete it.
    Delete,
    /// It is no longer desired and no longer there: take it out of the inventory.
    Forget,
    /// It is no longer desired here but by this application: hand it over.
    HandOver(Application),
}

impl Change {
    /// Whether carrying it out writes to the cluster.
    pub fn writes(&self) -> bool {
        matches!(
            self,
            Self::Create | Self::Update | Self::Check | Self::Delete | Self::HandOver(_)
        )
    }
}

/// What is to be done with one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// The object.
    pub key: ResourceKey,
    /// Where it was read; the default for what is only in the cluster.
    pub origin: Origin,
    /// What is to be done.
    pub change: Change,
}

/// What a sync would do, sorted by key: the desired objects, and those that are no longer desired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One for each desired object.
    pub applies: Vec<PlannedChange>,
    /// One for each object of the inventory that is no longer desired.
    pub deletions: Vec<PlannedChange>,
    /// What concerns the whole.
    pub notices: Vec<Notice>,
}

impl Plan {
    /// Whether carrying it out writes to the cluster.
    pub fn writes(&self) -> bool {
        self.applies
            .iter()
            .chain(&self.deletions)
            .any(|planned| planned.change.writes())
    }
}
