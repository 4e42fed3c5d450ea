//! Waiting until objects are healthy, complete or gone: by watch, one per kind, never by asking again and again.

mod feed;
mod judge;
mod waiter;

pub(crate) use self::{
    feed::{Feed, Report, Scope, departing, version},
    judge::{completion, verdict},
    waiter::{Goal, Outcome, Subject, Waiter},
};
pub use crate::health::Status;

/// A status in the words of kstatus, and its explanation.
pub type Verdict = crate::health::Verdict<Status>;
