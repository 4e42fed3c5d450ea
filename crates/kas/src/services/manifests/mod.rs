//! Manifests as differences between commits.

mod plan;
mod request;
mod sender;
mod service;

pub(super) use self::request::git_reference;
pub(crate) use self::service::ManifestService;
