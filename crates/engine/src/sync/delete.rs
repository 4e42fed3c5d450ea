use std::collections::HashSet;

use tokio_util::sync::CancellationToken;

use super::Error;
use crate::{
    Application, ChangeSet, ChangeSetEntry, Cluster, Desired, Event, Events, Mode, SyncOptions,
    change_set::Notice,
    inventory::{Inventory, ResourceRef},
    observe::{Targets, observe},
    ownership::PART_OF,
    plan::{PruneInput, plan_deletions},
    prune::{Deleter, prune},
    store::{Store, Stored},
};

/// Deletes all that an application has applied, in the reverse order of creation, and its inventory after that.
///
/// The guards of pruning hold but for those about how many: what is protected must be confirmed, and what belongs to
/// others stays. While anything remains, so does the inventory.
pub async fn delete(
    cluster: &Cluster,
    application: &Application,
    options: &SyncOptions,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<ChangeSet, Error> {
    let before = cluster.requests().total();
    let apply_set = application.inventory.apply_set();
    let mut store = Store::open(cluster, application).await?;
    let inventory = store
        .stored()
        .map(|stored| stored.inventory.clone())
        .unwrap_or_default();
    events.send(|| Event::Init {
        revision: String::new(),
        objects: inventory.len(),
    });
    let targets = Targets::resolve(cluster, &Desired::default(), &apply_set).await?;
    let manager = application.field_manager.as_str();
    let observed = observe(cluster, &targets, &inventory, manager, &apply_set).await?;
    let mut options = options.clone();
    options.prune.enabled = true;
    options.prune.allow_empty = true;
    let (planned, stop) = plan_deletions(&PruneInput {
        application,
        inventory: &inventory,
        desired: &HashSet::new(),
        is_incomplete: false,
        observed: &observed,
        options: &options,
    });
    let dry_run = options.mode == Mode::DryRun;
    let deleter = Deleter {
        cluster,
        application,
        options: &options,
        observed: &observed,
        dry_run,
    };
    let report = |entry: &ChangeSetEntry| events.send(|| Event::Delete(entry.clone()));
    let labels = format!("{PART_OF}={apply_set}");
    let pruned = prune(&deleter, &planned, labels, options.wait.is_some(), report, cancel).await;
    if !dry_run {
        let remaining = pruned
            .remaining
            .iter()
            .map(|key| ResourceRef::new(key.clone(), inventory.version(key).unwrap_or_default()));
        forget(&mut store, remaining.collect()).await?;
    }
    let mut entries = pruned.entries;
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(ChangeSet {
        entries,
        notices: stop.into_iter().collect::<Vec<Notice>>(),
        requests: cluster.requests().total() - before,
        cancelled: cancel.is_cancelled(),
        ..ChangeSet::default()
    })
}

async fn forget(store: &mut Store, remaining: Inventory) -> Result<(), Error> {
    if store.stored().is_none() {
        return Ok(());
    }
    if remaining.is_empty() {
        return Ok(store.delete().await?);
    }
    let wanted = Stored {
        inventory: remaining,
        ..Stored::default()
    };
    Ok(store.save(wanted).await?)
}
