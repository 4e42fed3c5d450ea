use std::{net::SocketAddr, sync::Arc, time::Duration};

use rpc::{
    gitlab::agent::{
        agent_configuration::rpc::agent_configuration_server::AgentConfigurationServer,
        agent_registrar::rpc::agent_registrar_server::AgentRegistrarServer,
        gitops::rpc::gitops_server::GitopsServer,
    },
    glops::{
        admin::v1::{agents_server::AgentsServer, records_server::RecordsServer},
        configuration::v1::configuration_source_server::ConfigurationSourceServer,
        manifests::v1::manifest_source_server::ManifestSourceServer,
        reports::v1::reports_server::ReportsServer,
    },
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::{codec::CompressionEncoding::Gzip, service::Routes, transport::Server as GrpcServer};

use super::incoming::Incoming;
use crate::{
    database::Database,
    identity::{Administrators, Agents},
    observability::{self, Metrics, Readiness},
    projects::Projects,
    services::{
        AgentsService, ConfigurationService, Context, GitlabConfigurationService, GitopsService,
        ManifestService, Pods, RecordsService, RegistrarService, ReportsService,
    },
    settings::Settings,
    webhook::{self, Webhook},
};

/// GitLab's server allows any number; agents open all their streams on one connection.
const MAX_STREAMS_PER_CONNECTION: u32 = 10_000;
/// Below the minute after which load balancers drop a silent connection.
const KEEPALIVE: Duration = Duration::from_secs(50);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// The share of its age at which a connection is told to close: GitLab's fifth, and up to a tenth of it more or less, so
/// that agents which came back together do not go on doing so.
const GOAWAY_SHARES: [f64; 5] = [0.18, 0.19, 0.2, 0.21, 0.22];
/// Between saying that connections will close and ending what only waits on them.
const GOAWAY_PAUSE: Duration = Duration::from_millis(200);
/// Calls in flight have so long to finish when kas stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Where kas listens.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For agents.
    pub agents: SocketAddr,
    /// For administrators.
    pub api: SocketAddr,
    /// For metrics and probes.
    pub observability: SocketAddr,
    /// For Git servers.
    pub webhook: Option<SocketAddr>,
}

/// A kas that runs.
#[derive(Debug)]
pub struct Server {
    addresses: Addresses,
    metrics: Metrics,
    database: Database,
    readiness: Readiness,
    // no new connections, and those that are open are told to close
    closing: CancellationToken,
    // streams that only wait end
    draining: CancellationToken,
    // probes and metrics go on to the end
    stopped: CancellationToken,
    listeners: JoinSet<()>,
    observability: JoinSet<()>,
}

impl Server {
    /// Opens the database and the listeners.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let metrics = Metrics::default();
        let database = Database::open(&settings.database.file)?;
        let administrators = Administrators::load(&database, &settings.admin_token_file).await?;
        let agents = Agents::load(database.clone(), settings.agent.calls_per_token_per_minute).await?;
        let poll_period = settings
            .agent
            .gitops
            .poll_period
            .min(settings.agent.configuration.poll_period);
        let projects = Projects::open(settings.git, poll_period, &database, metrics.clone()).await?;
        let draining = CancellationToken::new();
        let context = Context {
            agents: Arc::new(agents),
            projects: Arc::new(projects),
            database: database.clone(),
            pods: Arc::new(Pods::default()),
            settings: Arc::new(settings.agent),
            max_history_per_agent: settings.database.max_history_per_agent,
            metrics: metrics.clone(),
            draining: draining.clone(),
        };
        let closing = CancellationToken::new();
        let stopped = CancellationToken::new();
        let readiness = Readiness::default();
        let (mut listeners, mut observability) = (JoinSet::new(), JoinSet::new());

        let incoming = Incoming::bind_shared::<{ GOAWAY_SHARES.len() }>(&context.settings.listen).await?;
        let agents = incoming[0].address();
        let services = agent_services(&context);
        for (incoming, share) in incoming.into_iter().zip(GOAWAY_SHARES) {
            let age = context.settings.listen.max_connection_age;
            let server = grpc_server(age, share);
            listeners.spawn(serve_grpc(server, incoming, services.clone(), closing.clone()));
        }

        let incoming = Incoming::bind(&settings.api).await?;
        let api = incoming.address();
        let services = admin_services(&context, administrators);
        let server = grpc_server(settings.api.max_connection_age, 0.2);
        listeners.spawn(serve_grpc(server, incoming, services, closing.clone()));

        let webhook = match settings.webhook {
            None => None,
            Some(webhook) => {
                let incoming = Incoming::bind(&webhook.listen).await?;
                let address = incoming.address();
                let state = Webhook {
                    secret: webhook.secret,
                    projects: Arc::clone(&context.projects),
                    metrics: metrics.clone(),
                };
                let router = webhook::router(&webhook.path, state);
                listeners.spawn(serve_http(incoming, router, closing.clone()));
                Some(address)
            }
        };

        let incoming = Incoming::bind(&settings.observability.listen).await?;
        let address = incoming.address();
        let router = observability::router(&settings.observability, &context, readiness.clone());
        observability.spawn(serve_http(incoming, router, stopped.clone()));

        readiness.set(true);
        let addresses = Addresses {
            agents,
            api,
            observability: address,
            webhook,
        };
        Ok(Self {
            addresses,
            metrics,
            database,
            readiness,
            closing,
            draining,
            stopped,
            listeners,
            observability,
        })
    }

    /// Where it listens.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Its database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Stops: no new connections, open ones are told, streams that wait end, calls in flight finish.
    pub async fn stop(mut self) {
        self.readiness.set(false);
        self.closing.cancel();
        // clients that hear of the end of a connection first open their next stream elsewhere
        tokio::time::sleep(GOAWAY_PAUSE).await;
        self.draining.cancel();
        let finished = async { while self.listeners.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, finished).await.is_err() {
            tracing::warn!("some calls did not finish in time");
        }
        self.listeners.shutdown().await;
        self.stopped.cancel();
        self.observability.shutdown().await;
    }
}

fn agent_services(context: &Context) -> Routes {
    macro_rules! service {
        ($server:ident, $service:ident) => {
            $server::new($service(context.clone()))
                .accept_compressed(Gzip)
                .send_compressed(Gzip)
        };
    }
    let mut services = Routes::builder();
    services
        .add_service(service!(AgentConfigurationServer, GitlabConfigurationService))
        .add_service(service!(AgentRegistrarServer, RegistrarService))
        .add_service(service!(GitopsServer, GitopsService))
        .add_service(service!(ConfigurationSourceServer, ConfigurationService))
        .add_service(service!(ManifestSourceServer, ManifestService))
        .add_service(service!(ReportsServer, ReportsService));
    services.routes()
}

fn admin_services(context: &Context, administrators: Administrators) -> Routes {
    let agents = AgentsService {
        context: context.clone(),
        administrators: administrators.clone(),
    };
    let records = RecordsService {
        context: context.clone(),
        administrators,
    };
    let mut services = Routes::builder();
    services
        .add_service(
            AgentsServer::new(agents)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            RecordsServer::new(records)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        );
    services.routes()
}

fn grpc_server(age: Duration, goaway_share: f64) -> GrpcServer {
    GrpcServer::builder()
        .max_concurrent_streams(MAX_STREAMS_PER_CONNECTION)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .http2_adaptive_window(Some(true))
        // shares of the age, in the order in which they must come: this, what waits on it ends, all that is left ends
        .max_connection_age(age.mul_f64(goaway_share))
        .max_connection_age_grace(age.mul_f64(0.65))
}

async fn serve_grpc(
    mut server: GrpcServer,
    incoming: Incoming,
    services: Routes,
    closing: CancellationToken,
) {
    let address = incoming.address();
    let served = server
        .add_routes(services)
        .serve_with_incoming_shutdown(incoming, closing.cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%address, error = %crate::services::chain(&error), "a listener ended");
    }
}

async fn serve_http(incoming: Incoming, router: axum::Router, closing: CancellationToken) {
    let served = axum::serve(incoming, router)
        .with_graceful_shutdown(closing.cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "a listener ended");
    }
}
