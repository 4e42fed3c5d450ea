//! What the engine tells while it works. Printers, reports and metrics are listeners of this one stream.

use std::{fmt, sync::Arc};

use manifest::ResourceKey;

use crate::{
    change_set::ChangeSetEntry,
    drift::Drift,
    wait::{Status, Verdict},
};

/// A part of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading the inventory and what is live.
    Observe,
    /// Storing the inventory.
    Inventory,
    /// Creating and changing objects, with the waiting in between.
    Apply,
    /// Deleting what is no longer desired.
    Prune,
    /// Waiting at the end until all is healthy.
    Wait,
}

/// How far a phase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// It begins.
    Started,
    /// It is over.
    Finished,
}

/// Something that happened. No event carries a manifest or a field's value.
#[derive(Clone, Debug)]
pub enum Event {
    /// A sync begins.
    Init {
        /// The revision.
        revision: String,
        /// Objects to look at.
        objects: usize,
    },
    /// A phase begins or ends.
    ActionGroup {
        /// Which.
        phase: Phase,
        /// Begins or ends.
        progress: Progress,
    },
    /// An object was created, changed, found unchanged, skipped or refused.
    Apply(ChangeSetEntry),
    /// An object that is no longer desired was deleted, kept or refused.
    Prune(ChangeSetEntry),
    /// An object was deleted because the whole application is.
    Delete(ChangeSetEntry),
    /// The sync waits for an object, or has stopped to.
    Wait {
        /// The object.
        key: ResourceKey,
        /// What it waits on, or how that ended.
        outcome: WaitOutcome,
    },
    /// The health of an object changed.
    Status {
        /// The object.
        key: ResourceKey,
        /// Its health.
        verdict: Verdict,
    },
    /// Objects that cannot be applied as they are, found before the first write.
    Validation {
        /// The objects concerned; may be empty.
        keys: Vec<ResourceKey>,
        /// What is wrong.
        problem: String,
    },
    /// A managed object was changed by someone else.
    Drift(Drift),
    /// Something that concerns the whole sync went wrong.
    Error {
        /// What.
        message: String,
    },
}

/// How waiting for an object stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitOutcome {
    /// Waiting begins; the status now.
    Pending(Status),
    /// It is healthy, or gone when that was waited for.
    Done,
    /// It reported that it failed.
    Failed(String),
    /// Time was up; what it last said.
    TimedOut(String),
}

/// Where events go: a function that is called in order and must not block.
#[derive(Clone)]
pub struct Events(Option<Arc<dyn Fn(Event) + Send + Sync>>);

impl Events {
    /// Events for a listener.
    pub fn to(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Events for no one.
    pub fn none() -> Self {
        Self(None)
    }

    /// Events for the other end of a channel.
    pub fn channel() -> (Self, tokio::sync::mpsc::UnboundedReceiver<Event>) {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        let events = Self::to(move |event| {
            // a receiver that has gone has no more interest
            drop(sender.send(event));
        });
        (events, receiver)
    }

    /// Tells the listener; the event is only made when there is one.
    pub fn send(&self, event: impl FnOnce() -> Event) {
        if let Some(listener) = &self.0 {
            listener(event());
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Events(listener)"
        } else {
            "Events(none)"
        })
    }
}
