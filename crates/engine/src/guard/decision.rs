use std::fmt;

use manifest::ResourceKey;

use super::OptOut;

/// What is to happen to one object that is no longer desired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is deleted, if it still has the UID that was judged.
    Prune {
        /// The UID, as a precondition.
        uid: String,
    },
    /// It is not there any more, and leaves the inventory.
    Gone,
    /// It stays.
    Keep(Keep),
    /// It stays until somebody says yes.
    NeedsConfirmation(Confirm),
}

/// Why an object stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Its own annotation says so. It leaves the inventory.
    OptedOut(OptOut),
    /// Somebody else's mark is on it (empty when nobody's is): it is not ours to delete. It leaves the inventory.
    Foreign(String),
    /// Another application wants it. It leaves the inventory once it has been handed over.
    HandedOver(String),
    /// Another object has taken its name: the UID is not the one that was recorded.
    Replaced,
    /// It is what was just applied, under another of its names.
    SameAsApplied,
    /// It is a namespace that still holds objects; one of them, or who has them.
    InUse(String),
    /// It cannot be read, so nobody knows what would be deleted.
    Unreadable(String),
    /// Pruning is switched off.
    PruneDisabled,
    /// The whole set was stopped.
    Stopped,
}

impl Keep {
    /// Whether the object leaves the inventory although it stays in the cluster.
    pub fn is_released(&self) -> bool {
        matches!(
            self,
            Self::OptedOut(_) | Self::Foreign(_) | Self::HandedOver(_) | Self::SameAsApplied
        )
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OptedOut(opt_out) => write!(f, "annotation {opt_out} keeps it"),
            Self::Foreign(owner) if owner.is_empty() => f.write_str("it carries no mark of ours"),
            Self::Foreign(owner) => write!(f, "it belongs to {owner}"),
            Self::HandedOver(other) => write!(f, "it moves to {other}"),
            Self::Replaced => f.write_str("another object has taken its name"),
            Self::SameAsApplied => f.write_str("it was just applied under another name"),
            Self::InUse(holder) => write!(f, "it still holds {holder}"),
            Self::Unreadable(reason) => write!(f, "it cannot be read: {reason}"),
            Self::PruneDisabled => f.write_str("pruning is switched off"),
            Self::Stopped => f.write_str("pruning was stopped"),
        }
    }
}

/// Why a deletion must be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// Deleting an object of this kind deletes more than itself.
    ProtectedKind,
    /// Its own annotation asks for it.
    Annotation(OptOut),
}

impl fmt::Display for Confirm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProtectedKind => f.write_str("deleting an object of this kind must be confirmed"),
            Self::Annotation(opt_out) => write!(f, "annotation {opt_out} asks for confirmation"),
        }
    }
}

/// Why nothing is deleted at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Some documents could not be read: what is missing cannot be told from what was removed.
    IncompleteRender,
    /// Nothing is desired any more.
    EmptyRender {
        /// How many objects would go.
        deletions: usize,
    },
    /// Too large a share would go at once.
    OverThreshold {
        /// How many objects would go.
        deletions: usize,
        /// How many there are.
        of: usize,
        /// How many may go.
        allowed: usize,
    },
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncompleteRender => f.write_str("nothing is pruned while some documents cannot be read"),
            Self::EmptyRender { deletions } => {
                write!(
                    f,
                    "nothing is desired any more; deleting all {deletions} objects must be confirmed"
                )
            }
            Self::OverThreshold {
                deletions,
                of,
                allowed,
            } => {
                write!(
                    f,
                    "{deletions} of {of} objects would be deleted, at most {allowed} may be at once"
                )
            }
        }
    }
}

/// The decisions about all objects that are no longer desired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// One per object, sorted by key.
    pub decisions: Vec<(ResourceKey, Decision)>,
    /// Set when the whole was stopped; then no decision is [`Decision::Prune`].
    pub stop: Option<Stop>,
}
