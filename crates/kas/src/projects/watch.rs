use std::{sync::Arc, time::Duration};

use git::{File, Listing, Mirror, ObjectId, Reference, Repository};
use rand::RngExt;
use rpc::source::{Problem, ProblemReason};
use tokio::{
    sync::{Notify, Semaphore, watch},
    task::AbortHandle,
};

use super::{Project, problem_of};
use crate::{database::Database, observability::Metrics};

/// The first pause after trouble that may pass by itself; each further one is twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// A commit and its files.
#[derive(Debug)]
pub struct Commit {
    /// Its id.
    pub id: ObjectId,
    /// All its files.
    pub listing: Listing,
    /// Seconds since 1970.
    pub committed_at: i64,
    /// First line of its message.
    pub subject: String,
    /// Where its blobs are.
    pub repository: Repository,
}

impl Commit {
    /// All its files, sorted by path.
    pub fn files(&self) -> &[File] {
        self.listing.files()
    }
}

/// What is known of a project at a reference.
#[derive(Clone, Debug, Default)]
pub enum State {
    /// It was not looked at yet.
    #[default]
    Unknown,
    /// The newest commit.
    Commit(Arc<Commit>),
    /// It cannot be had.
    Problem(Problem),
}

/// Looks at a project at a reference, for as long as anyone holds this.
#[derive(Debug)]
pub struct Watch {
    state: watch::Receiver<State>,
    wake: Arc<Notify>,
    task: AbortHandle,
}

impl Watch {
    pub(super) fn start(
        project: Project,
        reference: Reference,
        poll_period: Duration,
        fetches: Arc<Semaphore>,
        database: Database,
        metrics: Metrics,
    ) -> Self {
        let (publish, state) = watch::channel(State::Unknown);
        let wake = Arc::new(Notify::new());
        let poller = Poller {
            project,
            reference,
            poll_period,
            fetches,
            database,
            metrics,
            publish,
            newest: None,
        };
        let task = tokio::spawn(poller.run(Arc::clone(&wake))).abort_handle();
        Self { state, wake, task }
    }

    /// What is known, and what will be.
    pub fn subscribe(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Looks at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Poller {
    project: Project,
    reference: Reference,
    poll_period: Duration,
    fetches: Arc<Semaphore>,
    database: Database,
    metrics: Metrics,
    publish: watch::Sender<State>,
    newest: Option<Arc<Commit>>,
}

impl Poller {
    async fn run(mut self, wake: Arc<Notify>) {
        let mut retry = FIRST_RETRY;
        loop {
            let pause = match self.look().await {
                Ok(()) if matches!(self.reference, Reference::Commit(_)) => {
                    // a commit never changes
                    return std::future::pending().await;
                }
                Ok(()) => {
                    retry = FIRST_RETRY;
                    self.poll_period
                }
                Err(Trouble::Passing) => {
                    let pause = retry.min(self.poll_period);
                    retry = (retry * 2).min(self.poll_period);
                    pause
                }
                Err(Trouble::Lasting) => self.poll_period,
            };
            tokio::select! {
                () = tokio::time::sleep(with_jitter(pause)) => {}
                () = wake.notified() => {}
            }
        }
    }

    async fn look(&mut self) -> Result<(), Trouble> {
        let permit = self.fetches.acquire().await;
        let (mirror, reference, newest) = (
            self.project.mirror.clone(),
            self.reference.clone(),
            self.newest.clone(),
        );
        let started = std::time::Instant::now();
        let result = tokio::task::spawn_blocking(move || read(&mirror, &reference, newest)).await;
        drop(permit);
        let result = result.map_err(|_| ());
        self.metrics
            .git_poll(started.elapsed(), matches!(result, Ok(Ok(_))));
        match result {
            Ok(Ok(commit)) => {
                if self.found(Arc::clone(&commit)) {
                    self.note(&commit).await;
                }
                Ok(())
            }
            Ok(Err(error)) => {
                let passing = error.is_transient();
                self.failed(problem_of(&error), &crate::services::chain(&error));
                Err(if passing {
                    Trouble::Passing
                } else {
                    Trouble::Lasting
                })
            }
            Err(()) => {
                let message = "reading the repository ended unexpectedly".to_owned();
                let cause = message.clone();
                self.failed(
                    Problem {
                        reason: ProblemReason::Internal,
                        message,
                        commit_id: String::new(),
                    },
                    &cause,
                );
                Err(Trouble::Passing)
            }
        }
    }

    /// Whether it is another commit than the one before.
    fn found(&mut self, commit: Arc<Commit>) -> bool {
        let is_new = self.publish.send_if_modified(|state| {
            let is_known = matches!(state, State::Commit(known) if known.id == commit.id);
            if !is_known {
                tracing::info!(project = %self.project.id, reference = %self.reference, commit = %commit.id,
                    files = commit.files().len(), "new commit");
            }
            // the same commit may have come to another place of the cache
            *state = State::Commit(Arc::clone(&commit));
            !is_known
        });
        self.newest = Some(commit);
        is_new
    }

    /// Remembers a commit for agents that come back with it. Where that fails they get everything again.
    async fn note(&self, commit: &Commit) {
        let noted = self
            .database
            .note_commit(self.project.number, commit.id.to_string())
            .await;
        if let Err(error) = noted {
            tracing::warn!(project = %self.project.id, error = %crate::services::chain(&error), "failed to note a commit");
        }
    }

    fn failed(&mut self, problem: Problem, cause: &str) {
        self.publish.send_if_modified(|state| {
            let is_known = matches!(state, State::Problem(known) if *known == problem);
            if !is_known {
                tracing::warn!(project = %self.project.id, reference = %self.reference, error = cause,
                    "project cannot be read");
                *state = State::Problem(problem);
            }
            !is_known
        });
    }
}

enum Trouble {
    /// It may end by itself.
    Passing,
    /// Someone has to do something.
    Lasting,
}

fn read(
    mirror: &Mirror,
    reference: &Reference,
    known: Option<Arc<Commit>>,
) -> Result<Arc<Commit>, git::Error> {
    let newest = mirror.newest(reference)?;
    let is_here =
        |known: &Commit| known.id == newest.commit && known.repository.path() == newest.repository.path();
    let known = match known {
        Some(known) if is_here(&known) => return Ok(known),
        other => other,
    };
    let nothing = Listing::default();
    let before = known.as_ref().map_or(&nothing, |known| &known.listing);
    let info = newest.repository.commit(newest.commit)?;
    Ok(Arc::new(Commit {
        id: newest.commit,
        listing: newest.repository.listing(newest.commit, before)?,
        committed_at: info.committed_at,
        subject: info.subject,
        repository: newest.repository,
    }))
}

/// Up to a tenth shorter or longer, so that many do not look at one moment.
fn with_jitter(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.9..1.1))
}
