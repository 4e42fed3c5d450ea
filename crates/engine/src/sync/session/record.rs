use manifest::{Object, Origin};

use super::Session;
use crate::{
    SyncError,
    change_set::SkipReason,
    drift::DriftPolicy,
    event::{Phase, Progress},
    inventory::{Inventory, ResourceRef},
    order::{Phase as HookPhase, runs_in},
    ownership::Owner,
    plan::{Change, Plan},
    prune::Pruned,
    store::{Store, Stored},
};

impl Session<'_> {
    /// What exists or may come to exist: stored before the first write.
    pub(super) fn before(&self, plan: &Plan, stored: &Stored) -> Stored {
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

    pub(super) fn after(&self, plan: &Plan, stored: &Stored, pruned: &Pruned, cancelled: bool) -> Inventory {
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

    /// The hooks that are kept for the day on which everything is deleted.
    pub(super) fn deletion_hooks(&self) -> Vec<Object> {
        let is_one = |object: &&Object| {
            runs_in(object, HookPhase::PreDelete) || runs_in(object, HookPhase::PostDelete)
        };
        let hooks = self.targets.objects.iter().filter(is_one);
        hooks
            .filter_map(|hook| Object::new(hook.value().clone(), Origin::default()).ok())
            .collect()
    }

    pub(super) async fn record(&self, store: &mut Store, wanted: &Stored) -> Result<(), SyncError> {
        if store.stored() == Some(wanted) {
            return Ok(());
        }
        self.progress(Phase::Inventory, Progress::Started);
        store.save(wanted.clone()).await?;
        self.progress(Phase::Inventory, Progress::Finished);
        Ok(())
    }
}
