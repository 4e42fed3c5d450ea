//! Waiting until objects are healthy, complete or gone: by watch, one per kind, never by asking again and again.

mod feed;
mod judge;
mod verdict;
mod waiter;

pub use self::verdict::{Status, Verdict};
pub(crate) use self::{
    feed::{Feed, Report, Scope, version},
    judge::{completion, verdict},
    waiter::{Goal, Outcome, Subject, Waiter},
};
