//! Joins the parts: one connection, one election, one task per project.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use engine::Cluster;
use kube::config::{KubeConfigOptions, Kubeconfig};
use rpc::{
    client,
    configuration::AgentConfiguration,
    gitlab::agent::entity::{AgentMeta, KubernetesVersion},
};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    configuration::{Follower, Latest},
    leader::Election,
    observability::{self, Metrics},
    project::{Projects, Salt, Surroundings},
    registrar,
    reports::Reporter,
    rights, rotation,
    settings::Settings,
};

/// How long tasks may take to end once the agent is told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Runs the agent until `stop`. Only what is wrong from the start is an error; whatever breaks later is tried again.
pub async fn run(settings: Settings, stop: CancellationToken) -> anyhow::Result<()> {
    let connection = client::open(&settings.kas, &settings.token, "glops-agentk")?;
    let config = cluster_config(&settings).await?;
    let client =
        kube::Client::try_from(config.clone()).context("failed to set up the client for the cluster")?;
    let cluster = Cluster::connect(config).context("failed to set up the client for the cluster")?;
    let meta = meta(&settings, &client).await;
    let metrics = Metrics::default();
    let reporter = Reporter::default();
    let mut tasks = JoinSet::new();

    let served = observability::serve(settings.observability_address, metrics.clone(), stop.clone());
    let address = settings.observability_address;
    tasks.spawn(async move {
        if let Err(error) = served.await {
            warn!(%address, %error, "failed to serve probes and metrics");
        }
    });
    let (follower, latest) = Follower::new(connection.clone(), meta.clone(), metrics.clone());
    tasks.spawn(follower.run(stop.clone()));
    tasks.spawn(registrar::run(connection.clone(), meta, stop.clone()));
    tasks.spawn(reporter.clone().run(connection.clone(), stop.clone()));
    tell_missing_rights(&client, &settings.pod_namespace).await;
    if let Some(file) = settings.token_file.clone() {
        tasks.spawn(rotation::follow(file, settings.token.clone(), stop.clone()));
    }

    let surroundings = Surroundings {
        client: client.clone(),
        cluster,
        connection,
        reporter,
        metrics,
        remote: settings.remote(),
        salt: Salt::new(&settings.token),
    };
    lead(&settings, client, latest, surroundings, &stop).await;
    end(tasks).await;
    Ok(())
}

/// Works on the projects while this pod leads.
async fn lead(
    settings: &Settings,
    client: kube::Client,
    mut latest: Latest,
    surroundings: Surroundings,
    stop: &CancellationToken,
) {
    let Some(first) = first_configuration(&mut latest, stop).await else {
        return;
    };
    // the lease is named after the agent, whose number only kas knows
    let name = format!("agent-{}-lock", first.agent_id);
    let (leading_sender, mut leading) = watch::channel(false);
    let election = Election::new(client, &settings.pod_namespace, name, &settings.pod_name);
    let resigned = CancellationToken::new();
    let elected = tokio::spawn(election.run(leading_sender, resigned.clone()));
    let metrics = surroundings.metrics.clone();
    let mut projects = Projects::new(surroundings);
    loop {
        let leads = *leading.borrow_and_update();
        metrics.leading.set(i64::from(leads));
        let configuration = latest.borrow_and_update().clone();
        match configuration {
            Some(configuration) if leads => projects.become_as(&configuration).await,
            _ => projects.stop_all().await,
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Ok(()) = leading.changed() => {}
            Ok(()) = latest.changed() => {}
        }
    }
    // the cluster is left alone before the lease is given back: nobody else may lead while a write is under way
    projects.stop_all().await;
    resigned.cancel();
    if elected.await.is_err() {
        warn!("the leader election ended by a panic");
    }
}

async fn first_configuration(
    latest: &mut Latest,
    stop: &CancellationToken,
) -> Option<Arc<AgentConfiguration>> {
    tokio::select! {
        () = stop.cancelled() => None,
        found = latest.wait_for(Option::is_some) => found.ok()?.clone(),
    }
}

async fn cluster_config(settings: &Settings) -> anyhow::Result<kube::Config> {
    let options = KubeConfigOptions {
        context: settings.context.clone(),
        ..KubeConfigOptions::default()
    };
    match &settings.kubeconfig {
        Some(file) => {
            let kubeconfig = Kubeconfig::read_from(file)
                .with_context(|| format!("failed to read kubeconfig {}", file.display()))?;
            Ok(kube::Config::from_custom_kubeconfig(kubeconfig, &options).await?)
        }
        None => kube::Config::incluster()
            .context("failed to find the cluster that this runs in; outside of one give --kubeconfig FILE"),
    }
}

/// Who this pod is. A cluster that does not answer yet is no reason not to reach kas.
async fn meta(settings: &Settings, client: &kube::Client) -> AgentMeta {
    let version = match client.apiserver_version().await {
        Ok(version) => Some(KubernetesVersion {
            major: version.major,
            minor: version.minor,
            git_version: version.git_version,
            platform: version.platform,
        }),
        Err(error) => {
            warn!(%error, "failed to read the version of the cluster");
            None
        }
    };
    AgentMeta {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit_id: String::new(),
        pod_namespace: settings.pod_namespace.clone(),
        pod_name: settings.pod_name.clone(),
        kubernetes_version: version,
    }
}

async fn tell_missing_rights(client: &kube::Client, namespace: &str) {
    match rights::missing(client.clone(), rights::for_election(namespace)).await {
        Ok(missing) => {
            for right in missing {
                warn!(%right, "a right is missing that the agent needs; grant it to its service account");
            }
        }
        Err(error) => warn!(%error, "failed to ask the cluster for the agent's rights"),
    }
}

async fn end(mut tasks: JoinSet<()>) {
    let ended = tokio::time::timeout(GRACE, async { while tasks.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        warn!("not all tasks ended in time");
    }
    info!("stopped");
}
