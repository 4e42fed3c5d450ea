use manifest::{Object, Origin};

use super::Session;
use crate::{
    ChangeSetEntry, SyncError,
    change_set::SkipReason,
    inventory::{Inventory, ResourceRef},
    order::{Phase, uses},
    plan::Unapplied,
    store::Store,
    sync::{
        HookRecord,
        execute::Executed,
        stage::{Stage, hooks_of},
    },
};

/// What the hooks after a failed sync came to, and what they have put into the inventory.
#[derive(Default)]
pub(super) struct AfterFailure {
    pub(super) recorded: Vec<ResourceRef>,
    pub(super) executed: Executed,
}

impl Session<'_> {
    /// What could not be applied, with what the older state of it names.
    pub(super) async fn unapplied(&self, entries: &[Option<ChangeSetEntry>]) -> Vec<Unapplied> {
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
    pub(super) async fn run_sync_fail_hooks(
        &self,
        store: &mut Store,
        inventory: &Inventory,
        record: &mut HookRecord,
    ) -> Result<AfterFailure, SyncError> {
        let hooks = hooks_of(&self.targets.objects, Phase::SyncFail);
        let phase = Phase::SyncFail.name();
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
        let executed = stage.run(due, Phase::SyncFail, record).await?;
        Ok(AfterFailure { recorded, executed })
    }
}
