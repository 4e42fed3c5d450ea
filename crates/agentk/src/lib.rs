//! The agent in the cluster: dials out to kas, keeps the cluster equal to Git, and reports.
//!
//! To follow a commit, start at [`run`]: it connects, elects a leader, and lets [`configuration`] say which
//! projects there are. Each project is a task of its own ([`project`]): [`manifests`] turns what kas sends into
//! a `Tree`, the engine brings the cluster to it, [`reports`] tells kas. The agent holds no port open but the one
//! for probes and metrics, and its credentials for the cluster never leave the cluster.

pub mod backoff;
pub mod configuration;
mod gitlab_manifests;
pub mod leader;
pub mod manifests;
pub mod observability;
pub mod project;
pub mod registrar;
pub mod reports;
pub mod rights;
mod rotation;
pub mod run;
pub mod settings;
