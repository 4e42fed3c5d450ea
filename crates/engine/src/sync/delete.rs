use std::collections::HashSet;

use manifest::{Object, ResourceKey};
use tokio_util::sync::CancellationToken;

use super::{
    Error,
    hooks::HookRecord,
    session::doomed,
    stage::{Stage, hooks_of},
};
use crate::{
    Application, ChangeSet, ChangeSetEntry, Cluster, Desired, Event, Events, Mode, SyncOptions,
    change_set::Notice,
    digest::Digest,
    inventory::{Inventory, ResourceRef},
    observe::{Targets, look_into, observe},
    order::{Phase, runs_in},
    ownership::PART_OF,
    plan::{PruneInput, plan_deletions},
    prune::{Deleter, Pruned, prune},
    store::{Store, Stored},
};

/// Deletes all that an application has applied, in the reverse order of creation, and its inventory after that.
///
/// The guards of pruning hold but for those about how many: what is protected must be confirmed, and what belongs to
/// others stays. While anything remains, so does the inventory. PreDelete hooks run first, and nothing is deleted
/// unless they succeed; PostDelete hooks run once all of it is gone, but for the namespaces that they run in: these go
/// last.
pub async fn delete(
    cluster: &Cluster,
    application: &Application,
    options: &SyncOptions,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<ChangeSet, Error> {
    let before = cluster.requests().total();
    let apply_set = application.inventory.apply_set();
    let mut options = options.clone();
    options.prune.enabled = true;
    options.prune.allow_empty = true;
    let stage = Stage {
        cluster,
        application,
        apply_set: &apply_set,
        options: &options,
        events,
        cancel,
        dry_run: options.mode == Mode::DryRun,
    };
    let mut change_set = delete_in(&stage).await?;
    change_set.entries.sort_by(|a, b| a.key.cmp(&b.key));
    change_set.requests = cluster.requests().total() - before;
    change_set.cancelled = cancel.is_cancelled();
    Ok(change_set)
}

async fn delete_in(stage: &Stage<'_>) -> Result<ChangeSet, Error> {
    let mut store = Store::open(stage.cluster, stage.application).await?;
    let stored = store.stored().cloned().unwrap_or_default();
    let hooks = DeletionHooks::of(&stored);
    let (inventory, rooms) = hooks.part(&stored.inventory);
    stage.events.send(|| Event::Init {
        revision: String::new(),
        objects: inventory.len() + rooms.len(),
    });
    if !stage.dry_run && !hooks.objects.is_empty() {
        hooks.store(&mut store, &stored).await?;
    }
    let mut record = hooks.record.clone();
    let mut entries = hooks.run(stage, Phase::PreDelete, &mut record).await?;
    if let Some(failed) = entries.iter().find(|entry| entry.error.is_some()) {
        let message = format!(
            "nothing is deleted, since {} failed, which runs before",
            failed.key
        );
        return Ok(ChangeSet {
            notices: vec![Notice {
                message,
                blocking: true,
            }],
            entries,
            ..ChangeSet::default()
        });
    }
    let wait = stage.options.wait.is_some() || hooks.of_the_end().next().is_some();
    let (pruned, stop) = take_away(stage, &inventory, &store, wait).await?;
    let mut notices = Vec::from_iter(stop);
    let mut remaining = of_keys(&inventory, &pruned.remaining);
    entries.extend(pruned.entries);
    let mut is_over = remaining.is_empty() && !stage.cancel.is_cancelled();
    if is_over {
        let after = hooks.run(stage, Phase::PostDelete, &mut record).await?;
        is_over = after.iter().all(|entry| entry.error.is_none());
        entries.extend(after);
    }
    if !is_over {
        remaining.extend(hooks.objects.iter().map(ResourceRef::of));
        remaining = remaining.union(&rooms);
    } else if !rooms.is_empty() {
        let (pruned, stop) = take_away(stage, &rooms, &store, stage.options.wait.is_some()).await?;
        notices.extend(stop);
        remaining = of_keys(&rooms, &pruned.remaining);
        entries.extend(pruned.entries);
    }
    if !stage.dry_run {
        let wanted = Stored {
            inventory: remaining,
            hooks: record.into_current(),
            applied: String::new(),
            ..stored
        };
        forget(&mut store, wanted).await?;
    }
    Ok(ChangeSet {
        entries,
        notices,
        ..ChangeSet::default()
    })
}

/// What of an inventory has these keys.
fn of_keys<'k>(inventory: &Inventory, keys: impl IntoIterator<Item = &'k ResourceKey>) -> Inventory {
    let references = keys.into_iter().map(|key| {
        let version = inventory.version(key).unwrap_or_default();
        ResourceRef::new(key.clone(), version)
    });
    references.collect()
}

/// Deletes what an inventory records, as far as the guards let it.
async fn take_away(
    stage: &Stage<'_>,
    inventory: &Inventory,
    store: &Store,
    wait: bool,
) -> Result<(Pruned, Option<Notice>), Error> {
    let Stage {
        cluster,
        application,
        apply_set,
        options,
        ..
    } = *stage;
    let targets = Targets::resolve(cluster, &Desired::default(), apply_set).await?;
    let manager = application.field_manager.as_str();
    let mut observed = observe(cluster, &targets, inventory, (manager, apply_set), options).await?;
    let doomed = doomed(
        application,
        &targets,
        inventory,
        &observed,
        options,
        stage.dry_run,
    );
    look_into(cluster, &doomed, apply_set, &store.secret_names(), &mut observed).await?;
    let (planned, stop) = plan_deletions(&PruneInput {
        application,
        inventory,
        desired: &HashSet::new(),
        is_incomplete: false,
        observed: &observed,
        options,
    });
    let deleter = Deleter {
        cluster,
        application,
        options,
        observed: &observed,
        dry_run: stage.dry_run,
    };
    let report = |entry: &ChangeSetEntry| stage.events.send(|| Event::Delete(entry.clone()));
    let labels = format!("{PART_OF}={apply_set}");
    let pruned = prune(&deleter, &planned, labels, wait, report, stage.cancel).await;
    Ok((pruned, stop))
}

/// The hooks of an application that run when all of it is deleted.
struct DeletionHooks {
    objects: Vec<Object>,
    record: HookRecord,
}

impl DeletionHooks {
    fn of(stored: &Stored) -> Self {
        let digests: Vec<Digest> = stored
            .deletion_hooks
            .iter()
            .map(|hook| Digest::of(hook.value()))
            .collect();
        Self {
            objects: stored.deletion_hooks.clone(),
            record: HookRecord::new(&Digest::combine(&digests), stored.hooks.clone()),
        }
    }

    async fn run(
        &self,
        stage: &Stage<'_>,
        phase: Phase,
        record: &mut HookRecord,
    ) -> Result<Vec<ChangeSetEntry>, Error> {
        let executed = stage.run(hooks_of(&self.objects, phase), phase, record).await?;
        Ok(executed.entries)
    }

    /// The inventory without them, which have a time of their own, and the namespaces that they still need when all
    /// the rest is gone.
    fn part(&self, inventory: &Inventory) -> (Inventory, Inventory) {
        let mut rest = inventory.clone();
        for hook in &self.objects {
            rest.remove(&hook.key());
        }
        let rooms = self
            .of_the_end()
            .map(|hook| ResourceKey::new("", "Namespace", "", hook.namespace()));
        let rooms: Vec<ResourceKey> = rooms.filter(|room| rest.remove(room)).collect();
        (rest, of_keys(inventory, &rooms))
    }

    /// Those that run when all is gone.
    fn of_the_end(&self) -> impl Iterator<Item = &Object> {
        self.objects
            .iter()
            .filter(|hook| runs_in(hook, Phase::PostDelete))
    }

    /// Records them before they can exist.
    async fn store(&self, store: &mut Store, stored: &Stored) -> Result<(), Error> {
        let mut wanted = stored.clone();
        wanted.inventory.extend(self.objects.iter().map(ResourceRef::of));
        Ok(store.save(wanted).await?)
    }
}

async fn forget(store: &mut Store, wanted: Stored) -> Result<(), Error> {
    if store.stored().is_none() {
        return Ok(());
    }
    if wanted.inventory.is_empty() {
        return Ok(store.delete().await?);
    }
    Ok(store.save(wanted).await?)
}
