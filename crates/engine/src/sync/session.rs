use std::collections::{BTreeMap, HashSet};

use manifest::{Object, Origin, ResourceKey};
use tokio_util::sync::CancellationToken;

use super::{
    Error,
    execute::{Executed, Execution},
    finished::{Deleted, Done, Finished},
    hooks::HookRecord,
    stage::{Stage, hooks_of},
};
use crate::{
    Action, Application, ChangeSet, ChangeSetEntry, Cluster, Desired, Event, Events, Mode, SyncOptions,
    apply::Writer,
    change_set::{Failure, FailureKind, Notice, SkipReason},
    drift::DriftPolicy,
    event::{Phase, Progress},
    inventory::{Inventory, ResourceRef},
    observe::{Observed, Targets, look_into, observe},
    order::{Graph, Occasion, Phase as HookPhase, runs_in, uses},
    ownership::{Owner, PART_OF},
    plan::{
        Change, Plan, PlannedChange, PruneInput, Unapplied, doomed_namespaces, hold_back, plan_applies,
        plan_deletions,
    },
    prune::{Deleter, Pruned, prune},
    store::{Store, Stored},
};

/// Makes the cluster equal to what is desired, once, knowing nothing of it beforehand.
///
/// What concerns single objects is in the change set, also when it failed; an error is what stopped the whole.
/// After `cancel`, no further write begins, and what is under way is finished and recorded.
pub async fn sync(
    cluster: &Cluster,
    application: &Application,
    desired: &Desired,
    options: &SyncOptions,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<ChangeSet, Error> {
    let before = cluster.requests().total();
    let apply_set = application.inventory.apply_set();
    let progress = |phase, progress| events.send(|| Event::ActionGroup { phase, progress });
    events.send(|| Event::Init {
        revision: desired.revision.clone(),
        objects: desired.objects.len(),
    });
    progress(Phase::Observe, Progress::Started);
    let store = async { Store::open(cluster, application).await.map_err(Error::from) };
    let targets = async {
        Targets::resolve(cluster, desired, &apply_set)
            .await
            .map_err(Error::from)
    };
    let (mut store, targets) = tokio::try_join!(store, targets)?;
    let recorded = store
        .stored()
        .map(|stored| stored.inventory.clone())
        .unwrap_or_default();
    let manager = application.field_manager.as_str();
    let mut observed = observe(cluster, &targets, &recorded, (manager, &apply_set), options).await?;
    let doomed = doomed(application, &targets, &recorded, &observed, options, false);
    look_into(cluster, &doomed, &apply_set, &[], &mut observed).await?;
    progress(Phase::Observe, Progress::Finished);
    let session = Session {
        cluster,
        application,
        apply_set: &apply_set,
        options,
        events,
        cancel,
        targets: &targets,
        observed: &observed,
    };
    let mut change_set = session.run(desired, &mut store).await?.change_set;
    change_set.requests = cluster.requests().total() - before;
    Ok(change_set)
}

/// The namespaces that a sync is to delete, unless they hold what is not ours.
pub(crate) fn doomed(
    application: &Application,
    targets: &Targets,
    recorded: &Inventory,
    observed: &Observed,
    options: &SyncOptions,
    unconfirmed: bool,
) -> Vec<String> {
    if !recorded.keys().any(|key| key.kind == "Namespace") {
        return Vec::new();
    }
    let desired: HashSet<&ResourceKey> = targets.keys().collect();
    let input = PruneInput {
        application,
        inventory: recorded,
        desired: &desired,
        is_incomplete: false,
        observed,
        options,
    };
    doomed_namespaces(&input, unconfirmed)
}

/// A sync for which everything is known that can be known before the first write.
pub(crate) struct Session<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) application: &'a Application,
    pub(crate) apply_set: &'a str,
    pub(crate) options: &'a SyncOptions,
    pub(crate) events: &'a Events,
    pub(crate) cancel: &'a CancellationToken,
    pub(crate) targets: &'a Targets,
    pub(crate) observed: &'a Observed,
}

impl Session<'_> {
    pub(crate) async fn run(&self, desired: &Desired, store: &mut Store) -> Result<Finished, Error> {
        let stored = store.stored().cloned().unwrap_or_default();
        let occasion = Occasion::after(stored.installed);
        let graph = Graph::apply(&self.targets.objects, occasion);
        let plan = self.plan(desired, &stored, &graph);
        let mut hooks = HookRecord::new(&self.targets.digest, stored.hooks.clone());
        let fallbacks = plan
            .applies
            .iter()
            .filter(|planned| planned.change == Change::Check)
            .count();
        let mut change_set = ChangeSet {
            revision: desired.revision.clone(),
            notices: plan.notices.clone(),
            fallbacks: fallbacks as u64,
            ..ChangeSet::default()
        };
        if self.options.mode == Mode::Apply || self.options.mode == Mode::Atomic {
            self.record(store, &self.before(&plan, &stored)).await?;
        }
        if self.options.mode == Mode::Atomic && plan.writes() {
            let refused = self.foresee(&plan, &stored, &graph, hooks.clone()).await;
            if refused.iter().any(|entry| entry.error.is_some()) {
                change_set.entries = refused.into_iter().map(held_back).collect();
                change_set.entries.sort_by(|a, b| a.key.cmp(&b.key));
                return Ok(Finished {
                    change_set,
                    written: Vec::new(),
                    hooks: graph.hooked().collect(),
                    deleted: Vec::new(),
                });
            }
        }
        let dry_run = self.options.mode == Mode::DryRun;
        let writer = self.writer(&stored, dry_run);
        let mut execution = Execution::new(
            &writer,
            &graph,
            &plan.applies,
            &mut hooks,
            self.events,
            self.cancel,
        );
        self.execute(&mut execution, HookPhase::Sync).await;
        let mut deletions = plan.deletions.clone();
        if deletions.iter().any(|planned| planned.change == Change::Delete) {
            hold_back(&mut deletions, &self.unapplied(execution.entries()).await);
        }
        // what follows a sync sees the cluster as it shall be
        let wait = self.options.wait.is_some() || execution.goes_on();
        let pruned = self.prune(&deletions, dry_run, wait).await;
        let mut executed = match pruned.failed() {
            Some(key) => execution.finish(&SkipReason::NotDeleted(key.clone())),
            None => {
                self.execute(&mut execution, HookPhase::PostSync).await;
                execution.finish(&SkipReason::Cancelled)
            }
        };
        change_set.cancelled = self.cancel.is_cancelled();
        let is_done = |entry: &ChangeSetEntry| {
            entry.error.is_none() && !matches!(entry.reason, Some(SkipReason::NotDeleted(_)))
        };
        let is_applied = executed.entries.iter().all(is_done) && !change_set.cancelled;
        if !dry_run {
            let mut inventory = self.after(&plan, &stored, &pruned, change_set.cancelled);
            if is_applied {
                hooks.forget(HookPhase::SyncFail.name());
            } else if !change_set.cancelled {
                let failed = self.run_sync_fail_hooks(store, &inventory, &mut hooks).await?;
                inventory.extend(failed.recorded);
                replace_entries(&mut executed.entries, failed.executed.entries);
                executed.deleted.extend(failed.executed.deleted);
            }
            for hook in executed.deleted.iter().filter(|hook| hook.is_gone) {
                inventory.remove(&hook.key);
            }
            let applied = if is_applied {
                self.targets.digest.to_string()
            } else {
                String::new()
            };
            let wanted = Stored {
                inventory,
                hooks: hooks.into_current(),
                applied,
                installed: stored.installed || is_applied,
                deletion_hooks: self.deletion_hooks(),
            };
            self.record(store, &wanted).await?;
        }
        change_set.entries = executed.entries;
        change_set.entries.extend(pruned.entries);
        change_set.entries.sort_by(|a, b| a.key.cmp(&b.key));
        let leaving = pruned.leaving.into_iter().map(|(key, uid)| Deleted {
            key,
            uid,
            is_gone: false,
        });
        let is_deleted = |done: &Done| {
            let key = &self.targets.items[done.index].key;
            executed.deleted.iter().any(|deleted| deleted.key == *key)
        };
        executed.done.retain(|done| !is_deleted(done));
        executed.deleted.extend(leaving);
        Ok(Finished {
            change_set,
            written: executed.done,
            hooks: graph.hooked().collect(),
            deleted: executed.deleted,
        })
    }

    /// What there is to do, decided from what was observed.
    pub(crate) fn plan(&self, desired: &Desired, stored: &Stored, graph: &Graph) -> Plan {
        let mut applies = plan_applies(
            self.targets,
            self.observed,
            self.options,
            self.was_applied(stored),
        );
        for &index in graph.idle() {
            applies[index].change = Change::Skip(SkipReason::OtherOccasion);
        }
        self.plan_hooks(&mut applies, stored, graph);
        let mut notices = Vec::new();
        for problem in graph.problems() {
            let keys: Vec<ResourceKey> = problem.keys().into_iter().cloned().collect();
            self.events.send(|| Event::Validation {
                keys,
                problem: problem.to_string(),
            });
        }
        refuse_problems(graph, &mut applies);
        for problem in &desired.problems {
            let message = crate::failure::chain(problem);
            self.events.send(|| Event::Validation {
                keys: Vec::new(),
                problem: message.clone(),
            });
            notices.push(Notice {
                message,
                blocking: true,
            });
        }
        notices.extend(graph.notices().iter().map(|notice| Notice {
            message: notice.to_string(),
            blocking: false,
        }));
        let wanted: HashSet<&ResourceKey> = self.targets.keys().collect();
        let (deletions, stop) = plan_deletions(&PruneInput {
            application: self.application,
            inventory: &stored.inventory,
            desired: &wanted,
            is_incomplete: !desired.problems.is_empty(),
            observed: self.observed,
            options: self.options,
        });
        notices.extend(stop);
        Plan {
            applies,
            deletions,
            notices,
        }
    }

    /// A hook that is due runs, whether or not its object is as desired; one that has run is left as it is, whoever
    /// has changed it since.
    fn plan_hooks(&self, applies: &mut [PlannedChange], stored: &Stored, graph: &Graph) {
        let record = HookRecord::new(&self.targets.digest, stored.hooks.clone());
        let mut due: BTreeMap<usize, bool> = BTreeMap::new();
        for (_, node) in graph.nodes().filter(|(_, node)| node.hook.is_some()) {
            *due.entry(node.object).or_default() |= record.is_due(&node.key, node.phase.name());
        }
        for (index, is_due) in due {
            let planned = &mut applies[index];
            match &planned.change {
                Change::Skip(SkipReason::DriftReported) => {}
                Change::Skip(_) | Change::Refuse(_) => continue,
                _ => {}
            }
            let exists = self.observed.live.contains_key(&planned.key);
            planned.change = match (is_due, exists) {
                (true, true) => Change::Update,
                (true, false) => Change::Create,
                (false, true) => Change::Keep,
                (false, false) => Change::Skip(SkipReason::HookDone),
            };
        }
    }

    /// The hooks that are kept for the day on which everything is deleted.
    fn deletion_hooks(&self) -> Vec<Object> {
        let is_one = |object: &&Object| {
            runs_in(object, HookPhase::PreDelete) || runs_in(object, HookPhase::PostDelete)
        };
        let hooks = self.targets.objects.iter().filter(is_one);
        hooks
            .filter_map(|hook| Object::new(hook.value().clone(), Origin::default()).ok())
            .collect()
    }

    /// What could not be applied, with what the older state of it names.
    async fn unapplied(&self, entries: &[Option<ChangeSetEntry>]) -> Vec<Unapplied> {
        let mut unapplied = Vec::new();
        for (entry, target) in entries.iter().zip(&self.targets.items) {
            let Some(entry) = entry else { continue };
            let is_blocked = matches!(
                entry.reason,
                Some(SkipReason::DependencyFailed(_) | SkipReason::DependencyNotReady(_))
            );
            if entry.error.is_none() && !is_blocked {
                continue;
            }
            let live = self.observed.live.get(&entry.key);
            let seen = live
                .filter(|live| live.verdict.is_some())
                .and_then(|live| live.object.clone());
            let whole = match (seen, live, &target.resource) {
                (None, Some(_), Some(resource)) => self
                    .cluster
                    .get(resource, &entry.key.namespace, &entry.key.name)
                    .await
                    .unwrap_or_default(),
                (seen, ..) => seen,
            };
            let object = whole.and_then(|value| Object::new(value, Origin::default()).ok());
            unapplied.push(Unapplied {
                key: entry.key.clone(),
                exists: live.is_some(),
                uses: object.as_ref().map(uses).unwrap_or_default(),
            });
        }
        unapplied
    }

    /// Runs the hooks that follow a failed sync, once for each state that fails.
    async fn run_sync_fail_hooks(
        &self,
        store: &mut Store,
        inventory: &Inventory,
        record: &mut HookRecord,
    ) -> Result<AfterFailure, Error> {
        let hooks = hooks_of(&self.targets.objects, HookPhase::SyncFail);
        let phase = HookPhase::SyncFail.name();
        let due: Vec<Object> = hooks
            .into_iter()
            .filter(|hook| record.is_due(&hook.key(), phase))
            .collect();
        if due.is_empty() {
            return Ok(AfterFailure::default());
        }
        let recorded: Vec<ResourceRef> = due.iter().map(ResourceRef::of).collect();
        let mut before = store.stored().cloned().unwrap_or_default();
        before.inventory = inventory.clone();
        before.inventory.extend(recorded.clone());
        self.record(store, &before).await?;
        let stage = Stage {
            cluster: self.cluster,
            application: self.application,
            apply_set: self.apply_set,
            options: self.options,
            events: self.events,
            cancel: self.cancel,
            dry_run: false,
        };
        let executed = stage.run(due, HookPhase::SyncFail, record).await?;
        Ok(AfterFailure { recorded, executed })
    }

    fn writer(&self, stored: &Stored, dry_run: bool) -> Writer<'_> {
        Writer {
            cluster: self.cluster,
            application: self.application,
            apply_set: self.apply_set,
            options: self.options,
            targets: self.targets,
            observed: self.observed,
            dry_run,
            was_applied: self.was_applied(stored),
        }
    }

    /// What a dry run of everything comes to.
    async fn foresee(
        &self,
        plan: &Plan,
        stored: &Stored,
        graph: &Graph,
        mut hooks: HookRecord,
    ) -> Vec<ChangeSetEntry> {
        let writer = self.writer(stored, true);
        let mut execution = Execution::new(
            &writer,
            graph,
            &plan.applies,
            &mut hooks,
            self.events,
            self.cancel,
        );
        self.execute(&mut execution, HookPhase::PostSync).await;
        execution.finish(&SkipReason::Cancelled).entries
    }

    async fn execute(&self, execution: &mut Execution<'_>, last: HookPhase) {
        self.progress(Phase::Apply, Progress::Started);
        execution.run_to(last).await;
        self.progress(Phase::Apply, Progress::Finished);
    }

    async fn prune(&self, deletions: &[PlannedChange], dry_run: bool, wait: bool) -> Pruned {
        if deletions.is_empty() {
            return Pruned::default();
        }
        let deleter = Deleter {
            cluster: self.cluster,
            application: self.application,
            options: self.options,
            observed: self.observed,
            dry_run,
        };
        self.progress(Phase::Prune, Progress::Started);
        let report = |entry: &ChangeSetEntry| self.events.send(|| Event::Prune(entry.clone()));
        let pruned = prune(&deleter, deletions, self.labels(), wait, report, self.cancel).await;
        self.progress(Phase::Prune, Progress::Finished);
        pruned
    }

    /// Whether this very state was applied in full before, so that what differs now is someone else's doing.
    pub(crate) fn was_applied(&self, stored: &Stored) -> bool {
        stored.applied == self.targets.digest.to_string()
    }

    fn labels(&self) -> String {
        format!("{PART_OF}={}", self.apply_set)
    }

    fn progress(&self, phase: Phase, progress: Progress) {
        self.events.send(|| Event::ActionGroup { phase, progress });
    }

    /// What exists or may come to exist: stored before the first write.
    fn before(&self, plan: &Plan, stored: &Stored) -> Stored {
        let mut inventory = stored.inventory.clone();
        inventory.extend(self.ours(plan));
        // where drift is only reported, a state that was cut short must not pass for one that was applied
        let keeps = self.was_applied(stored) || self.options.drift != DriftPolicy::Warn;
        let applied = if keeps {
            stored.applied.clone()
        } else {
            String::new()
        };
        Stored {
            inventory,
            applied,
            ..stored.clone()
        }
    }

    fn after(&self, plan: &Plan, stored: &Stored, pruned: &Pruned, cancelled: bool) -> Inventory {
        if cancelled {
            return self.before(plan, stored).inventory;
        }
        let remaining = pruned.remaining.iter().map(|key| {
            let version = stored.inventory.version(key).unwrap_or_default();
            ResourceRef::new(key.clone(), version)
        });
        self.ours(plan).chain(remaining).collect()
    }

    /// The desired objects that are ours or become so.
    fn ours(&self, plan: &Plan) -> impl Iterator<Item = ResourceRef> {
        let applies = plan.applies.iter().zip(&self.targets.objects);
        let ours = applies.filter(|(planned, _)| match &planned.change {
            // what is ours stays so while it is left alone, or while its manifest is wrong
            Change::Skip(SkipReason::Annotation(_) | SkipReason::DriftReported) => true,
            Change::Refuse(_) | Change::Skip(SkipReason::HookDone | SkipReason::OtherOccasion) => self
                .observed
                .live
                .get(&planned.key)
                .is_some_and(|live| live.owner == Owner::Ours),
            Change::Skip(_) => false,
            _ => true,
        });
        ours.map(|(_, object)| ResourceRef::of(object))
    }

    async fn record(&self, store: &mut Store, wanted: &Stored) -> Result<(), Error> {
        if store.stored() == Some(wanted) {
            return Ok(());
        }
        self.progress(Phase::Inventory, Progress::Started);
        store.save(wanted.clone()).await?;
        self.progress(Phase::Inventory, Progress::Finished);
        Ok(())
    }
}

/// What the hooks after a failed sync came to, and what they have put into the inventory.
#[derive(Default)]
struct AfterFailure {
    recorded: Vec<ResourceRef>,
    executed: Executed,
}

/// What is wrong with what the objects say about their order is refused; the rest goes on.
pub(super) fn refuse_problems(graph: &Graph, applies: &mut [PlannedChange]) {
    for problem in graph.problems() {
        let keys = problem.keys();
        for planned in applies.iter_mut().filter(|planned| keys.contains(&&planned.key)) {
            planned.change = Change::Refuse(Failure {
                message: problem.to_string(),
                kind: FailureKind::Invalid,
            });
        }
    }
}

fn replace_entries(entries: &mut [ChangeSetEntry], newer: Vec<ChangeSetEntry>) {
    for newer in newer {
        if let Some(entry) = entries.iter_mut().find(|entry| entry.key == newer.key) {
            *entry = newer;
        }
    }
}

/// An entry of an atomic sync that was refused: what would have been done was not.
fn held_back(entry: ChangeSetEntry) -> ChangeSetEntry {
    match entry.action {
        Action::Created | Action::Configured => ChangeSetEntry {
            action: Action::Skipped,
            reason: Some(SkipReason::Atomic),
            ..entry
        },
        _ => entry,
    }
}
