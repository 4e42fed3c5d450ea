use std::collections::HashSet;

use manifest::ResourceKey;
use tokio_util::sync::CancellationToken;

use super::{
    Error,
    execute::{Done, Execution},
    hooks::HookRecord,
};
use crate::{
    Action, Application, ChangeSet, ChangeSetEntry, Cluster, Desired, Event, Events, Mode, SyncOptions,
    apply::Writer,
    change_set::{Failure, FailureKind, Notice, SkipReason},
    drift::DriftPolicy,
    event::{Phase, Progress},
    inventory::{Inventory, ResourceRef},
    observe::{Observed, Targets, observe},
    order::{Graph, Occasion},
    ownership::{Owner, PART_OF},
    plan::{Change, Plan, PruneInput, plan_applies, plan_deletions},
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
    let observed = observe(cluster, &targets, &recorded, manager, &apply_set).await?;
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
    let mut change_set = session.run(desired, &mut store, &mut Vec::new()).await?;
    change_set.requests = cluster.requests().total() - before;
    Ok(change_set)
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
    pub(crate) async fn run(
        &self,
        desired: &Desired,
        store: &mut Store,
        done: &mut Vec<Done>,
    ) -> Result<ChangeSet, Error> {
        let stored = store.stored().cloned();
        let occasion = if stored.is_some() {
            Occasion::Upgrade
        } else {
            Occasion::Install
        };
        let stored = stored.unwrap_or_default();
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
            let (refused, _) = self.apply(&plan, &stored, &graph, &mut hooks.clone(), true).await;
            if refused.iter().any(|entry| entry.error.is_some()) {
                change_set.entries = refused.into_iter().map(held_back).collect();
                change_set.entries.sort_by(|a, b| a.key.cmp(&b.key));
                return Ok(change_set);
            }
        }
        let dry_run = self.options.mode == Mode::DryRun;
        let (applied, written) = self.apply(&plan, &stored, &graph, &mut hooks, dry_run).await;
        done.extend(written);
        let pruned = self.prune(&plan, dry_run).await;
        change_set.cancelled = self.cancel.is_cancelled();
        if !dry_run {
            let inventory = self.after(&plan, &stored, &pruned, change_set.cancelled);
            let hooks = hooks.into_current();
            let is_applied = applied.iter().all(|entry| entry.error.is_none()) && !change_set.cancelled;
            let applied = if is_applied {
                self.targets.digest.to_string()
            } else {
                String::new()
            };
            self.record(
                store,
                &Stored {
                    inventory,
                    hooks,
                    applied,
                },
            )
            .await?;
        }
        change_set.entries = applied;
        change_set.entries.extend(pruned.entries);
        change_set.entries.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(change_set)
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
            applies[index].change = Change::Skip(SkipReason::Annotation("not part of a sync".to_owned()));
        }
        let mut notices = Vec::new();
        for problem in graph.problems() {
            let keys: Vec<ResourceKey> = problem.keys().into_iter().cloned().collect();
            self.events.send(|| Event::Validation {
                keys,
                problem: problem.to_string(),
            });
            for planned in applies
                .iter_mut()
                .filter(|planned| problem.keys().contains(&&planned.key))
            {
                planned.change = Change::Refuse(Failure {
                    message: problem.to_string(),
                    kind: FailureKind::Invalid,
                });
            }
        }
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

    async fn apply(
        &self,
        plan: &Plan,
        stored: &Stored,
        graph: &Graph,
        hooks: &mut HookRecord,
        dry_run: bool,
    ) -> (Vec<ChangeSetEntry>, Vec<Done>) {
        let writer = Writer {
            cluster: self.cluster,
            application: self.application,
            apply_set: self.apply_set,
            options: self.options,
            targets: self.targets,
            observed: self.observed,
            dry_run,
            was_applied: self.was_applied(stored),
        };
        self.progress(Phase::Apply, Progress::Started);
        let execution = Execution::new(&writer, graph, &plan.applies, hooks, self.events, self.cancel);
        let entries = execution.run(self.labels()).await;
        self.progress(Phase::Apply, Progress::Finished);
        entries
    }

    async fn prune(&self, plan: &Plan, dry_run: bool) -> Pruned {
        if plan.deletions.is_empty() {
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
        let wait = self.options.wait.is_some();
        let pruned = prune(
            &deleter,
            &plan.deletions,
            self.labels(),
            wait,
            report,
            self.cancel,
        )
        .await;
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
            hooks: stored.hooks.clone(),
            applied,
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
            Change::Refuse(_) => self
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
