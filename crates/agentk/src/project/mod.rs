//! The projects that this agent keeps its cluster equal to: one task each, side by side.

mod options;
mod report;
mod salt;
mod worker;

use std::collections::BTreeMap;

use engine::{Claims, Cluster, render::Remote};
use rpc::{
    client::Connection,
    configuration::{AgentConfiguration, ManifestProject, ProjectKey},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

pub use self::salt::Salt;
use self::worker::Worker;
use crate::{observability::Metrics, reports::Reporter};

/// What every project's task works with.
#[derive(Clone)]
pub struct Surroundings {
    /// The way to the cluster, for questions about the agent itself.
    pub client: kube::Client,
    /// The cluster to change.
    pub cluster: Cluster,
    /// The way to kas.
    pub connection: Connection,
    /// Where reports go.
    pub reporter: Reporter,
    /// What is counted.
    pub metrics: Metrics,
    /// Who fetches what the manifests name and do not hold.
    pub remote: Remote,
    /// Where the random numbers of charts start; nobody else knows it.
    pub salt: Salt,
}

/// The tasks that run now.
pub struct Projects {
    surroundings: Surroundings,
    claims: Claims,
    running: BTreeMap<ProjectKey, Running>,
}

struct Running {
    project: ManifestProject,
    agent: (i64, String),
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Projects {
    /// No projects yet.
    pub fn new(surroundings: Surroundings) -> Self {
        Self {
            surroundings,
            claims: Claims::default(),
            running: BTreeMap::new(),
        }
    }

    /// Starts, restarts and stops tasks so that they are those of `configuration`; what did not change runs on.
    ///
    /// A project that left the configuration is let go: its objects and its inventory stay in the cluster.
    pub async fn become_as(&mut self, configuration: &AgentConfiguration) {
        let agent = (configuration.agent_id, configuration.agent_name.clone());
        let unchanged = |running: &Running| {
            running.agent == agent
                && configuration.projects.contains(&running.project)
                && !running.task.is_finished()
        };
        let outdated: Vec<ProjectKey> = self
            .running
            .iter()
            .filter(|(_, running)| !unchanged(running))
            .map(|(key, _)| key.clone())
            .collect();
        for key in outdated {
            self.stop(&key).await;
        }
        for project in &configuration.projects {
            if !self.running.contains_key(&project.key) {
                self.start(configuration, project.clone());
            }
        }
    }

    /// Stops all tasks, each after the write that it is at.
    pub async fn stop_all(&mut self) {
        for running in self.running.values() {
            running.stop.cancel();
        }
        while let Some(key) = self.running.keys().next().cloned() {
            self.stop(&key).await;
        }
    }

    fn start(&mut self, configuration: &AgentConfiguration, project: ManifestProject) {
        info!(project = %project.key, "project started");
        let stop = CancellationToken::new();
        let worker = Worker::new(
            self.surroundings.clone(),
            configuration,
            project.clone(),
            self.claims.clone(),
        );
        let task = tokio::spawn(worker.run(stop.clone()));
        let agent = (configuration.agent_id, configuration.agent_name.clone());
        self.running.insert(
            project.key.clone(),
            Running {
                project,
                agent,
                stop,
                task,
            },
        );
    }

    async fn stop(&mut self, key: &ProjectKey) {
        let Some(running) = self.running.remove(key) else {
            return;
        };
        running.stop.cancel();
        match running.task.await {
            Ok(()) => info!(project = %key, "project stopped"),
            Err(failure) => error!(project = %key, %failure, "the task of a project ended by a panic"),
        }
    }
}
