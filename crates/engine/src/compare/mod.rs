//! Asking without changing: what an apply would do, and how what was applied is doing.

mod ask;
mod belonging;
mod hooks;
mod immutable;
mod predict;
mod preview;
mod report;
mod run;
mod status;
mod whole;

pub use self::{
    belonging::{Belonging, belonging},
    preview::{Reach, preview, preview_offline},
    run::diff,
    status::{ObjectStatus, status},
};
