//! The agentk program.

use std::io::IsTerminal as _;

use agentk::{
    run::run,
    settings::{Args, LogFormat, Settings, token_variable},
};
use anyhow::Context as _;
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Gives back to the system what a sync needed, soon after it; `.cargo/config.toml` says how soon.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> anyhow::Result<()> {
    // built beside other programs, two providers may be compiled in; the one that is set first is used
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = Args::parse().into_settings(token_variable())?;
    log(&settings)?;
    // two threads: one sync does not hold up the connection, and memory stays small
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async { run(settings, until_told_to_stop()?).await })
}

fn log(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log_level).context("failed to read --log-level")?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // colours are for eyes
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Cancelled by SIGTERM, which is how a cluster stops a pod, or by SIGINT.
fn until_told_to_stop() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}
