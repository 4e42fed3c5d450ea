//! What a sync did, object by object.

use std::{fmt, time::Duration};

use manifest::{Origin, ResourceKey};

/// What happened to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// It did not exist and was created.
    Created,
    /// It existed and was changed.
    Configured,
    /// It was as desired; no request was made for it, or one that changed nothing.
    Unchanged,
    /// It was no longer desired and was deleted.
    Deleted,
    /// It was left alone on purpose; [`ChangeSetEntry::reason`] says why.
    Skipped,
    /// It was to be changed and could not be; [`ChangeSetEntry::error`] says why.
    Failed,
}

/// Why an object was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Something that it depends on failed or was skipped.
    DependencyFailed(ResourceKey),
    /// Something that it depends on did not become healthy in time.
    DependencyNotReady(ResourceKey),
    /// Something that still exists depends on it, so it cannot be deleted.
    StillUsedBy(ResourceKey),
    /// The inventory policy forbids to take it over; the owner as its mark names it, empty when it has none.
    NotOurs(String),
    /// It was handed to the application with this inventory.
    HandedOver(String),
    /// Something was to be deleted before its turn and could not be.
    NotDeleted(ResourceKey),
    /// Something could not be applied that was to replace it, or that still names it.
    NeededBy(ResourceKey),
    /// It is a hook that has done its work for this state.
    HookDone,
    /// It is a hook that has no turn here: a test, or one of another occasion.
    OtherOccasion,
    /// A prune guard holds its deletion back, for this reason.
    Guarded(String),
    /// An annotation of its own says so.
    Annotation(String),
    /// Someone else has changed it, and drift is only to be reported.
    DriftReported,
    /// The sync was cancelled before its turn.
    Cancelled,
    /// Pruning is switched off.
    PruneDisabled,
    /// An atomic sync was refused elsewhere.
    Atomic,
}

/// A field that another manager owns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldConflict {
    /// The path as the API server writes it: `.spec.replicas`, `.spec.containers[name="a"].image`.
    pub field: String,
    /// The other manager.
    pub manager: String,
    /// Whether we took the field.
    pub taken: bool,
}

/// Why a change of one object failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was refused, and by whom: causes are joined by `: `.
    pub message: String,
    /// What kind of refusal it was.
    pub kind: FailureKind,
}

/// Kinds of refusal that a caller may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The object is not valid.
    Invalid,
    /// The kind is not served.
    UnknownKind,
    /// Its namespace does not exist.
    NamespaceNotFound,
    /// We may not do that.
    Forbidden,
    /// An admission webhook or policy refused.
    Denied,
    /// A quota is used up.
    QuotaExceeded,
    /// A field cannot be changed once set.
    Immutable,
    /// All of it is in conflict with other managers.
    Conflict,
    /// It did not become healthy, or did not go away, in time.
    Timeout,
    /// It reported that it failed.
    Unhealthy,
    /// The server did not answer, or not as it should.
    Server,
}

/// What happened to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSetEntry {
    /// The object.
    pub key: ResourceKey,
    /// Where it was read; the default for what is only in the cluster.
    pub origin: Origin,
    /// What was done.
    pub action: Action,
    /// Why it was skipped.
    pub reason: Option<SkipReason>,
    /// Why it failed; of an object that was applied, why it is not healthy.
    pub error: Option<Failure>,
    /// Whether it was deleted and created again, or would be.
    pub recreated: bool,
    /// Fields that other managers own.
    pub conflicts: Vec<FieldConflict>,
    /// Warnings of the API server, and fields that others have taken from us.
    pub warnings: Vec<String>,
    /// How long the requests for it took.
    pub elapsed: Duration,
}

impl ChangeSetEntry {
    /// An entry with nothing to add.
    pub fn new(key: ResourceKey, action: Action) -> Self {
        Self {
            key,
            origin: Origin::default(),
            action,
            reason: None,
            error: None,
            recreated: false,
            conflicts: Vec::new(),
            warnings: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// An object that was left alone.
    pub fn skipped(key: ResourceKey, reason: SkipReason) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(key, Action::Skipped)
        }
    }

    /// An object whose change failed.
    pub fn failed(key: ResourceKey, error: Failure) -> Self {
        Self {
            error: Some(error),
            ..Self::new(key, Action::Failed)
        }
    }
}

/// Something that concerns the whole sync: a guard that stopped pruning, documents that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What, in one sentence without a full stop.
    pub message: String,
    /// Whether the sync is incomplete because of it.
    pub blocking: bool,
}

/// What a sync did: one entry per object of the desired state and of the inventory, sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeSet {
    /// The revision that was applied.
    pub revision: String,
    /// One entry per object.
    pub entries: Vec<ChangeSetEntry>,
    /// What concerns the whole.
    pub notices: Vec<Notice>,
    /// Requests that were sent, watches included.
    pub requests: u64,
    /// Objects that could not be compared locally and were sent to the server to be sure.
    pub fallbacks: u64,
    /// Whether a newer revision or the caller stopped it before its end.
    pub cancelled: bool,
}

impl ChangeSet {
    /// How many entries have this action.
    pub fn count(&self, action: Action) -> usize {
        self.entries.iter().filter(|entry| entry.action == action).count()
    }

    /// The entry of one object.
    pub fn entry(&self, key: &ResourceKey) -> Option<&ChangeSetEntry> {
        let index = self.entries.binary_search_by(|entry| entry.key.cmp(key)).ok()?;
        self.entries.get(index)
    }

    /// The entries that failed.
    pub fn failures(&self) -> impl Iterator<Item = &ChangeSetEntry> {
        self.entries.iter().filter(|entry| entry.action == Action::Failed)
    }

    /// Whether the cluster is now as desired: nothing failed, nothing is held back, nothing was cut short.
    pub fn is_complete(&self) -> bool {
        !self.cancelled
            && self.failures().next().is_none()
            && !self.notices.iter().any(|notice| notice.blocking)
            && !self
                .entries
                .iter()
                .any(|entry| entry.reason.as_ref().is_some_and(SkipReason::is_unwanted))
    }

    /// Whether anything in the cluster was changed.
    pub fn has_changes(&self) -> bool {
        self.entries.iter().any(|entry| {
            matches!(
                entry.action,
                Action::Created | Action::Configured | Action::Deleted
            )
        })
    }
}

impl SkipReason {
    /// Whether this leaves the cluster other than desired.
    pub fn is_unwanted(&self) -> bool {
        !matches!(
            self,
            Self::HandedOver(_)
                | Self::Annotation(_)
                | Self::PruneDisabled
                | Self::DriftReported
                | Self::HookDone
                | Self::OtherOccasion
        )
    }
}

impl fmt::Display for SkipReason {
    /// Why, as a sentence without a full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DependencyFailed(key) => write!(f, "{key} failed, which it depends on"),
            Self::DependencyNotReady(key) => write!(f, "{key} did not become healthy, which it depends on"),
            Self::StillUsedBy(key) => write!(f, "{key} still exists and depends on it"),
            Self::NotOurs(owner) if owner.is_empty() => {
                f.write_str("it exists and belongs to no inventory; the inventory policy adopt_if_no_inventory takes it over")
            }
            Self::NotOurs(owner) => write!(f, "it belongs to {owner}"),
            Self::HandedOver(inventory) => write!(f, "inventory {inventory} has it now"),
            Self::NotDeleted(key) => write!(f, "{key} could not be deleted, which comes before it"),
            Self::NeededBy(key) => write!(f, "{key} could not be applied, which may replace it or still need it"),
            Self::HookDone => f.write_str("this hook has done its work for this state"),
            Self::OtherOccasion => f.write_str("this hook has no turn in a sync like this"),
            Self::Guarded(why) => f.write_str(why),
            Self::Annotation(annotation) => write!(f, "its annotation {annotation} says so"),
            Self::DriftReported => f.write_str("someone else has changed it, and drift is only reported"),
            Self::Cancelled => f.write_str("the sync was cancelled before its turn"),
            Self::PruneDisabled => f.write_str("pruning is switched off"),
            Self::Atomic => f.write_str("another object was refused, and the sync is atomic"),
        }
    }
}
