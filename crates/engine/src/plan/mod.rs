//! What would happen, object by object, decided from what is desired, what is live and what was recorded. Pure
//! and deterministic: whoever carries it out decides nothing more than what the server's answers leave open.

mod adoption;
mod apply;
mod change;
mod hold;
mod prune;
mod recreate;
#[cfg(test)]
mod tests;

pub use self::change::{Change, Plan, PlannedChange};
pub(crate) use self::{
    apply::plan_applies,
    hold::{Unapplied, hold_back},
    prune::{PruneInput, doomed_namespaces, plan_deletions},
    recreate::may_recreate,
};
