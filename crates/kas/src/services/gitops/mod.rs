//! GitLab's way to give manifests: all files of a new commit, then the agent calls again.

mod collect;
mod service;

pub(crate) use self::service::GitopsService;
