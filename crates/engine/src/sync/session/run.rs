use tokio_util::sync::CancellationToken;

use super::failed::AfterFailure;
use crate::{
    Action, Application, ChangeSet, ChangeSetEntry, Cluster, Desired, Event, Events, Mode, SyncError,
    SyncOptions,
    apply::Writer,
    change_set::SkipReason,
    event::{Phase, Progress},
    observe::{Observed, Targets},
    order::{Graph, Occasion, Phase as HookPhase},
    ownership::PART_OF,
    plan::{Change, Plan, PlannedChange, hold_back},
    prune::{Deleter, Pruned, prune},
    store::{Store, Stored},
    sync::{
        Deleted, Done, Finished, HookRecord,
        execute::{Executed, Execution},
    },
};

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

/// What there is to do, and what was known when that was decided.
struct Work<'w> {
    graph: &'w Graph,
    plan: &'w Plan,
    stored: &'w Stored,
}

impl Session<'_> {
    pub(crate) async fn run(&self, desired: &Desired, store: &mut Store) -> Result<Finished, SyncError> {
        let stored = store.stored().cloned().unwrap_or_default();
        let graph = Graph::apply(&self.targets.objects, Occasion::after(stored.installed));
        let plan = self.plan(desired, &stored, &graph);
        let work = Work {
            graph: &graph,
            plan: &plan,
            stored: &stored,
        };
        let mut change_set = announced(desired, &plan);
        if matches!(self.options.mode, Mode::Apply | Mode::Atomic) {
            self.record(store, &self.before(&plan, &stored)).await?;
        }
        let mut hooks = HookRecord::new(&self.targets.digest, stored.hooks.clone());
        if self.options.mode == Mode::Atomic && plan.writes() {
            let refused = self.foresee(&work, hooks.clone()).await;
            if refused.iter().any(|entry| entry.error.is_some()) {
                change_set.entries = refused.into_iter().map(held_back).collect();
                return Ok(self.finished(change_set, Executed::default(), Pruned::default(), &graph));
            }
        }
        let dry_run = self.options.mode == Mode::DryRun;
        let (mut executed, pruned) = self.carry_out(&work, &mut hooks, dry_run).await;
        change_set.cancelled = self.cancel.is_cancelled();
        if !dry_run {
            self.conclude(&work, store, hooks, (&mut executed, &pruned))
                .await?;
        }
        Ok(self.finished(change_set, executed, pruned, &graph))
    }

    /// Writes, then deletes, then runs the hooks that come after both.
    async fn carry_out(&self, work: &Work<'_>, hooks: &mut HookRecord, dry_run: bool) -> (Executed, Pruned) {
        let writer = self.writer(work.stored, dry_run);
        let applies = &work.plan.applies;
        let mut execution = Execution::new(&writer, work.graph, applies, hooks, self.events, self.cancel);
        self.execute(&mut execution, HookPhase::Sync).await;
        let mut deletions = work.plan.deletions.clone();
        if deletions.iter().any(|planned| planned.change == Change::Delete) {
            hold_back(&mut deletions, &self.unapplied(execution.entries()).await);
        }
        // what follows a sync sees the cluster as it shall be
        let wait = self.options.wait.is_some() || execution.goes_on();
        let pruned = self.prune(&deletions, dry_run, wait).await;
        let because = if let Some(key) = pruned.failed() {
            SkipReason::NotDeleted(key.clone())
        } else {
            self.execute(&mut execution, HookPhase::PostSync).await;
            SkipReason::Cancelled
        };
        (execution.finish(&because), pruned)
    }

    /// Runs what follows a failure, and stores what exists now.
    async fn conclude(
        &self,
        work: &Work<'_>,
        store: &mut Store,
        mut hooks: HookRecord,
        (executed, pruned): (&mut Executed, &Pruned),
    ) -> Result<(), SyncError> {
        let cancelled = self.cancel.is_cancelled();
        let is_applied = executed.entries.iter().all(is_done) && !cancelled;
        let mut inventory = self.after(work.plan, work.stored, pruned, cancelled);
        if is_applied {
            hooks.forget(HookPhase::SyncFail.name());
        } else if !cancelled {
            let AfterFailure {
                recorded,
                executed: failed,
            } = self.run_sync_fail_hooks(store, &inventory, &mut hooks).await?;
            inventory.extend(recorded);
            replace_entries(&mut executed.entries, failed.entries);
            executed.deleted.extend(failed.deleted);
        }
        for hook in executed.deleted.iter().filter(|hook| hook.is_gone) {
            inventory.remove(&hook.key);
        }
        let wanted = Stored {
            inventory,
            hooks: hooks.into_current(),
            applied: if is_applied {
                self.targets.digest.to_string()
            } else {
                String::new()
            },
            installed: work.stored.installed || is_applied,
            deletion_hooks: self.deletion_hooks(),
        };
        self.record(store, &wanted).await
    }

    fn finished(
        &self,
        mut change_set: ChangeSet,
        mut executed: Executed,
        pruned: Pruned,
        graph: &Graph,
    ) -> Finished {
        change_set.entries.extend(executed.entries);
        change_set.entries.extend(pruned.entries);
        change_set.entries.sort_by(|a, b| a.key.cmp(&b.key));
        let is_deleted = |done: &Done| {
            let key = &self.targets.items[done.index].key;
            executed.deleted.iter().any(|deleted| deleted.key == *key)
        };
        executed.done.retain(|done| !is_deleted(done));
        let leaving = pruned.leaving.into_iter().map(|(key, uid)| Deleted {
            key,
            uid,
            is_gone: false,
        });
        executed.deleted.extend(leaving);
        Finished {
            change_set,
            written: executed.done,
            hooks: graph.hooked().collect(),
            deleted: executed.deleted,
        }
    }

    /// What a dry run of everything comes to.
    async fn foresee(&self, work: &Work<'_>, mut hooks: HookRecord) -> Vec<ChangeSetEntry> {
        let writer = self.writer(work.stored, true);
        let applies = &work.plan.applies;
        let mut execution =
            Execution::new(&writer, work.graph, applies, &mut hooks, self.events, self.cancel);
        self.execute(&mut execution, HookPhase::PostSync).await;
        execution.finish(&SkipReason::Cancelled).entries
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

    fn labels(&self) -> String {
        format!("{PART_OF}={}", self.apply_set)
    }

    pub(super) fn progress(&self, phase: Phase, progress: Progress) {
        self.events.send(|| Event::ActionGroup { phase, progress });
    }
}

/// The change set of a sync that begins.
fn announced(desired: &Desired, plan: &Plan) -> ChangeSet {
    let in_doubt = plan
        .applies
        .iter()
        .filter(|planned| planned.change == Change::Check);
    ChangeSet {
        revision: desired.revision.clone(),
        notices: plan.notices.clone(),
        fallbacks: in_doubt.count() as u64,
        ..ChangeSet::default()
    }
}

/// Whether nothing of an object is left to do.
fn is_done(entry: &ChangeSetEntry) -> bool {
    entry.error.is_none() && !matches!(entry.reason, Some(SkipReason::NotDeleted(_)))
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
