use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use manifest::{Object, ResourceKey};
use tokio_util::sync::CancellationToken;

use super::{ask::Asker, hooks::Runs, predict::predictor, report::Reporter, whole::read_whole};
use crate::{
    Application, Cluster, Desired, Events, SyncError, SyncOptions,
    apply::Writer,
    diff::{DiffMode, ObjectDiff},
    inventory::ResourceRef,
    observe::{Targets, look_into, observe},
    order::{Graph, Occasion},
    redact::Masker,
    store::Store,
    sync::{Session, doomed},
};

const IN_FLIGHT: usize = 16;

/// What a sync of this state would do, object by object, sorted by key. Nothing is stored and nothing changed.
/// Objects that are as desired are in the result with [`ObjectChange::None`].
pub async fn diff(
    cluster: &Cluster,
    application: &Application,
    desired: &Desired,
    options: &SyncOptions,
    mode: DiffMode,
) -> Result<Vec<ObjectDiff>, SyncError> {
    diff_with(
        cluster,
        application,
        desired,
        options,
        mode,
        None,
        &mut Masker::default(),
    )
    .await
}

/// The same with a masker that knows secrets already; it learns those that are found here. Of the inventory, only what
/// is `within` these keys counts.
pub(super) async fn diff_with(
    cluster: &Cluster,
    application: &Application,
    desired: &Desired,
    options: &SyncOptions,
    mode: DiffMode,
    within: Option<&HashSet<ResourceKey>>,
    masker: &mut Masker,
) -> Result<Vec<ObjectDiff>, SyncError> {
    let apply_set = application.inventory.apply_set();
    let marks = (application.field_manager.as_str(), apply_set.as_str());
    let store = Store::open(cluster, application).await?;
    let mut stored = store.stored().cloned().unwrap_or_default();
    if let Some(within) = within {
        let known = stored.inventory.iter().filter(|(key, _)| within.contains(key));
        stored.inventory = known
            .map(|(key, version)| ResourceRef::new(key.clone(), version))
            .collect();
    }
    let targets = Targets::resolve(cluster, desired, &apply_set).await?;
    let options = options.dry();
    let mut observed = observe(cluster, &targets, &stored.inventory, marks, &options).await?;
    let doomed = doomed(
        application,
        &targets,
        &stored.inventory,
        &observed,
        &options,
        true,
    );
    look_into(cluster, &doomed, &apply_set, &[], &mut observed).await?;
    let occasion = Occasion::after(stored.installed);
    let graph = Graph::apply(&targets.objects, occasion);
    let (plan, was_applied) = {
        let session = Session {
            cluster,
            application,
            apply_set: &apply_set,
            options: &options,
            events: &Events::none(),
            cancel: &CancellationToken::new(),
            targets: &targets,
            observed: &observed,
        };
        (
            session.plan(desired, &stored, &graph),
            session.was_applied(&stored),
        )
    };
    let runs = Runs::of(&graph, &plan.applies, &targets, &stored);
    read_whole(cluster, &targets, &plan.applies, mode, &apply_set, &mut observed).await?;
    let discovery = cluster.discovery().await?;
    let predictor = predictor(cluster, &discovery, &targets, &plan.applies, &observed).await;
    let writer = Writer {
        cluster,
        application,
        apply_set: &apply_set,
        options: &options,
        targets: &targets,
        observed: &observed,
        dry_run: true,
        was_applied,
    };
    let asker = Asker::new(&writer, &predictor, &runs, mode);
    let findings = stream::iter(plan.applies.iter().enumerate())
        .map(|(index, planned)| asker.ask(index, planned))
        .buffered(IN_FLIGHT)
        .collect::<Vec<_>>()
        .await;
    // all secrets are known before the first object is masked
    let live = observed.live.values().filter_map(|live| live.object.as_ref());
    let after = findings.iter().filter_map(|finding| finding.after.as_ref());
    for object in live.chain(targets.objects.iter().map(Object::value)).chain(after) {
        masker.learn(object);
    }
    let mut reporter = Reporter {
        writer: &writer,
        predictor: &predictor,
        mode,
        masker,
    };
    let mut diffs = Vec::with_capacity(plan.applies.len() + plan.deletions.len());
    for (index, (planned, finding)) in plan.applies.iter().zip(findings).enumerate() {
        diffs.push(reporter.apply(index, planned, finding));
    }
    for planned in &plan.deletions {
        diffs.extend(reporter.deletion(planned, &observed));
    }
    diffs.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(diffs)
}
