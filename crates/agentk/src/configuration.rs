//! Follows the agent's configuration for ever.

use std::sync::Arc;

use rpc::{
    client::Connection,
    configuration::AgentConfiguration,
    gitlab::agent::{
        agent_configuration::rpc::{
            ConfigurationRequest, agent_configuration_client::AgentConfigurationClient,
        },
        entity::AgentMeta,
    },
    glops::configuration::v1::{
        WatchRequest, configuration_source_client::ConfigurationSourceClient, watch_response::Event,
    },
    source::Problem,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::{info, warn};

use crate::{
    backoff::{self, Backoff},
    observability::Metrics,
};

/// The newest configuration; `None` until kas was first reached.
pub type Latest = watch::Receiver<Option<Arc<AgentConfiguration>>>;

/// Follows the configuration of one agent.
pub struct Follower {
    connection: Connection,
    meta: AgentMeta,
    latest: watch::Sender<Option<Arc<AgentConfiguration>>>,
    metrics: Metrics,
    speaks_glops: bool,
}

impl Follower {
    /// A follower, and where it puts what it finds.
    pub fn new(connection: Connection, meta: AgentMeta, metrics: Metrics) -> (Self, Latest) {
        let (latest, receiver) = watch::channel(None);
        (
            Self {
                connection,
                meta,
                latest,
                metrics,
                speaks_glops: true,
            },
            receiver,
        )
    }

    /// Follows until `stop`. Whatever breaks is tried again with growing pauses; what was last found stays.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut pauses = Backoff::new(backoff::STREAM);
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.follow() => ended,
            };
            let pause = match ended {
                Ok(()) => {
                    // kas ends a stream of a certain age on purpose
                    pauses.reset();
                    continue;
                }
                Err(status) if status.code() == Code::Unimplemented && self.speaks_glops => {
                    info!("this kas has no configuration service of glops; GitLab's is used");
                    self.speaks_glops = false;
                    continue;
                }
                Err(status) => {
                    self.metrics.connected.set(0);
                    let pause = pauses.after_failure();
                    warn!(code = ?status.code(), reason = status.message(), advice = advice(&status), ?pause, "failed to follow the configuration");
                    pause
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn follow(&mut self) -> Result<(), Status> {
        if self.speaks_glops {
            self.follow_glops().await
        } else {
            self.follow_gitlab().await
        }
    }

    async fn follow_glops(&mut self) -> Result<(), Status> {
        let request = WatchRequest {
            known_commit_id: self.known_commit(),
        };
        let mut stream = ConfigurationSourceClient::new(self.connection.clone())
            .watch(request)
            .await?
            .into_inner();
        self.metrics.connected.set(1);
        while let Some(response) = stream.message().await? {
            match response.event {
                Some(Event::Configuration(configuration)) => {
                    self.found(AgentConfiguration::try_from(configuration));
                }
                Some(Event::Problem(problem)) => {
                    let problem = Problem::from(problem);
                    warn!(reason = %problem, "the agent's configuration cannot be read; the last good one stays");
                }
                // a newer kas may say more than we understand
                Some(Event::UpToDate(_)) | None => {}
            }
        }
        Ok(())
    }

    async fn follow_gitlab(&mut self) -> Result<(), Status> {
        let request = ConfigurationRequest {
            commit_id: self.known_commit(),
            agent_meta: Some(self.meta.clone()),
            skip_register: true,
        };
        let mut client = AgentConfigurationClient::new(self.connection.clone());
        let mut stream = client.get_configuration(request).await?.into_inner();
        self.metrics.connected.set(1);
        while let Some(response) = stream.message().await? {
            if let Some(agent) = response.configuration {
                self.found(AgentConfiguration::from_gitlab(response.commit_id, agent));
            }
        }
        Ok(())
    }

    fn known_commit(&self) -> String {
        self.latest
            .borrow()
            .as_ref()
            .map(|latest| latest.commit_id.clone())
            .unwrap_or_default()
    }

    fn found(&self, configuration: Result<AgentConfiguration, rpc::configuration::Invalid>) {
        match configuration {
            Ok(configuration) => {
                info!(
                    commit = configuration.commit_id,
                    projects = configuration.projects.len(),
                    "configuration received"
                );
                for warning in &configuration.warnings {
                    warn!(warning, "the configuration has something without effect");
                }
                self.latest.send_replace(Some(Arc::new(configuration)));
            }
            Err(invalid) => {
                warn!(reason = %invalid, "the configuration is not valid; the last good one stays");
            }
        }
    }
}

/// What a person can do about a refusal.
pub(crate) fn advice(status: &Status) -> &'static str {
    match status.code() {
        Code::Unauthenticated => {
            "the token is wrong or revoked: make another with `glops agent create` or `glops agent token`"
        }
        Code::PermissionDenied => "this agent may not do that on kas",
        Code::NotFound => "kas knows no such agent or project",
        Code::Unavailable => "is kas running, and is its address right?",
        Code::ResourceExhausted => "kas limits how often an agent may call",
        _ => "",
    }
}
