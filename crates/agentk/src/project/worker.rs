//! One project from commit to report.

use std::{sync::Arc, time::SystemTime};

use engine::{Application, ChangeSet, Desired, Events, SyncOptions, render};
use rpc::{
    configuration::{AgentConfiguration, ManifestProject},
    glops::reports::v1::status_report::Phase,
    manifests::Snapshot,
};
use tokio::{
    sync::watch,
    time::{Duration, Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, info_span, warn};

use super::{Surroundings, options, report};
use crate::{
    backoff::{self, Backoff},
    manifests::{self, Known},
    observability::{ProjectLabel, SyncLabel},
};

/// When nothing is left to try again, this far away is never.
const NEVER: Duration = Duration::from_hours(24 * 365);

/// Keeps the cluster equal to one project.
pub(super) struct Worker {
    surroundings: Surroundings,
    project: ManifestProject,
    application: Application,
    options: SyncOptions,
    render: render::Options,
}

impl Worker {
    pub(super) fn new(
        surroundings: Surroundings,
        agent: &AgentConfiguration,
        project: ManifestProject,
        claims: engine::Claims,
    ) -> Self {
        Self {
            surroundings,
            application: options::application(agent, &project),
            options: options::sync_options(&project, claims),
            render: options::render_options(&project),
            project,
        }
    }

    /// Works until `stop`: each commit that arrives is synced, and what failed is tried again.
    pub(super) async fn run(self, stop: CancellationToken) {
        let span = info_span!("project", id = %self.project.key);
        self.work(stop).instrument(span).await;
    }

    async fn work(self, stop: CancellationToken) {
        let (sender, mut known) = watch::channel(Known::default());
        let connection = self.surroundings.connection.clone();
        let follow = manifests::follow(connection, self.project.clone(), sender, stop.clone());
        let follower = tokio::spawn(follow.in_current_span());
        self.report(Phase::Pending, "", Vec::new());
        let mut pauses = Backoff::new(backoff::SYNC);
        let mut next_try = Instant::now() + NEVER;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                changed = known.changed() => if changed.is_err() { break },
                () = sleep_until(next_try) => {}
            }
            next_try = Instant::now() + NEVER;
            // a commit may arrive while another is being synced
            while let Some(complete) = self.sync_newest(&mut known, &stop).await {
                if complete {
                    pauses.reset();
                } else {
                    next_try = Instant::now() + pauses.after_failure();
                }
                if !known.has_changed().unwrap_or(false) {
                    break;
                }
            }
        }
        if follower.await.is_err() {
            warn!("the task that follows the manifests ended by a panic");
        }
    }

    /// Syncs the newest commit; whether the cluster is now equal to it, or `None` when there is nothing to sync.
    async fn sync_newest(
        &self,
        known: &mut watch::Receiver<Known>,
        stop: &CancellationToken,
    ) -> Option<bool> {
        let Known { snapshot, problem } = known.borrow_and_update().clone();
        let notices: Vec<String> = problem.iter().map(ToString::to_string).collect();
        let Some(snapshot) = snapshot else {
            self.report(Phase::Pending, "", notices);
            return None;
        };
        self.report(Phase::Syncing, &snapshot.commit_id, notices.clone());
        let started = SystemTime::now();
        let ended = self.sync_until_superseded(&snapshot, known, stop).await;
        match ended {
            Ok(set) => {
                info!(
                    commit = set.revision,
                    complete = set.is_complete(),
                    requests = set.requests,
                    "sync ended"
                );
                self.count(&set);
                let reporter = &self.surroundings.reporter;
                reporter.audit(report::audit(&self.project.key, &set));
                if !set.cancelled {
                    reporter.status(report::status(&self.project.key, &set, started, notices));
                }
                Some(set.is_complete() || set.cancelled)
            }
            Err(error) => {
                let message = format!("{:#}", anyhow::Error::from(error));
                warn!(commit = snapshot.commit_id, reason = message, "failed to sync");
                self.report(Phase::Failed, &snapshot.commit_id, vec![message]);
                Some(false)
            }
        }
    }

    /// A newer commit stops this sync after the writes that are under way.
    async fn sync_until_superseded(
        &self,
        snapshot: &Arc<Snapshot>,
        known: &watch::Receiver<Known>,
        stop: &CancellationToken,
    ) -> Result<ChangeSet, engine::SyncError> {
        let cancel = stop.child_token();
        let desired = self.desired(snapshot);
        let events = Events::none();
        let cluster = &self.surroundings.cluster;
        let sync = engine::sync(
            cluster,
            &self.application,
            &desired,
            &self.options,
            &events,
            &cancel,
        );
        tokio::pin!(sync);
        let commit = |known: &Known| known.snapshot.as_ref().map(|snapshot| snapshot.commit_id.clone());
        let mut newer = known.clone();
        loop {
            tokio::select! {
                ended = &mut sync => return ended,
                Ok(()) = newer.changed(), if !cancel.is_cancelled() => {
                    if commit(&newer.borrow()).as_ref() != Some(&snapshot.commit_id) {
                        info!(commit = snapshot.commit_id, "superseded by a newer commit");
                        cancel.cancel();
                    }
                }
            }
        }
    }

    fn desired(&self, snapshot: &Snapshot) -> Desired {
        render::render(&manifests::tree(snapshot), &self.render).into_desired(&snapshot.commit_id)
    }

    fn report(&self, phase: Phase, commit: &str, notices: Vec<String>) {
        let status = report::without_result(&self.project.key, phase, commit, notices);
        self.surroundings.reporter.status(status);
    }

    fn count(&self, set: &ChangeSet) {
        let metrics = &self.surroundings.metrics;
        let project = self.project.key.project_id.clone();
        let result = match (set.cancelled, set.is_complete()) {
            (true, _) => "cancelled",
            (false, true) => "complete",
            (false, false) => "incomplete",
        };
        metrics
            .syncs
            .get_or_create(&SyncLabel {
                project: project.clone(),
                result,
            })
            .inc();
        let label = ProjectLabel { project };
        metrics.requests.get_or_create(&label).inc_by(set.requests);
        metrics
            .objects
            .get_or_create(&label)
            .set(i64::try_from(set.entries.len()).unwrap_or(i64::MAX));
    }
}
