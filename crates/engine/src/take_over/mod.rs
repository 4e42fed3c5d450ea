//! Taking over what another tool has applied: its inventory becomes ours, and its objects carry our mark.
//!
//! Nothing is created, deleted or given another value. The inventory is stored first; then each object gets our label,
//! and the fields that the tool owned become ours, so that a field which leaves the manifests leaves the cluster. What
//! belongs to a third party stays with it and is named.

mod decide;
mod foreign;
mod patch;
mod run;

pub use self::{
    foreign::{Error, ForeignInventory, find, read},
    run::{Outcome, TakeOver, take_over},
};
