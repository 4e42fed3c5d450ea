//! The steps, in the order in which they are run.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use engine::{
    Action, Application, Cluster, Confirmation, Desired, Events, InventoryId, Mode, PruneOptions,
    SyncOptions, drift::DriftPolicy,
};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{Patch, PatchParams};
use manifest::{Object, Origin};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::measure::Begin;
use crate::workload::Workload;

/// A step of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Into an empty cluster
    Create,
    /// The same again
    Noop,
    /// Ten objects have changed in Git
    Change,
    /// Somebody edits ten ConfigMaps; not measured
    Edit,
    /// The edits are undone
    Drift,
    /// Ten further changes, only compared
    Diff,
    /// A tenth has left Git
    Prune,
    /// Everything has left Git
    Delete,
}

impl Step {
    fn desired(self, objects: usize, namespaces: usize) -> Vec<Value> {
        let workload = |revision, pruned| {
            Workload {
                objects,
                namespaces,
                revision,
                pruned,
            }
            .build()
        };
        match self {
            Self::Create | Self::Noop => workload(1, false),
            Self::Change | Self::Edit | Self::Drift => workload(2, false),
            Self::Diff => workload(3, false),
            Self::Prune => workload(2, true),
            Self::Delete => Vec::new(),
        }
    }

    fn options(self) -> SyncOptions {
        SyncOptions {
            mode: if self == Self::Diff {
                Mode::DryRun
            } else {
                Mode::Apply
            },
            drift: DriftPolicy::Correct,
            prune: PruneOptions {
                allow_empty: true,
                max_share: 1.0,
                confirmed: Confirmation::All,
                ..PruneOptions::default()
            },
            ..SyncOptions::default()
        }
    }
}

/// Runs a step and returns what it cost as JSON.
pub(crate) async fn run(step: Step, objects: usize, namespaces: usize) -> Result<Value> {
    let config = kube::Config::infer()
        .await
        .context("failed to find the cluster; set KUBECONFIG")?;
    if step == Step::Edit {
        return edit(
            config,
            Workload {
                objects,
                namespaces,
                revision: 2,
                pruned: false,
            },
        )
        .await;
    }
    let values = step.desired(objects, namespaces);
    let begin = Begin::now();
    let parsed: Result<Vec<Object>, _> = values
        .into_iter()
        .map(|value| Object::new(value, Origin::default()))
        .collect();
    let desired = Desired::new(format!("{step:?}"), parsed.context("failed to form an object")?);
    let cluster = Cluster::connect(config).context("failed to reach the cluster")?;
    let application = Application::new(InventoryId::new("default", "bench"));
    let (options, stop) = (step.options(), CancellationToken::new());
    let set = engine::sync(&cluster, &application, &desired, &options, &Events::none(), &stop).await?;
    let used = begin.used();
    let failed = set.count(Action::Failed);
    if failed > 0 {
        let first = set.entries.iter().find(|entry| entry.action == Action::Failed);
        bail!("{failed} objects failed, such as {first:?}");
    }
    Ok(json!({
        "wall": used.wall,
        "cpu": used.cpu,
        "peak_mib": used.peak_mib,
        "requests": set.requests,
        "created": set.count(Action::Created),
        "configured": set.count(Action::Configured),
        "unchanged": set.count(Action::Unchanged),
        "deleted": set.count(Action::Deleted),
    }))
}

async fn edit(config: kube::Config, workload: Workload) -> Result<Value> {
    let client = kube::Client::try_from(config).context("failed to reach the cluster")?;
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
