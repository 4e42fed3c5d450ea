//! Tells kas every few minutes which pod this is, so that kas can show what is connected.

use std::time::Duration;

use rpc::{
    client::Connection,
    gitlab::agent::{
        agent_registrar::rpc::{RegisterRequest, agent_registrar_client::AgentRegistrarClient},
        entity::AgentMeta,
    },
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::backoff::{self, Backoff};

const PERIOD: Duration = Duration::from_mins(5);

/// Registers this pod again and again until `stop`.
pub async fn run(connection: Connection, meta: AgentMeta, stop: CancellationToken) {
    let mut client = AgentRegistrarClient::new(connection);
    let mut pauses = Backoff::new(backoff::CALL);
    // a number of its own for each process, as GitLab's agentk has it
    let pod_id = rand::random::<i64>() & i64::MAX;
    loop {
        let request = RegisterRequest {
            agent_meta: Some(meta.clone()),
            pod_id,
        };
        let pause = match client.register(request).await {
            Ok(_) => {
                pauses.reset();
                PERIOD
            }
            Err(status) => {
                let pause = pauses.after_failure();
                debug!(code = ?status.code(), reason = status.message(), ?pause, "failed to register");
                pause
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
