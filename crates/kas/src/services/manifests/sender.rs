use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use git::{File, ObjectId};
use rpc::{
    MAX_MESSAGE_PAYLOAD,
    glops::manifests::v1::{
        Begin, BlobPart, Blobs, End, Entries, Entry, UpToDate, WatchResponse, watch_response::Event,
    },
    source::Problem,
};
use tonic::Status;

use super::plan::{Held, Plan};
use crate::{
    observability::Metrics,
    projects::{Commit, Selection},
    services::stream::Outgoing,
    settings::ManifestSettings,
};

/// Bytes that are read from a repository at one time.
const READ_AHEAD: u64 = 1024 * 1024;
/// About what an entry takes besides its path.
const ENTRY_OVERHEAD: usize = 40;

/// Sends commits on one stream and remembers what the other side has.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) outgoing: Outgoing<WatchResponse>,
    pub(super) selection: Arc<Selection>,
    pub(super) limits: ManifestSettings,
    pub(super) project_number: i64,
    pub(super) metrics: Metrics,
    held: Option<Held>,
}

/// How sending a commit ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Whole,
    /// Something newer is to be sent instead.
    Superseded,
}

impl Sender {
    pub(super) fn new(
        outgoing: Outgoing<WatchResponse>,
        selection: Selection,
        limits: ManifestSettings,
        project_number: i64,
        metrics: Metrics,
    ) -> Self {
        Self {
            outgoing,
            selection: Arc::new(selection),
            limits,
            project_number,
            metrics,
            held: None,
        }
    }

    /// Takes the receiver's word for a commit that it has, when that commit is still here. Otherwise everything is sent.
    pub(super) async fn assume(&mut self, newest: &Arc<Commit>, known_commit_id: &str) -> Result<(), Status> {
        let Ok(known) = ObjectId::from_hex(known_commit_id.as_bytes()) else {
            return Ok(());
        };
        let (newest, selection) = (Arc::clone(newest), Arc::clone(&self.selection));
        let files = blocking(move || {
            if newest.id == known {
                return Some(selection.of(newest.files()));
            }
            // a commit of this project, and one whose files are all here
            let files = newest
                .repository
                .contains(known)
                .then(|| newest.repository.listing(known, &newest.listing).ok())??;
            Some(selection.of(files.files()))
        })
        .await?;
        self.held = files.map(|files| Held {
            commit_id: known_commit_id.to_owned(),
            blobs: files.iter().map(|file| file.blob).collect(),
            files,
            ..Held::default()
        });
        Ok(())
    }

    pub(super) async fn problem(&self, problem: Problem) -> Result<(), Status> {
        self.send(Event::Problem(problem.into())).await
    }

    /// Sends a commit, unless `superseded` says that there is a newer one.
    pub(super) async fn commit(
        &mut self,
        commit: &Arc<Commit>,
        superseded: impl Fn() -> bool,
    ) -> Result<Sent, Status> {
        let mut held = self.held.take().unwrap_or_default();
        let (selection, limits, planned) = (
            Arc::clone(&self.selection),
            self.limits.clone(),
            Arc::clone(commit),
        );
        let (held_again, plan) = blocking(move || {
            let files = selection.of(planned.files());
            let plan = Plan::new(&planned, files, &mut held, &limits);
            (held, plan)
        })
        .await?;
        let held = self.held.insert(held_again);
        let plan = match plan {
            Ok(plan) => plan,
            Err(problem) => return self.problem(problem).await.map(|()| Sent::Whole),
        };
        let commit_id = commit.id.to_string();
        if !held.commit_id.is_empty() && plan.is_empty() {
            held.commit_id.clone_from(&commit_id);
            self.send(Event::UpToDate(UpToDate { commit_id })).await?;
            return Ok(Sent::Whole);
        }
        let begin = Begin {
            commit_id: commit_id.clone(),
            base_commit_id: held.commit_id.clone(),
            project_number: self.project_number,
            committed_at: commit.committed_at,
            subject: commit.subject.clone(),
        };
        self.send(Event::Begin(begin)).await?;
        for entries in in_messages(plan.changed, plan.removed_paths) {
            self.send(Event::Entries(entries)).await?;
        }
        if self.blobs(commit, plan.blobs, superseded).await? == Sent::Superseded {
            return Ok(Sent::Superseded);
        }
        self.send(Event::End(End {
            commit_id: commit_id.clone(),
        }))
        .await?;
        self.finished(commit_id, plan.files);
        Ok(Sent::Whole)
    }

    fn finished(&mut self, commit_id: String, files: Vec<File>) {
        let blobs: HashSet<ObjectId> = files.iter().map(|file| file.blob).collect();
        if let Some(held) = &mut self.held {
            held.sizes.retain(|blob, _| blobs.contains(blob));
            (held.commit_id, held.files, held.blobs) = (commit_id, files, blobs);
        }
    }

    async fn blobs(
        &mut self,
        commit: &Arc<Commit>,
        blobs: Vec<ObjectId>,
        superseded: impl Fn() -> bool,
    ) -> Result<Sent, Status> {
        let mut rest = blobs.as_slice();
        while !rest.is_empty() {
            // between blobs only: what has begun is finished, so that the receiver keeps whole ones
            if superseded() {
                return Ok(Sent::Superseded);
            }
            let (now, later) = rest.split_at(self.read_ahead(rest));
            rest = later;
            let (commit, now) = (Arc::clone(commit), now.to_vec());
            let contents = blocking(move || read(&commit, now)).await?.map_err(|error| {
                tracing::error!(error = %crate::services::chain(&error), "failed to read a blob");
                Status::unavailable(error.to_string())
            })?;
            self.metrics.manifests_sent(
                contents.len(),
                contents.iter().map(|(_, content)| content.len()).sum(),
            );
            let sent: Vec<ObjectId> = contents.iter().map(|(id, _)| *id).collect();
            for parts in in_parts(contents) {
                self.send(Event::Blobs(Blobs { parts })).await?;
            }
            if let Some(held) = &mut self.held {
                held.blobs.extend(sent);
            }
        }
        Ok(Sent::Whole)
    }

    /// How many of these blobs are read next; at least one.
    fn read_ahead(&self, blobs: &[ObjectId]) -> usize {
        let mut total = 0;
        let sizes = self.held.as_ref().map(|held| &held.sizes);
        let within = |blob: &&ObjectId| {
            total += sizes
                .and_then(|sizes| sizes.get(*blob))
                .copied()
                .unwrap_or_default();
            total <= READ_AHEAD
        };
        blobs.iter().take_while(within).count().max(1)
    }

    async fn send(&self, event: Event) -> Result<(), Status> {
        self.outgoing.send(WatchResponse { event: Some(event) }).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Status> {
    let unexpected = |_| Status::internal("reading the repository ended unexpectedly");
    tokio::task::spawn_blocking(work).await.map_err(unexpected)
}

fn read(commit: &Commit, blobs: Vec<ObjectId>) -> Result<Vec<(ObjectId, Bytes)>, git::Error> {
    let reader = commit.repository.blobs();
    blobs
        .into_iter()
        .map(|blob| Ok((blob, reader.read(blob)?)))
        .collect()
}

/// Entries in messages of bounded size; at least one, so that a commit without files is one too.
fn in_messages(changed: Vec<Entry>, removed_paths: Vec<String>) -> Vec<Entries> {
    let mut messages = vec![Entries::default()];
    let mut size = 0;
    let mut room_for = |messages: &mut Vec<Entries>, path: &str| {
        size += path.len() + ENTRY_OVERHEAD;
        if size > MAX_MESSAGE_PAYLOAD {
            size = path.len() + ENTRY_OVERHEAD;
            messages.push(Entries::default());
        }
    };
    for path in removed_paths {
        room_for(&mut messages, &path);
        if let Some(last) = messages.last_mut() {
            last.removed_paths.push(path);
        }
    }
    for entry in changed {
        room_for(&mut messages, &entry.path);
        if let Some(last) = messages.last_mut() {
            last.changed.push(entry);
        }
    }
    messages
}

/// Blobs in messages of bounded size: small ones together, large ones in parts.
fn in_parts(contents: Vec<(ObjectId, Bytes)>) -> Vec<Vec<BlobPart>> {
    let mut messages: Vec<Vec<BlobPart>> = vec![Vec::new()];
    let mut room = MAX_MESSAGE_PAYLOAD;
    for (id, mut content) in contents {
        let blob_id = Bytes::copy_from_slice(id.as_bytes());
        while !content.is_empty() {
            if room == 0 {
                room = MAX_MESSAGE_PAYLOAD;
                messages.push(Vec::new());
            }
            let data = content.split_to(content.len().min(room));
            room = room.saturating_sub(data.len() + ENTRY_OVERHEAD);
            if let Some(last) = messages.last_mut() {
                last.push(BlobPart {
                    blob_id: blob_id.clone(),
                    data,
                });
            }
        }
    }
    messages
}
