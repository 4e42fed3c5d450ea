//! Steps of a process that knows nothing beforehand.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use engine::diff::{DiffMode, ObjectChange};
use engine::{
    Action, ChangeSet, Cluster, Confirmation, Desired, Events, PruneOptions, SyncOptions, drift::DriftPolicy,
};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams};
use manifest::{Object, Origin};
use serde_json::{Value, json};
use testkit::workload::Workload;
use tokio_util::sync::CancellationToken;

use crate::measure::Begin;
use crate::{application, configuration};

const LOOK_AGAIN: Duration = Duration::from_millis(20);

pub(crate) fn options() -> SyncOptions {
    SyncOptions {
        drift: DriftPolicy::Correct,
        prune: PruneOptions {
            max_share: 1.0,
            confirmed: Confirmation::All,
            ..PruneOptions::default()
        },
        ..SyncOptions::default()
    }
}

/// The desired state of a revision.
pub(crate) fn desired(values: Vec<Value>) -> Result<Desired> {
    let objects: Result<Vec<Object>, _> = values
        .into_iter()
        .map(|value| Object::new(value, Origin::default()))
        .collect();
    Ok(Desired::new(
        "bench",
        objects.context("failed to form an object")?,
    ))
}

/// One sync from nothing known to done.
pub(crate) async fn sync(measured: &str, workload: Workload) -> Result<Value> {
    let (config, values) = (configuration().await?, workload.build());
    let begin = Begin::now();
    let change_set = sync_values(config, values).await?;
    Ok(with_counts(begin.used(measured), &change_set))
}

/// The first sync, and, when asked for, how long after its beginning all Deployments are available.
pub(crate) async fn create(workload: Workload, until_available: bool) -> Result<Value> {
    let (config, values) = (configuration().await?, workload.build());
    let deployments = values
        .iter()
        .filter(|value| value["kind"] == "Deployment")
        .count();
    let client = kube::Client::try_from(config.clone()).context("failed to reach the cluster")?;
    let begin = Begin::now();
    let change_set = sync_values(config, values).await?;
    let mut result = with_counts(begin.used("create"), &change_set);
    if !until_available {
        return Ok(result);
    }
    while available(&client).await? < deployments {
        ensure!(begin.elapsed() < 300.0, "not all Deployments become available");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    result["available"] = begin.elapsed().into();
    Ok(result)
}

async fn sync_values(config: kube::Config, values: Vec<Value>) -> Result<ChangeSet> {
    let desired = desired(values)?;
    let cluster = Cluster::connect(config).context("failed to reach the cluster")?;
    let stop = CancellationToken::new();
    let change_set = engine::sync(
        &cluster,
        &application(),
        &desired,
        &options(),
        &Events::none(),
        &stop,
    )
    .await?;
    refuse_failures(&change_set)?;
    Ok(change_set)
}

pub(crate) fn refuse_failures(change_set: &ChangeSet) -> Result<()> {
    let failed = change_set.count(Action::Failed);
    if failed > 0 {
        let mut entries = change_set.entries.iter();
        let first = entries.find(|entry| entry.action == Action::Failed);
        bail!("{failed} objects failed, such as {first:?}");
    }
    Ok(())
}

pub(crate) fn with_counts(mut result: Value, change_set: &ChangeSet) -> Value {
    result["requests"] = change_set.requests.into();
    for (name, action) in [
        ("created", Action::Created),
        ("configured", Action::Configured),
        ("unchanged", Action::Unchanged),
        ("deleted", Action::Deleted),
    ] {
        result[name] = change_set.count(action).into();
    }
    result
}

/// How many Deployments have an available replica.
async fn available(client: &kube::Client) -> Result<usize> {
    let deployments: Api<Deployment> = Api::all(client.clone());
    let list = deployments.list(&ListParams::default().match_any()).await;
    let list = list.context("failed to list Deployments")?;
    let is_available = |deployment: &&Deployment| {
        let status = deployment.status.as_ref();
        status
            .and_then(|status| status.available_replicas)
            .unwrap_or_default()
            > 0
    };
    Ok(list.iter().filter(is_available).count())
}

/// One diff from nothing known to done.
pub(crate) async fn diff(measured: &str, workload: Workload, mode: DiffMode) -> Result<Value> {
    let (config, values) = (configuration().await?, workload.build());
    let begin = Begin::now();
    let desired = desired(values)?;
    let cluster = Cluster::connect(config).context("failed to reach the cluster")?;
    let diffs = engine::diff(&cluster, &application(), &desired, &options(), mode).await?;
    let mut result = begin.used(measured);
    let updates = diffs.iter().filter(|diff| diff.change == ObjectChange::Update);
    result["configured"] = updates.count().into();
    result["requests"] = cluster.requests().total().into();
    Ok(result)
}

/// All that was applied is deleted.
pub(crate) async fn delete() -> Result<Value> {
    let config = configuration().await?;
    let begin = Begin::now();
    let cluster = Cluster::connect(config).context("failed to reach the cluster")?;
    let stop = CancellationToken::new();
    let change_set = engine::delete(&cluster, &application(), &options(), &Events::none(), &stop).await?;
    refuse_failures(&change_set)?;
    Ok(with_counts(begin.used("delete of 910"), &change_set))
}

/// Somebody else edits ten ConfigMaps.
pub(crate) async fn edit(workload: Workload) -> Result<Value> {
    let client = kube::Client::try_from(configuration().await?).context("failed to reach the cluster")?;
    let edited = workload.edited();
    for (namespace, name) in &edited {
        let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
        let patch = Patch::Merge(json!({"data": {"drift": "by hand"}}));
        let somebody = PatchParams {
            field_manager: Some("somebody".to_owned()),
            ..PatchParams::default()
        };
        let patched = maps.patch(name, &somebody, &patch).await;
        patched.with_context(|| format!("failed to edit ConfigMap/{name} in namespace {namespace}"))?;
    }
    Ok(json!({"edited": edited.len()}))
}
