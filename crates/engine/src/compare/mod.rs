//! Asking without changing: what an apply would do, and how what was applied is doing.

mod predict;
mod run;
mod status;

pub use self::{
    run::diff,
    status::{ObjectStatus, status},
};
