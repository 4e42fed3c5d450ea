//! One project from commit to report.

use std::{
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use engine::{
    ChangeSet, Desired, Events, SyncOptions, Syncer,
    drift::{Drift, DriftPolicy},
    render,
};
use rpc::{
    configuration::{AgentConfiguration, ManifestProject},
    glops::reports::v1::{StatusReport, status_report::Phase},
    manifests::Snapshot,
};
use tokio::{
    sync::watch,
    time::{Duration, Instant, MissedTickBehavior, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, info_span, warn};

use super::{Surroundings, options, report};
use crate::{
    backoff::{self, Backoff},
    manifests::{self, Known},
    observability::{ProjectLabel, SyncLabel},
    rights,
};

/// When nothing is left to try again, this far away is never.
const NEVER: Duration = Duration::from_hours(24 * 365);
/// How often the health of what was applied is looked at; the watches keep it, so that this asks nobody.
const LOOK_PERIOD: Duration = Duration::from_secs(2);

/// Keeps the cluster equal to one project.
pub(super) struct Worker {
    surroundings: Surroundings,
    project: ManifestProject,
    syncer: Syncer,
    options: SyncOptions,
    render: render::Options,
    /// What kas was told last of a sync that ended.
    told: Option<StatusReport>,
    /// What others changed since the last sync.
    drifts: Vec<Drift>,
    /// What the agent lacks to keep the project's inventory, once the cluster has said so.
    missing_rights: Arc<OnceLock<Vec<String>>>,
}

/// Why a worker goes on.
enum Wake {
    Stop,
    Sync,
    Drift(Drift),
    Departure,
    Look,
}

impl Worker {
    pub(super) fn new(
        surroundings: Surroundings,
        agent: &AgentConfiguration,
        project: ManifestProject,
        claims: engine::Claims,
    ) -> Self {
        Self {
            syncer: Syncer::new(&surroundings.cluster, options::application(agent, &project)),
            options: options::sync_options(&project, claims),
            render: render::Options {
                remote: surroundings.remote.clone(),
                ..options::render_options(&project)
            },
            surroundings,
            project,
            told: None,
            drifts: Vec::new(),
            missing_rights: Arc::default(),
        }
    }

    /// Works until `stop`: each commit that arrives is synced, and what failed is tried again.
    pub(super) async fn run(self, stop: CancellationToken) {
        let span = info_span!("project", id = %self.project.key);
        self.work(stop).instrument(span).await;
    }

    async fn work(mut self, stop: CancellationToken) {
        let (sender, mut known) = watch::channel(Known::default());
        let connection = self.surroundings.connection.clone();
        let follow = manifests::follow(connection, self.project.clone(), sender, stop.clone());
        let follower = tokio::spawn(follow.in_current_span());
        tokio::spawn(self.look_for_missing_rights().in_current_span());
        self.report(Phase::Pending, "", Vec::new());
        let mut pauses = Backoff::new(backoff::SYNC);
        let mut next_try = Instant::now() + NEVER;
        let mut looks = tokio::time::interval(LOOK_PERIOD);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let wake = tokio::select! {
                () = stop.cancelled() => Wake::Stop,
                changed = known.changed() => if changed.is_ok() { Wake::Sync } else { Wake::Stop },
                () = sleep_until(next_try) => Wake::Sync,
                drift = self.syncer.next_drift() => Wake::Drift(drift),
                () = self.syncer.next_departure() => Wake::Departure,
                _ = looks.tick() => Wake::Look,
            };
            match wake {
                Wake::Stop => break,
                Wake::Look => {
                    self.tell_health().await;
                    continue;
                }
                Wake::Departure => {
                    if let Err(error) = self.syncer.forget_departed().await {
                        let reason = format!("{:#}", anyhow::Error::from(error));
                        warn!(reason, "failed to note which deleted objects are gone");
                        next_try = Instant::now() + pauses.after_failure();
                    }
                    continue;
                }
                Wake::Drift(_) if self.options.drift == DriftPolicy::Off => continue,
                Wake::Drift(drift) => self.drifts.push(drift),
                Wake::Sync => {}
            }
            next_try = Instant::now() + NEVER;
            match self.sync_newest(&mut known, &stop).await {
                Some(false) => next_try = Instant::now() + pauses.after_failure(),
                Some(true) => pauses.reset(),
                None => {}
            }
        }
        if follower.await.is_err() {
            warn!("the task that follows the manifests ended by a panic");
        }
    }

    /// Asks, beside the first sync, for the rights to the inventory: it is in the project's namespace, not in the agent's.
    fn look_for_missing_rights(&self) -> impl Future<Output = ()> + use<> {
        let needed = rights::for_inventory(&self.project.key.default_namespace);
        let (client, found) = (self.surroundings.client.clone(), Arc::clone(&self.missing_rights));
        async move {
            match rights::missing(client, needed).await {
                Ok(missing) => {
                    let told = missing.iter().map(|right| {
                        warn!(%right, "a right is missing that the project's inventory needs; grant it to the agent's service account");
                        format!("the agent may not {right}, which the project's inventory needs")
                    });
                    // only this sets it
                    let _ = found.set(told.collect());
                }
                Err(error) => warn!(%error, "failed to ask the cluster for the agent's rights"),
            }
        }
    }

    /// Syncs the newest commit; whether the cluster is now equal to it, or `None` when there is nothing to sync.
    async fn sync_newest(
        &mut self,
        known: &mut watch::Receiver<Known>,
        stop: &CancellationToken,
    ) -> Option<bool> {
        let Known { snapshot, problem } = known.borrow_and_update().clone();
        let missing = self.missing_rights.get().into_iter().flatten().cloned();
        let notices: Vec<String> = problem.iter().map(ToString::to_string).chain(missing).collect();
        let Some(snapshot) = snapshot else {
            self.report(Phase::Pending, "", notices);
            return None;
        };
        self.report(Phase::Syncing, &snapshot.commit_id, notices.clone());
        let started = SystemTime::now();
        match self.sync_until_superseded(&snapshot, known, stop).await {
            Ok(set) => {
                info!(
                    commit = set.revision,
                    complete = set.is_complete(),
                    requests = set.requests,
                    "sync ended"
                );
                log_obstacles(&set);
                self.count(&set);
                self.tell(&set, started, notices).await;
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
        let desired = self.desired(snapshot).await?;
        let events = Events::none();
        let sync = self.syncer.sync(&desired, &self.options, &events, &cancel);
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

    async fn desired(&self, snapshot: &Snapshot) -> Result<Desired, engine::SyncError> {
        let tree = manifests::tree(snapshot);
        let mut options = self.render.clone();
        if render::has_charts(&tree, &options.paths) {
            let charts = &mut options.charts;
            charts.randomness = self.surroundings.salt.randomness(&self.project.key);
            charts.cluster = Some(self.surroundings.cluster.capabilities().await?);
        }
        // what lies elsewhere is waited for where that holds up nobody
        let rendered = tokio::task::spawn_blocking(move || render::render(&tree, &options)).await;
        match rendered {
            Ok(rendered) => Ok(rendered.into_desired(&snapshot.commit_id)),
            Err(failure) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
            // the program ends
            Err(_) => std::future::pending().await,
        }
    }

    /// Tells kas what a sync did, and what became of the drift before it.
    async fn tell(&mut self, set: &ChangeSet, started: SystemTime, notices: Vec<String>) {
        let reporter = self.surroundings.reporter.clone();
        let project = &self.project.key;
        let label = ProjectLabel {
            project: project.project_id.clone(),
        };
        reporter.audit(report::audit(project, set, !self.drifts.is_empty()));
        for drift in self.drifts.drain(..) {
            let outcome = report::drift_outcome(set, &drift, self.options.drift);
            warn!(resource = %drift.key, managers = ?drift.managers, fields = ?drift.fields, ?outcome, "drift");
            self.surroundings.metrics.drifted.get_or_create(&label).inc();
            reporter.drift(report::drift(project, set, &drift, outcome));
        }
        if set.cancelled {
            return;
        }
        let mut status = report::status(project, set, started, notices);
        report::add_health(&mut status, &self.syncer.statuses().await);
        reporter.status(status.clone());
        self.told = Some(status);
    }

    /// Tells kas when the health of what was applied is another than it was told.
    async fn tell_health(&mut self) {
        let Some(told) = &mut self.told else { return };
        let before = told.health;
        report::add_health(told, &self.syncer.statuses().await);
        if told.health != before {
            told.reported_at = Some(SystemTime::now().into());
            self.surroundings.reporter.status(told.clone());
        }
    }

    fn report(&mut self, phase: Phase, commit: &str, notices: Vec<String>) {
        self.told = None;
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

/// How many of the objects that failed the log names at most; kas is told of more.
const MAX_LOGGED: usize = 20;

/// What stands between the cluster and the commit.
fn log_obstacles(set: &ChangeSet) {
    for notice in set.notices.iter().filter(|notice| notice.blocking) {
        warn!(reason = notice.message, "something stops the sync");
    }
    for entry in set.failures().take(MAX_LOGGED) {
        let reason = entry.error.as_ref().map_or("", |error| &error.message);
        warn!(resource = %entry.key, reason, "failed to sync an object");
    }
    let left_out = set.failures().skip(MAX_LOGGED).count();
    if left_out > 0 {
        warn!(left_out, "more objects failed; `glops agent show` names them");
    }
}
