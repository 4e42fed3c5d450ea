//! Waiting until a control plane is of use, and noticing when it never will be.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use k8s_openapi::api::core::v1::{Node, Service, ServiceAccount};
use kube::api::{ListParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

use crate::ports;
use crate::process::Process;

const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(25);

/// Waits until `process` accepts connections on `port`.
pub(crate) fn port(process: &mut Process, port: u16) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !ports::answers(port) {
        still_coming(process, deadline)?;
        thread::sleep(PAUSE);
    }
    // whoever answers may be another process that took the port; then ours has ended
    still_coming(process, deadline)
}

/// Waits until the API server calls itself ready and has made the objects of its own.
pub(crate) async fn api_server(client: &Client, process: &mut Process) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let request = http::Request::get("/readyz")
            .body(Vec::new())
            .context("failed to form a request")?;
        if client.request_text(request).await.is_ok() && has_settled(client).await {
            return Ok(());
        }
        still_coming(process, deadline)?;
        tokio::time::sleep(PAUSE).await;
    }
}

/// An API server that calls itself ready still has a Service to make, the last object of its own.
async fn has_settled(client: &Client) -> bool {
    let services: Api<Service> = Api::namespaced(client.clone(), "default");
    services.get("kubernetes").await.is_ok()
}

/// Waits for the default service account of `namespace`: Pods are refused before it is there.
pub(crate) async fn default_service_account(client: &Client, namespace: &str) -> Result<()> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
    let deadline = Instant::now() + PATIENCE;
    while accounts
        .get_opt("default")
        .await
        .context("failed to read a service account")?
        .is_none()
    {
        if Instant::now() > deadline {
            bail!(
                "no default service account in namespace {namespace} after {} s",
                PATIENCE.as_secs()
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Creates `count` nodes and waits until kwok has made them ready.
pub(crate) async fn nodes(client: &Client, count: usize, kwok: &mut Process) -> Result<()> {
    let nodes: Api<Node> = Api::all(client.clone());
    for index in 0..count {
        let node = serde_json::from_value(node(index)).context("failed to form a node")?;
        nodes
            .create(&PostParams::default(), &node)
            .await
            .context("failed to create a node")?;
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        let list = nodes
            .list(&ListParams::default())
            .await
            .context("failed to list nodes")?;
        if list.iter().filter(|node| is_ready(node)).count() >= count {
            return Ok(());
        }
        still_coming(kwok, deadline)?;
        tokio::time::sleep(PAUSE).await;
    }
}

fn node(index: usize) -> serde_json::Value {
    let name = format!("node-{index}");
    let capacity = json!({"cpu": "256", "memory": "1Ti", "pods": "2000"});
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
        },
        "status": {"allocatable": capacity, "capacity": capacity},
    })
}

fn is_ready(node: &Node) -> bool {
    let conditions = node
        .status
        .iter()
        .filter_map(|status| status.conditions.as_ref())
        .flatten();
    conditions
        .into_iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn still_coming(process: &mut Process, deadline: Instant) -> Result<()> {
    if let Some(status) = process.exited()? {
        bail!(
            "{} ended with {status}:\n{}",
            process.name(),
            process.log_tail(20)
        );
    }
    if Instant::now() > deadline {
        let patience = PATIENCE.as_secs();
        bail!(
            "{} is not ready after {patience} s:\n{}",
            process.name(),
            process.log_tail(20)
        );
    }
    Ok(())
}
