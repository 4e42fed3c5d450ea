use super::{
    cache::Cache,
    entry::{Entry, Settled},
    shared::Shared,
};
use crate::{
    cluster::{Cluster, Error},
    inventory::Inventory,
    observe::{Annotations, Comparison, Live, Observed, Target, Targets, look_up},
};

/// What is live by the cache. The server is only asked about desired objects that the cache has never seen.
pub(super) async fn observe_cached(
    cluster: &Cluster,
    cache: &Cache,
    targets: &Targets,
    inventory: &Inventory,
    marks: (&str, &str),
) -> Result<Observed, Error> {
    let mut observed = Observed::default();
    let is_complete = {
        let shared = cache.shared();
        for target in &targets.items {
            if let Some(entry) = shared.objects.entry(&target.key) {
                observed
                    .live
                    .insert(target.key.clone(), desired(entry, target, &shared));
            }
        }
        for key in inventory.keys() {
            if let Some(entry) = shared
                .objects
                .entry(key)
                .filter(|_| !observed.live.contains_key(key))
            {
                let live = live(entry, Comparison::NotCompared, Some(entry.metadata(key)));
                observed.live.insert(key.clone(), live);
            }
        }
        targets.keys().all(|key| observed.live.contains_key(key))
    };
    if !is_complete {
        look_up(cluster, targets, marks, &mut observed).await?;
    }
    complete_for_migration(cluster, targets, &mut observed).await?;
    Ok(observed)
}

fn desired(entry: &Entry, target: &Target, shared: &Shared) -> Live {
    let settled = shared.objects.settled(&target.key);
    let (comparison, drifted) = compare(entry, target, settled);
    let mut live = live(entry, comparison, None);
    live.drifted = drifted;
    if let Some(settled) = settled.filter(|_| live.comparison == Comparison::Same) {
        live.conflicts = settled.conflicts.to_vec();
    }
    live
}

fn compare(entry: &Entry, target: &Target, settled: Option<&Settled>) -> (Comparison, bool) {
    match settled {
        Some(settled) if settled.intent == target.digest && settled.uid == entry.uid => {
            // the watch may still be behind our own last write
            let is_same = settled.owned == entry.owned || entry.version <= settled.version;
            (
                if is_same {
                    Comparison::Same
                } else {
                    Comparison::Differs
                },
                !is_same,
            )
        }
        _ => (Comparison::Differs, false),
    }
}

fn live(entry: &Entry, comparison: Comparison, object: Option<serde_json::Value>) -> Live {
    Live {
        uid: entry.uid.to_string(),
        resource_version: entry.version.to_string(),
        owner: entry.owner.clone(),
        comparison,
        owned: Some(entry.owned),
        drifted: false,
        conflicts: Vec::new(),
        annotations: Annotations::default(),
        verdict: Some(entry.verdict()),
        needs_migration: entry.needs_migration,
        object,
    }
}

/// To take over fields, all that is known of who owns them is needed, which the cache does not keep.
async fn complete_for_migration(
    cluster: &Cluster,
    targets: &Targets,
    observed: &mut Observed,
) -> Result<(), Error> {
    for target in &targets.items {
        let Some(live) = observed.live.get_mut(&target.key) else {
            continue;
        };
        let Some(resource) = target
            .resource
            .as_ref()
            .filter(|_| live.needs_migration && live.object.is_none())
        else {
            continue;
        };
        live.object = cluster
            .get_metadata(resource, &target.key.namespace, &target.key.name)
            .await?;
    }
    Ok(())
}
