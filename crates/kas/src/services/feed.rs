use std::sync::Arc;

use git::{ObjectId, Reference};
use rpc::source::{Problem, ProblemReason};
use tokio::sync::watch;

use super::Context;
use crate::{
    configuration::{self, Error, Wire},
    identity::AgentIdentity,
    projects::{Commit, State, Watch},
};

/// What happened to an agent's configuration.
#[derive(Debug)]
pub(super) enum News {
    /// There is a new one.
    Configuration(Box<Wire>),
    /// A newer commit left it as it was.
    Unchanged {
        /// That commit.
        commit_id: String,
    },
    /// There is none to be had.
    Problem(Problem),
}

/// What the agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// Nothing that is known here.
    Nothing,
    /// The default, for want of a file.
    NoFile,
    /// What this blob says.
    File(ObjectId),
}

impl From<Option<&git::File>> for Sent {
    fn from(file: Option<&git::File>) -> Self {
        file.map_or(Self::NoFile, |file| Self::File(file.blob))
    }
}

/// An agent's configuration as it changes.
#[derive(Debug)]
pub(super) struct ConfigurationFeed {
    agent: Arc<AgentIdentity>,
    project_number: i64,
    max_file_size: u64,
    // held so that the repository goes on being watched
    _watch: Arc<Watch>,
    state: watch::Receiver<State>,
    sent: Sent,
}

impl ConfigurationFeed {
    /// Follows the configuration of an agent that has processed a commit already, or none.
    pub(super) async fn open(
        context: &Context,
        agent: Arc<AgentIdentity>,
        known_commit_id: &str,
    ) -> Result<Self, Problem> {
        let Some(project) = context.projects.find(&agent.project_id, &agent) else {
            let message = format!(
                "project {} is not known to kas; add it to git.projects there",
                agent.project_id
            );
            return Err(Problem {
                reason: ProblemReason::ProjectNotFound,
                message,
                commit_id: String::new(),
            });
        };
        let watch = context.projects.watch(project, Reference::DefaultBranch);
        let mut state = watch.subscribe();
        state.mark_changed();
        let mut feed = Self {
            agent,
            project_number: project.number,
            max_file_size: context.settings.configuration.max_file_size,
            _watch: watch,
            state,
            sent: Sent::Nothing,
        };
        feed.sent = feed
            .sent_with(context, known_commit_id)
            .await
            .unwrap_or(Sent::Nothing);
        Ok(feed)
    }

    /// What the agent got with a commit, when that commit is still here. Without it, all is sent again.
    async fn sent_with(&mut self, context: &Context, commit_id: &str) -> Option<Sent> {
        let known = ObjectId::from_hex(commit_id.as_bytes()).ok()?;
        let state = self
            .state
            .wait_for(|state| !matches!(state, State::Unknown))
            .await
            .ok()?
            .clone();
        self.state.mark_changed();
        let State::Commit(newest) = state else {
            return None;
        };
        let path = configuration::path_of(&self.agent.name);
        if newest.id == known {
            return Some(newest.listing.file(&path).into());
        }
        if !context.projects.has_had(self.project_number, commit_id).await {
            return None;
        }
        let listing = move || {
            newest
                .repository
                .contains(known)
                .then(|| newest.repository.listing(known, &newest.listing).ok())?
        };
        let listing = tokio::task::spawn_blocking(listing).await.ok()??;
        Some(listing.file(&path).into())
    }

    /// Waits for news. `None` when the repository is no longer watched.
    pub(super) async fn next(&mut self) -> Option<News> {
        loop {
            self.state.changed().await.ok()?;
            let state = self.state.borrow_and_update().clone();
            match state {
                State::Unknown => {}
                State::Problem(problem) => return Some(News::Problem(problem)),
                State::Commit(commit) => return Some(self.read(&commit).await),
            }
        }
    }

    async fn read(&mut self, commit: &Arc<Commit>) -> News {
        let path = configuration::path_of(&self.agent.name);
        let file = commit.listing.file(&path);
        let now = Sent::from(file);
        let commit_id = commit.id.to_string();
        if self.sent == now {
            return News::Unchanged { commit_id };
        }
        if file.is_some_and(|file| file.mode == git::FileMode::Symlink) {
            return invalid(&Error::NotAFile { path }, commit_id);
        }
        let content = match file {
            None => None,
            Some(file) => match self.content(commit, file.blob, path).await {
                Ok(content) => Some(content),
                Err(problem) => return News::Problem(Problem { commit_id, ..problem }),
            },
        };
        match configuration::parse(content.as_deref(), &commit_id, &self.agent, self.project_number) {
            Ok(wire) => {
                self.sent = now;
                News::Configuration(Box::new(wire))
            }
            Err(error) => invalid(&error, commit_id),
        }
    }

    async fn content(
        &self,
        commit: &Arc<Commit>,
        blob: ObjectId,
        path: String,
    ) -> Result<bytes::Bytes, Problem> {
        let (commit, limit) = (Arc::clone(commit), self.max_file_size);
        let read = tokio::task::spawn_blocking(move || {
            let reader = commit.repository.blobs();
            match reader.size(blob) {
                Ok(size) if size > limit => {
                    let error = Error::TooBig { path, size, limit };
                    Err((ProblemReason::LimitExceeded, error.to_string()))
                }
                Ok(_) => reader
                    .read(blob)
                    .map_err(|error| (ProblemReason::Internal, error.to_string())),
                Err(error) => Err((ProblemReason::Internal, error.to_string())),
            }
        });
        let unexpected = |_| {
            (
                ProblemReason::Internal,
                "reading the configuration ended unexpectedly".to_owned(),
            )
        };
        read.await
            .map_err(unexpected)
            .flatten()
            .map_err(|(reason, message)| Problem {
                reason,
                message,
                commit_id: String::new(),
            })
    }
}

fn invalid(error: &Error, commit_id: String) -> News {
    News::Problem(Problem {
        reason: ProblemReason::Invalid,
        message: error.to_string(),
        commit_id,
    })
}
