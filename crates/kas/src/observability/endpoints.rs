use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{database::Database, services::Context, settings::ObservabilitySettings};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether new work may be sent here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readiness(Arc<AtomicBool>);

impl Readiness {
    pub(crate) fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Metrics and probes.
pub(crate) fn router(settings: &ObservabilitySettings, context: &Context, readiness: Readiness) -> Router {
    let (metrics, pods) = (context.metrics.clone(), Arc::clone(&context.pods));
    let scrape = move || async move {
        match metrics.encode(pods.agents()) {
            Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    let database = context.database.clone();
    let ready = move || async move { probe(readiness.get(), &database).await };
    Router::new()
        .route(&settings.metrics_path, get(scrape))
        .route(&settings.liveness_path, get(|| async { StatusCode::OK }))
        .route(&settings.readiness_path, get(ready))
}

async fn probe(ready: bool, database: &Database) -> Response {
    if !ready {
        return (StatusCode::SERVICE_UNAVAILABLE, "kas is stopping\n").into_response();
    }
    match database.admin_tokens().await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}
