use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use bytes::{Bytes, BytesMut};

use super::{BlobId, Entry, FileMode, Snapshot};
use crate::{
    glops::manifests::v1::{self as wire, watch_response::Event},
    source::Problem,
};

/// What the other end did that it may not do. The stream is of no more use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// A message without an event, or entries, blobs or an end outside of a commit.
    #[error("unexpected {0}")]
    Unexpected(&'static str),
    /// Entries are a difference to a commit that is not held.
    #[error("commit {commit} is a difference to {base:?}, which is not held")]
    UnknownBase {
        /// The commit that began.
        commit: String,
        /// What it builds on.
        base: String,
    },
    /// The end names another commit than the beginning.
    #[error("commit {begun} ends as {ended}")]
    OtherCommit {
        /// The commit that began.
        begun: String,
        /// The commit that ended.
        ended: String,
    },
    /// A path or a mode that no file can have.
    #[error("entry {path:?} with mode {mode:o} is not a file of a repository")]
    NotAFile {
        /// As sent.
        path: String,
        /// As sent.
        mode: u32,
    },
    /// A commit ended before all its blobs were there.
    #[error("commit {commit} ends without the content of {path}")]
    Incomplete {
        /// The commit.
        commit: String,
        /// A file of it.
        path: String,
    },
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A commit is whole.
    Snapshot(Arc<Snapshot>),
    /// What is held is the newest commit.
    UpToDate(Arc<Snapshot>),
    /// Nothing can be had; what is held stays.
    Problem(Problem),
}

/// Puts commits together from the messages of one stream.
#[derive(Debug, Default)]
pub struct Receiver {
    finished: Option<Arc<Snapshot>>,
    unfinished: Option<Unfinished>,
    // received since the finished commit, whatever commit they came with
    received: HashMap<BlobId, BytesMut>,
}

#[derive(Debug)]
struct Unfinished {
    begin: wire::Begin,
    entries: BTreeMap<String, Entry>,
}

impl Receiver {
    /// For a new stream, opened with the commit of `held` as the known one.
    pub fn new(held: Option<Arc<Snapshot>>) -> Self {
        Self {
            finished: held,
            ..Self::default()
        }
    }

    /// The last whole commit.
    pub fn held(&self) -> Option<&Arc<Snapshot>> {
        self.finished.as_ref()
    }

    /// Takes one message; `None` when a commit is still incomplete.
    pub fn handle(&mut self, message: wire::WatchResponse) -> Result<Option<Update>, ProtocolError> {
        match message.event.ok_or(ProtocolError::Unexpected("empty message"))? {
            Event::Begin(begin) => self.begin(begin).map(|()| None),
            Event::Entries(entries) => self.entries(entries).map(|()| None),
            Event::Blobs(blobs) => self.blobs(blobs).map(|()| None),
            Event::End(end) => self.end(&end).map(|snapshot| Some(Update::Snapshot(snapshot))),
            Event::Problem(problem) => {
                self.unfinished = None;
                Ok(Some(Update::Problem(problem.into())))
            }
            Event::UpToDate(up_to_date) => self.up_to_date(up_to_date).map(Some),
        }
    }

    fn begin(&mut self, begin: wire::Begin) -> Result<(), ProtocolError> {
        let entries = match &self.finished {
            _ if begin.base_commit_id.is_empty() => BTreeMap::new(),
            Some(finished) if finished.commit_id == begin.base_commit_id => finished.entries.clone(),
            _ => {
                return Err(ProtocolError::UnknownBase {
                    commit: begin.commit_id,
                    base: begin.base_commit_id,
                });
            }
        };
        self.unfinished = Some(Unfinished { begin, entries });
        Ok(())
    }

    fn entries(&mut self, entries: wire::Entries) -> Result<(), ProtocolError> {
        let unfinished = self
            .unfinished
            .as_mut()
            .ok_or(ProtocolError::Unexpected("entries"))?;
        for path in &entries.removed_paths {
            unfinished.entries.remove(path);
        }
        for entry in entries.changed {
            let mode = FileMode::from_git(entry.mode).filter(|_| is_clean(&entry.path));
            let mode = mode.ok_or_else(|| ProtocolError::NotAFile {
                path: entry.path.clone(),
                mode: entry.mode,
            })?;
            let file = Entry {
                mode,
                blob: BlobId(entry.blob_id),
                size: entry.size,
                omitted: entry.omitted,
            };
            unfinished.entries.insert(entry.path, file);
        }
        Ok(())
    }

    fn blobs(&mut self, blobs: wire::Blobs) -> Result<(), ProtocolError> {
        if self.unfinished.is_none() {
            return Err(ProtocolError::Unexpected("blobs"));
        }
        for part in blobs.parts {
            self.received
                .entry(BlobId(part.blob_id))
                .or_default()
                .extend_from_slice(&part.data);
        }
        Ok(())
    }

    fn end(&mut self, end: &wire::End) -> Result<Arc<Snapshot>, ProtocolError> {
        let Unfinished { begin, entries } = self.unfinished.take().ok_or(ProtocolError::Unexpected("end"))?;
        if begin.commit_id != end.commit_id {
            return Err(ProtocolError::OtherCommit {
                begun: begin.commit_id,
                ended: end.commit_id.clone(),
            });
        }
        let blobs = self.collect_blobs(&begin.commit_id, &entries)?;
        self.received.clear();
        let snapshot = Arc::new(Snapshot {
            commit_id: begin.commit_id,
            project_number: begin.project_number,
            committed_at: begin.committed_at,
            subject: begin.subject,
            entries,
            blobs,
        });
        self.finished = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    fn collect_blobs(
        &mut self,
        commit: &str,
        entries: &BTreeMap<String, Entry>,
    ) -> Result<HashMap<BlobId, Bytes>, ProtocolError> {
        let mut blobs: HashMap<BlobId, Bytes> = HashMap::with_capacity(entries.len());
        for (path, entry) in entries {
            if entry.omitted || blobs.contains_key(&entry.blob) {
                continue;
            }
            let held = || {
                self.finished
                    .as_ref()
                    .and_then(|finished| finished.blobs.get(&entry.blob))
                    .cloned()
            };
            let content = match self.received.remove(&entry.blob) {
                Some(content) => Some(content.freeze()),
                None if entry.size == 0 => Some(Bytes::new()),
                None => held(),
            };
            let content = content
                .filter(|content| content.len() as u64 == entry.size)
                .ok_or_else(|| ProtocolError::Incomplete {
                    commit: commit.to_owned(),
                    path: path.clone(),
                })?;
            blobs.insert(entry.blob.clone(), content);
        }
        Ok(blobs)
    }

    fn up_to_date(&mut self, up_to_date: wire::UpToDate) -> Result<Update, ProtocolError> {
        self.unfinished = None;
        let held = self
            .finished
            .as_ref()
            .ok_or(ProtocolError::Unexpected("up_to_date"))?;
        let mut snapshot = Arc::clone(held);
        if snapshot.commit_id != up_to_date.commit_id {
            // a commit that changed other files only
            Arc::make_mut(&mut snapshot).commit_id = up_to_date.commit_id;
            self.finished = Some(Arc::clone(&snapshot));
        }
        Ok(Update::UpToDate(snapshot))
    }
}

/// A path that names a place below the root and nothing else.
fn is_clean(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests;
