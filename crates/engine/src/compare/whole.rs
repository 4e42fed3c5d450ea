use std::collections::BTreeMap;

use futures::{FutureExt as _, StreamExt as _, stream};
use manifest::ResourceKey;
use serde_json::Value;

use crate::{
    Cluster, SyncError,
    cluster::{ListScope, Resource},
    diff::DiffMode,
    observe::{Observed, Targets, text_at},
    ownership::PART_OF,
    plan::PlannedChange,
};

const IN_FLIGHT: usize = 16;
/// Up to this many objects of a kind are read one by one.
const SINGLE: usize = 16;

/// Objects that will be shown must be read as a whole.
pub(super) async fn read_whole(
    cluster: &Cluster,
    targets: &Targets,
    planned: &[PlannedChange],
    mode: DiffMode,
    apply_set: &str,
    observed: &mut Observed,
) -> Result<(), SyncError> {
    let mut many: BTreeMap<String, (&Resource, usize)> = BTreeMap::new();
    for (_, resource) in partly_known(targets, planned, mode, observed) {
        many.entry(resource.collection("")).or_insert((resource, 0)).1 += 1;
    }
    for (resource, count) in many.into_values() {
        if count > SINGLE && resource.listable {
            list_whole(cluster, resource, apply_set, observed).await;
        }
    }
    // collected first: a closure over references that lives across an await would make the diff unable to move
    // between threads
    let reads: Vec<_> = partly_known(targets, planned, mode, observed)
        .into_iter()
        .map(|(key, resource)| {
            async move { (key, cluster.get(resource, &key.namespace, &key.name).await) }.boxed()
        })
        .collect();
    let mut answers = stream::iter(reads).buffer_unordered(IN_FLIGHT);
    while let Some((key, object)) = answers.next().await {
        if let (Some(live), object) = (observed.live.get_mut(key), object?) {
            live.object = object;
        }
    }
    Ok(())
}

/// What of the planned objects will be shown and was not kept, or was read in part only.
fn partly_known<'a>(
    targets: &'a Targets,
    planned: &'a [PlannedChange],
    mode: DiffMode,
    observed: &Observed,
) -> Vec<(&'a ResourceKey, &'a Resource)> {
    let is_partly_known = |planned: &PlannedChange| {
        observed.live.get(&planned.key).is_some_and(|live| {
            let is_shown = planned.change.writes() || mode == DiffMode::Exact || !live.conflicts.is_empty();
            is_shown && (live.verdict.is_none() || live.object.is_none())
        })
    };
    planned
        .iter()
        .zip(&targets.items)
        .filter(|(planned, _)| is_partly_known(planned))
        .filter_map(|(planned, target)| Some((&planned.key, target.resource.as_ref()?)))
        .collect()
}

/// Keeps what one list tells of objects of which nothing was kept. What may not be listed, and what does not carry our
/// label, is left to be read by itself.
async fn list_whole(cluster: &Cluster, resource: &Resource, apply_set: &str, observed: &mut Observed) {
    let labels = format!("{PART_OF}={apply_set}");
    let scope = ListScope {
        labels: &labels,
        ..ListScope::default()
    };
    let keep = |object: Value| {
        let metadata = |name| text_at(&object, &["metadata", name]);
        let key = resource.key(metadata("namespace"), metadata("name"));
        let live = observed.live.get_mut(&key);
        if let Some(live) = live.filter(|live| live.verdict.is_some() && live.object.is_none()) {
            live.object = Some(object);
        }
    };
    if let Err(error) = cluster.list_each(resource, scope, keep).await {
        tracing::debug!(%error, "objects are read one by one");
    }
}
