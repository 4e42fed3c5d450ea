use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use tonic::{Request, Status};

use super::{Pods, stream::Life};
use crate::{
    database::{Database, Error},
    identity::{Agents, Session},
    observability::Metrics,
    projects::Projects,
    server::ConnectedSince,
    settings::AgentSettings,
};

/// What the services share.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) agents: Arc<Agents>,
    pub(crate) projects: Arc<Projects>,
    pub(crate) database: Database,
    pub(crate) pods: Arc<Pods>,
    pub(crate) settings: Arc<AgentSettings>,
    pub(crate) max_history_per_agent: u32,
    pub(crate) metrics: Metrics,
    /// Falls when kas is about to stop: streams that only wait end.
    pub(crate) draining: CancellationToken,
}

impl Context {
    /// Who calls, and until when an open stream of this call may wait.
    pub(crate) fn accept<T>(&self, request: &Request<T>) -> Result<(Session, Life), Status> {
        let session = self.agents.authenticate(request.metadata())?;
        let since = request
            .extensions()
            .get::<ConnectedSince>()
            .copied()
            .unwrap_or_default();
        // after the connection's own age has made the client open its next stream elsewhere
        let age = since.elapsed();
        let waits_until = self.settings.listen.max_connection_age.mul_f64(0.3);
        let left = waits_until.saturating_sub(age);
        let jitter = left.mul_f64(rand::random_range(0.0..0.05));
        let left = (left + jitter).max(Duration::from_secs(1));
        Ok((session, Life::new(self.draining.child_token(), left)))
    }

    /// What a caller is told when the database failed; its causes go to the log.
    pub(crate) fn database_failed(&self, error: &Error) -> Status {
        self.metrics.database_error();
        tracing::error!(error = %super::chain(error), "database");
        match error {
            Error::DiskFull { .. } => Status::resource_exhausted(error.to_string()),
            Error::Exists { .. } => Status::already_exists(error.to_string()),
            _ => Status::unavailable(error.to_string()),
        }
    }
}
