//! One way to read Git: references, trees and blobs, without a checkout and without the `git` program.
//!
//! [`Mirror`] keeps what is needed of a remote repository in a [`Cache`] that all projects share: it looks at the
//! references first, fetches only what is missing, and without history. [`Repository`] reads what is there, in the cache
//! or in any local repository. Everything blocks; callers with an event loop move it to threads of its own.
//!
//! Connections to `ssh://` run the `ssh` program of the machine; HTTPS and local paths need nothing. A local path is read
//! in place and never copied.
//!
//! This crate knows neither agents nor clusters.

mod cache;
mod commit_tree;
mod connection;
mod deadline;
mod error;
mod fetching;
mod files;
mod generation;
mod listing;
mod mirror;
mod reference;
mod remote;
mod repository;
mod unpack;

pub use gix::ObjectId;

pub use self::{
    cache::Cache,
    error::Error,
    files::{Change, File, FileMode},
    listing::Listing,
    mirror::{Mirror, Newest},
    reference::Reference,
    remote::{Credentials, Remote, Secret, Timeouts},
    repository::{CommitInfo, Repository},
};
