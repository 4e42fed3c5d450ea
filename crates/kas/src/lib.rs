//! The server beside Git.
//!
//! kas knows agents by their tokens, reads their configuration and manifests from Git, sends them what is new the moment it
//! is there, and keeps what they report. It never talks to a cluster and renders nothing.
//!
//! A request walks this road: [`server`] accepts the connection, [`identity`] says whose token it is, [`services`] has one
//! file for each service, [`projects`] watches repositories for all agents together, [`database`] keeps what must outlive
//! the process.

pub mod configuration;
pub mod database;
pub mod identity;
pub mod logging;
pub mod observability;
mod program;
pub mod projects;
pub mod server;
mod services;
pub mod settings;
pub mod webhook;

pub use program::run;
