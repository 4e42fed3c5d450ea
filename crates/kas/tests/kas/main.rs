//! A real kas in this process, real Git behind it, and a real client before it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod administration;
mod configuration;
mod gitops;
mod manifests;
mod operation;
mod process;
mod reports;
mod stand;
mod trouble;
