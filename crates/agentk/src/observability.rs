//! Probes and metrics: `/liveness`, `/readiness`, `/metrics`.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The project that a figure is about.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct ProjectLabel {
    /// Full path of the project.
    pub project: String,
}

/// A sync's project and how it ended.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct SyncLabel {
    /// Full path of the project.
    pub project: String,
    /// `complete`, `incomplete` or `cancelled`.
    pub result: &'static str,
}

/// What the agent counts.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Whether the connection to kas works: 1 or 0.
    pub connected: Gauge,
    /// Whether this pod leads: 1 or 0.
    pub leading: Gauge,
    /// Syncs by project and result.
    pub syncs: Family<SyncLabel, Counter>,
    /// Requests that syncs sent to the cluster.
    pub requests: Family<ProjectLabel, Counter>,
    /// Objects that had drifted.
    pub drifted: Family<ProjectLabel, Counter>,
    /// Objects of the last sync.
    pub objects: Family<ProjectLabel, Gauge>,
}

impl Metrics {
    fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix("agentk");
        registry.register(
            "connected",
            "Whether the connection to kas works",
            self.connected.clone(),
        );
        registry.register("leading", "Whether this pod leads", self.leading.clone());
        registry.register("syncs", "Syncs by project and result", self.syncs.clone());
        registry.register(
            "sync_requests",
            "Requests that syncs sent to the cluster",
            self.requests.clone(),
        );
        registry.register(
            "drifted_objects",
            "Objects that had drifted",
            self.drifted.clone(),
        );
        registry.register("objects", "Objects of the last sync", self.objects.clone());
        registry
    }
}

struct Served {
    metrics: Metrics,
    registry: Registry,
}

/// Serves probes and metrics on `address` until `stop`.
///
/// The agent is alive while it answers, and ready once it has reached kas since its start: a kas that is gone for
/// an hour must not make the cluster restart its agents.
pub async fn serve(address: SocketAddr, metrics: Metrics, stop: CancellationToken) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    let served = Arc::new(Served {
        registry: metrics.registry(),
        metrics,
    });
    let routes = Router::new()
        .route("/liveness", get(|| async { StatusCode::OK }))
        .route("/readiness", get(readiness))
        .route("/metrics", get(text))
        .with_state(served);
    axum::serve(listener, routes)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

async fn readiness(State(served): State<Arc<Served>>) -> impl IntoResponse {
    if served.metrics.connected.get() > 0 {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "kas was not reached yet")
    }
}

async fn text(State(served): State<Arc<Served>>) -> impl IntoResponse {
    let mut body = String::new();
    match encode(&mut body, &served.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            (StatusCode::OK, [("content-type", kind)], body).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_reference_is_up_to_date() {
        let metrics = Metrics::default();
        let project = ProjectLabel {
            project: "team/shop".to_owned(),
        };
        let sync = SyncLabel {
            project: project.project.clone(),
            result: "complete",
        };
        metrics.syncs.get_or_create(&sync).inc();
        metrics.requests.get_or_create(&project).inc();
        metrics.drifted.get_or_create(&project).inc();
        metrics.objects.get_or_create(&project).set(1);
        let mut answer = String::new();
        encode(&mut answer, &metrics.registry()).unwrap();
        let page = testkit::reference::metrics_page("agentk", &answer);
        testkit::assert_golden("docs/reference/agentk-metrics.md", &page);
    }
}
