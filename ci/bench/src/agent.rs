//! agentk and kas as an operator installs them, on the control plane that testkit is told of.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::ListParams;
use serde_json::{Value, json};
use testkit::installation::Installation;
use testkit::workload::Workload;
use testkit::{Commit, ControlPlane};

use crate::measure::memory_mib;

const LOOK_AGAIN: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_mins(2);
/// What was only needed for the sync is given back to the system, and everything else comes to rest.
const SETTLE: Duration = Duration::from_secs(10);
const PUSHES: usize = 5;
/// The ConfigMap that each push changes.
const CHANGED: (&str, &str) = ("bench-00", "app-00000");

/// Resident memory of an agent that has nothing to do.
pub(crate) async fn idle(workload: Workload) -> Result<Value> {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("bench").await;
    let mut installed = Installation::start(plane, &namespace, first(workload), "", "info")?;
    until_synced(plane, workload).await?;
    let (agentk, kas) = (installed.agentk.service().id(), installed.kas.service().id());
    let resident = |id: Option<u32>| {
        let id = id.context("a program has ended")?.to_string();
        anyhow::Ok((memory_mib(&id, "VmRSS"), memory_mib(&id, "VmHWM")))
    };
    let ((agentk, agentk_peak), (kas, _)) = (resident(agentk)?, resident(kas)?);
    Ok(json!({
        "measured": "agentk, idle",
        "resident_mib": agentk,
        "peak_mib": agentk_peak,
        "kas_resident_mib": kas,
    }))
}

/// Seconds from a push that changes one object to the changed object in the cluster; the median of several.
pub(crate) async fn push(workload: Workload) -> Result<Value> {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("bench").await;
    let installed = Installation::start(plane, &namespace, first(workload), "", "info")?;
    until_synced(plane, workload).await?;
    let config_maps: Api<ConfigMap> = Api::namespaced(plane.client().await, CHANGED.0);
    let mut seconds = Vec::new();
    for revision in 2..2 + PUSHES {
        let begin = Instant::now();
        installed.push(&second(Workload { revision, ..workload }))?;
        until_applied(&config_maps, revision).await?;
        seconds.push(begin.elapsed().as_secs_f64());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    seconds.sort_by(f64::total_cmp);
    Ok(json!({"measured": "push to applied", "wall": seconds[PUSHES / 2], "all": seconds}))
}

/// The requests that the API server has answered so far.
pub(crate) async fn count() -> Result<Value> {
    let counts = ControlPlane::shared().requests().await?;
    Ok(json!({"counted": counts.total()}))
}

/// All objects, each in a file of its own.
fn first(workload: Workload) -> Commit {
    let objects = workload.build();
    objects.iter().fold(Commit::new("everything"), write)
}

/// The one that changes.
fn second(workload: Workload) -> Commit {
    let objects = workload.build();
    let mut changed = objects
        .iter()
        .filter(|object| object["metadata"]["name"] == CHANGED.1);
    changed.by_ref().fold(Commit::new("a change"), write)
}

fn write(commit: Commit, object: &Value) -> Commit {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    commit.write(format!("app/{name}.yaml"), object.to_string())
}

/// Deployments come last.
async fn until_synced(plane: &ControlPlane, workload: Workload) -> Result<()> {
    let objects = workload.build();
    let wanted = objects
        .iter()
        .filter(|object| object["kind"] == "Deployment")
        .count();
    let deployments: Api<Deployment> = Api::all(plane.client().await);
    let began = Instant::now();
    while deployments.list(&ListParams::default()).await?.items.len() < wanted {
        ensure!(began.elapsed() < PATIENCE, "agentk does not apply everything");
        tokio::time::sleep(LOOK_AGAIN * 10).await;
    }
    tokio::time::sleep(SETTLE).await;
    Ok(())
}

async fn until_applied(config_maps: &Api<ConfigMap>, revision: usize) -> Result<()> {
    let wanted = revision.to_string();
    let began = Instant::now();
    loop {
        let found = config_maps
            .get(CHANGED.1)
            .await
            .context("failed to look at what changes")?;
        if found
            .data
            .is_some_and(|data| data.get("revision") == Some(&wanted))
        {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "agentk does not apply the change");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
