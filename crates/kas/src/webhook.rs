//! How Git servers tell of pushes. A push wakes whoever watches its project; what was pushed is then read from Git, so that
//! nothing in the message has to be believed.

mod payload;
mod signature;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use git::Secret;

use crate::{observability::Metrics, projects::Projects};

/// What the endpoint needs.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) secret: Secret,
    pub(crate) projects: Arc<Projects>,
    pub(crate) metrics: Metrics,
}

/// The endpoint.
pub(crate) fn router(path: &str, webhook: Webhook) -> Router {
    Router::new().route(path, post(receive)).with_state(webhook)
}

async fn receive(State(webhook): State<Webhook>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    if !signature::is_genuine(&headers, &body, &webhook.secret) {
        webhook.metrics.webhook("refused");
        return (
            StatusCode::UNAUTHORIZED,
            "the secret or signature is missing or wrong\n".to_owned(),
        );
    }
    let Some(push) = payload::Push::parse(&body) else {
        webhook.metrics.webhook("ignored");
        return (
            StatusCode::OK,
            "ignored: the message tells of no push\n".to_owned(),
        );
    };
    let woken = webhook
        .projects
        .wake(|project| push.is_of(&project.id, &project.url()));
    webhook.metrics.webhook("accepted");
    tracing::debug!(project = ?push.names, woken, "push");
    (StatusCode::OK, format!("{woken} watches look at it now\n"))
}
