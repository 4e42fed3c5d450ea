//! One sync from beginning to end: observe, decide, record, write, delete, wait, record.

mod delete;
mod error;
mod execute;
mod hooks;
mod session;
mod stage;

pub use self::{delete::delete, error::Error, session::sync};
pub(crate) use self::{
    execute::{Done, runs_anew},
    hooks::HookRecord,
    session::{Session, doomed},
};
