use crate::{
    logging,
    server::Server,
    settings::{Flags, Settings},
};

/// Runs kas until a signal ends it.
pub fn run(flags: Flags) -> anyhow::Result<()> {
    let settings = Settings::resolve(flags)?;
    logging::start(
        &settings.observability.log_level,
        settings.observability.log_format,
    )?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let server = Server::start(settings).await?;
        let addresses = server.addresses();
        tracing::info!(agents = %addresses.agents, api = %addresses.api, observability = %addresses.observability,
            webhook = ?addresses.webhook, "kas is ready");
        signal().await?;
        tracing::info!("kas is stopping");
        server.stop().await;
        Ok(())
    })
}

/// Ends when the process is asked to end.
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
