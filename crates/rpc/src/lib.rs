//! The wire: code generated from `proto/`, and the domain types that the programs work with instead.
//!
//! [`gitlab`] holds GitLab's own services with their names and numbers, [`glops`] those that GitLab does not have.
//! What is decided by rules is a domain type here: [`configuration`] resolves defaults and refuses what is not valid,
//! [`manifests`] puts a stream of parts together again, [`source`] says where in a history and what went wrong.
//! Reports and administration are plain records; their generated types are used as they are.
//!
//! [`client`] is how a program reaches kas.
//!
//! This crate is the only one that names protobuf. It knows neither Git nor Kubernetes.

#[rustfmt::skip]
#[expect(missing_docs, clippy::allow_attributes, clippy::pedantic, reason = "written by a generator")]
mod generated;

pub mod client;
pub mod configuration;
pub mod manifests;
pub mod record;
mod redacted;
pub mod source;

pub use generated::{gitlab, glops};

/// A message of more than this is never sent by us; gRPC's own limit is 4 MiB.
pub const MAX_MESSAGE_PAYLOAD: usize = 128 * 1024;
