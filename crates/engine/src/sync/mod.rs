//! One sync from beginning to end: observe, decide, record, write, delete, wait, record.

mod error;
mod execute;
mod hooks;
mod session;

pub use self::{error::Error, session::sync};
