//! One sync from beginning to end: observe, decide, record, write, delete, wait, record.

mod delete;
mod error;
mod execute;
mod finished;
mod hooks;
mod once;
mod session;
mod stage;

pub use self::{delete::delete, error::Error, once::sync};
pub(crate) use self::{
    execute::runs_anew,
    finished::{Deleted, Done, Finished},
    hooks::HookRecord,
    session::{Session, doomed},
};
