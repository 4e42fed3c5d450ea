use std::collections::HashSet;

use bytes::Bytes;
use rpc::gitlab::agent::gitops::rpc::{PathCf, path_cf};

use crate::{
    projects::{Commit, InvalidGlob, Selection},
    settings::GitopsSettings,
};

/// Why the objects of a commit cannot be sent: a matter of the configuration or of the commit.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Glob(#[from] InvalidGlob),
    #[error("a path of no known kind")]
    EmptyPath,
    #[error("maximum number of files limit reached: {0}")]
    TooManyFiles(usize),
    #[error("file {0} is matched by two globs")]
    Duplicate(String),
    #[error("file {0} does not exist")]
    NotFound(String),
    #[error("file {path} has {size} bytes, more than the {limit} allowed")]
    FileTooBig { path: String, size: u64, limit: u64 },
    #[error("all files together have more than the {0} bytes allowed")]
    TotalTooBig(u64),
    #[error("failed to read {path}")]
    Read { path: String, source: git::Error },
}

/// The files that paths mean, in the order in which they are sent: those of globs, then single ones.
pub(super) fn collect(
    commit: &Commit,
    paths: &[PathCf],
    limits: &GitopsSettings,
) -> Result<Vec<(String, Bytes)>, Error> {
    let names = select(commit, paths, limits)?;
    let reader = commit.repository.blobs();
    let mut total = 0;
    let mut contents = Vec::with_capacity(names.len());
    for name in names {
        let failed = |source| Error::Read {
            path: name.clone(),
            source,
        };
        let Some(file) = commit.listing.file(&name) else {
            return Err(Error::NotFound(name));
        };
        let size = reader.size(file.blob).map_err(failed)?;
        if size > limits.max_file_size {
            return Err(Error::FileTooBig {
                path: name,
                size,
                limit: limits.max_file_size,
            });
        }
        total += size;
        if total > limits.max_total_size {
            return Err(Error::TotalTooBig(limits.max_total_size));
        }
        let content = reader.read(file.blob).map_err(failed)?;
        contents.push((name, content));
    }
    Ok(contents)
}

fn select(commit: &Commit, paths: &[PathCf], limits: &GitopsSettings) -> Result<Vec<String>, Error> {
    let mut globs = Selection::default();
    let mut single = Vec::new();
    let mut any_glob = false;
    for path in paths {
        match &path.path {
            Some(path_cf::Path::Glob(glob)) => {
                globs.add_glob(glob)?;
                any_glob = true;
            }
            Some(path_cf::Path::File(file)) => single.push(file.trim_start_matches('/').to_owned()),
            None => return Err(Error::EmptyPath),
        }
    }
    let mut names = Vec::new();
    for file in commit.files().iter().filter(|_| any_glob) {
        match globs.matches(&file.path) {
            0 => {}
            1 => names.push(file.path.clone()),
            _ => return Err(Error::Duplicate(file.path.clone())),
        }
    }
    let matched: HashSet<String> = names.iter().cloned().collect();
    names.extend(single.into_iter().filter(|file| !matched.contains(file)));
    if names.len() > limits.max_files {
        return Err(Error::TooManyFiles(limits.max_files));
    }
    Ok(names)
}
