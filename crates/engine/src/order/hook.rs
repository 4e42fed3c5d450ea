use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// When in a sync, or in a deletion, an object has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Before the objects proper.
    PreSync,
    /// The objects proper, and hooks that run among them.
    Sync,
    /// After all objects are healthy.
    PostSync,
    /// After a sync that failed.
    SyncFail,
    /// Before the whole set is deleted.
    PreDelete,
    /// After the whole set was deleted.
    PostDelete,
}

impl Phase {
    /// As Argo CD spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreSync => "PreSync",
            Self::Sync => "Sync",
            Self::PostSync => "PostSync",
            Self::SyncFail => "SyncFail",
            Self::PreDelete => "PreDelete",
            Self::PostDelete => "PostDelete",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the set is new to the cluster. Helm and kluctl have hooks for either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Nothing of it was applied before.
    Install,
    /// An earlier revision was applied.
    Upgrade,
}

impl Occasion {
    /// The occasion of a sync, by whether an earlier one was carried out in full.
    pub fn after(installed: bool) -> Self {
        if installed { Self::Upgrade } else { Self::Install }
    }
}

/// When a hook's object is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeletePolicy {
    /// The one of an earlier run, just before the new one is created.
    BeforeHookCreation,
    /// Once it succeeded.
    HookSucceeded,
    /// Once it failed.
    HookFailed,
}

/// An object that is run at a point of the sync, not kept in step with its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Never empty; [`DeletePolicy::BeforeHookCreation`] unless something else is stated.
    pub delete_policies: BTreeSet<DeletePolicy>,
    /// Whether what comes after waits for its completion.
    pub wait: bool,
    /// How long its completion may take, when the author set a bound.
    pub timeout: Option<Duration>,
}
