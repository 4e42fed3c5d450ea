//! Where the files of a build come from: the tree, and through the caller's resolver what lies outside of it.

mod files;
mod load;
mod repo;

pub(crate) use files::{base_name, clean};
pub(crate) use load::Loader;
pub(crate) use repo::RepoSpec;
