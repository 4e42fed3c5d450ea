use std::time::Duration;

use manifest::ResourceKey;

use crate::{claims::Claims, drift::DriftPolicy};

/// Whether objects that carry no mark of this application may be taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InventoryPolicy {
    /// Only objects that already belong to this inventory are changed.
    #[default]
    MustMatch,
    /// Objects that belong to no inventory are adopted too.
    AdoptIfNoInventory,
    /// Every object is adopted, also from other inventories and other tools.
    AdoptAll,
}

/// What to do about fields that another manager owns with another value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConflictPolicy {
    /// Leave them, report the manager, and apply the rest of the object.
    #[default]
    Report,
    /// Take them, and report that.
    Force,
}

/// Whether an object may be deleted and created again when the change touches an immutable field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recreate {
    /// The change is reported as failed.
    #[default]
    Never,
    /// Allowed, except for protected kinds that are not confirmed.
    WhenImmutable,
}

/// What becomes of the objects that a deleted object owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted after it.
    #[default]
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

impl Propagation {
    /// As the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Background => "Background",
            Self::Foreground => "Foreground",
            Self::Orphan => "Orphan",
        }
    }
}

/// How far a sync goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Change the cluster.
    #[default]
    Apply,
    /// Send every change as a dry run: the server checks it and stores nothing.
    DryRun,
    /// Dry-run everything, and change the cluster only when nothing was refused.
    Atomic,
}

/// What a user has said yes to, among deletions that otherwise stop and ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Confirmation {
    /// Nothing.
    #[default]
    None,
    /// These objects.
    Objects(Vec<ResourceKey>),
    /// Everything.
    All,
}

impl Confirmation {
    /// Whether the deletion of this object was confirmed.
    pub fn covers(&self, key: &ResourceKey) -> bool {
        match self {
            Self::None => false,
            Self::Objects(keys) => keys.contains(key),
            Self::All => true,
        }
    }
}

/// When pruning stops and asks.
#[derive(Clone, Debug, PartialEq)]
pub struct PruneOptions {
    /// Whether objects that are no longer desired are deleted at all.
    pub enabled: bool,
    /// The largest share of the inventory that may go at once, from 0 to 1.
    pub max_share: f64,
    /// Up to this many deletions the share is not looked at.
    pub always_allowed: usize,
    /// Whether an empty desired state may delete everything.
    pub allow_empty: bool,
    /// What was confirmed by hand.
    pub confirmed: Confirmation,
    /// What becomes of dependents.
    pub propagation: Propagation,
    /// How long to wait until a deleted object is gone, before what it depends on is deleted.
    pub timeout: Duration,
}

impl Default for PruneOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            max_share: 0.5,
            always_allowed: 10,
            allow_empty: false,
            confirmed: Confirmation::None,
            propagation: Propagation::Background,
            timeout: Duration::from_mins(5),
        }
    }
}

/// How a sync is to be done. The default is what an agent does: careful, nothing by force, no waiting at the end.
#[derive(Clone, Debug)]
pub struct SyncOptions {
    /// Whether the cluster is changed.
    pub mode: Mode,
    /// Which existing objects may be taken over.
    pub policy: InventoryPolicy,
    /// What to do about other managers' fields.
    pub conflicts: ConflictPolicy,
    /// Managers whose fields are always taken, whatever [`SyncOptions::conflicts`] says; a `*` at the end matches any rest.
    pub overwrite: Vec<String>,
    /// What to do about fields of ours that someone else has changed since.
    pub drift: DriftPolicy,
    /// Whether immutable fields may be changed by deleting and creating.
    pub recreate: Recreate,
    /// What may be deleted.
    pub prune: PruneOptions,
    /// Wait at the end until everything is healthy, at most so long.
    pub wait: Option<Duration>,
    /// How long an object that others depend on may take to become healthy.
    pub ready_timeout: Duration,
    /// What other applications of this process want, so that objects can move between them.
    pub claims: Claims,
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self {
            mode: Mode::Apply,
            policy: InventoryPolicy::MustMatch,
            conflicts: ConflictPolicy::Report,
            overwrite: Vec::new(),
            drift: DriftPolicy::Off,
            recreate: Recreate::Never,
            prune: PruneOptions::default(),
            wait: None,
            ready_timeout: Duration::from_mins(5),
            claims: Claims::default(),
        }
    }
}

impl SyncOptions {
    /// The same, changing nothing.
    pub(crate) fn dry(&self) -> Self {
        Self {
            mode: Mode::DryRun,
            ..self.clone()
        }
    }

    /// Whether fields of this manager are taken.
    pub fn takes_fields_of(&self, manager: &str) -> bool {
        self.conflicts == ConflictPolicy::Force
            || self
                .overwrite
                .iter()
                .any(|pattern| match pattern.strip_suffix('*') {
                    Some(prefix) => manager.starts_with(prefix),
                    None => manager == pattern,
                })
    }
}
