use std::collections::{HashMap, HashSet};

use git::{Change, File, FileMode, ObjectId};
use rpc::{
    glops::manifests::v1::Entry,
    manifests as domain,
    source::{Problem, ProblemReason},
};

use crate::{projects::Commit, settings::ManifestSettings};

/// What a receiver has.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The last commit that it has whole.
    pub(super) commit_id: String,
    /// The selected files of that commit, sorted by path.
    pub(super) files: Vec<File>,
    /// Blobs that it keeps: those of the commit, and those sent since.
    pub(super) blobs: HashSet<ObjectId>,
    /// Sizes of blobs that were looked at.
    pub(super) sizes: HashMap<ObjectId, u64>,
}

/// What has to be sent for a commit.
#[derive(Debug)]
pub(super) struct Plan {
    /// The selected files of the commit.
    pub(super) files: Vec<File>,
    pub(super) changed: Vec<Entry>,
    pub(super) removed_paths: Vec<String>,
    /// Blobs that the receiver lacks, each once.
    pub(super) blobs: Vec<ObjectId>,
}

impl Plan {
    /// Compares the selected files of a commit with what is held. Sizes are looked up for blobs that are new.
    pub(super) fn new(
        commit: &Commit,
        files: Vec<File>,
        held: &mut Held,
        limits: &ManifestSettings,
    ) -> Result<Self, Problem> {
        let problem = |reason, message| Problem {
            reason,
            message,
            commit_id: commit.id.to_string(),
        };
        if files.len() > limits.max_files {
            let message = format!(
                "{} files are selected, more than the {} allowed",
                files.len(),
                limits.max_files
            );
            return Err(problem(ProblemReason::LimitExceeded, message));
        }
        let reader = commit.repository.blobs();
        let mut total = 0;
        for file in &files {
            let size = match held.sizes.get(&file.blob) {
                Some(size) => *size,
                None => reader
                    .size(file.blob)
                    .map_err(|error| problem(ProblemReason::Internal, error.to_string()))?,
            };
            held.sizes.insert(file.blob, size);
            total += if size > limits.max_file_size { 0 } else { size };
        }
        if total > limits.max_total_size {
            let message = format!(
                "the selected files have {total} bytes, more than the {} allowed",
                limits.max_total_size
            );
            return Err(problem(ProblemReason::LimitExceeded, message));
        }
        let (changed, removed_paths, blobs) = difference(&files, held, limits);
        Ok(Self {
            files,
            changed,
            removed_paths,
            blobs,
        })
    }

    /// Whether the commit left the selected files as they were.
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.removed_paths.is_empty()
    }
}

fn difference(
    files: &[File],
    held: &Held,
    limits: &ManifestSettings,
) -> (Vec<Entry>, Vec<String>, Vec<ObjectId>) {
    let (mut changed, mut removed_paths, mut blobs) = (Vec::new(), Vec::new(), Vec::new());
    let mut planned = HashSet::new();
    for change in File::changes(&held.files, files) {
        match change {
            Change::Removed(file) => removed_paths.push(file.path.clone()),
            Change::Added(file) | Change::Modified(file) => {
                let size = held.sizes.get(&file.blob).copied().unwrap_or_default();
                let omitted = size > limits.max_file_size;
                // an empty blob has nothing to send
                if !omitted && size > 0 && !held.blobs.contains(&file.blob) && planned.insert(file.blob) {
                    blobs.push(file.blob);
                }
                changed.push(entry(file, size, omitted));
            }
        }
    }
    (changed, removed_paths, blobs)
}

fn entry(file: &File, size: u64, omitted: bool) -> Entry {
    let mode = match file.mode {
        FileMode::File => domain::FileMode::File,
        FileMode::Executable => domain::FileMode::Executable,
        FileMode::Symlink => domain::FileMode::Symlink,
    };
    Entry {
        path: file.path.clone(),
        mode: mode.to_git(),
        blob_id: bytes::Bytes::copy_from_slice(file.blob.as_bytes()),
        size,
        omitted,
    }
}
