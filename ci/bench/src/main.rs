//! Steps of the engine's benchmark, measured: `cargo xtask bench engine` runs one process per step, so that each begins
//! cold. It prints one line of JSON for each thing that was measured.

mod agent;
mod cache;
mod measure;
mod once;
mod step;
mod warm;

use std::io::Write;

use anyhow::{Context, Result};
use clap::Parser;
use engine::{Application, InventoryId};
use serde_json::Value;
use testkit::workload::Workload;

use self::step::Step;

#[derive(Debug, Parser)]
struct Arguments {
    /// What to do
    #[arg(long)]
    step: Step,
    /// How many objects, namespaces not counted
    #[arg(long, default_value_t = 1000)]
    objects: usize,
    /// In how many namespaces
    #[arg(long, default_value_t = 10)]
    namespaces: usize,
    /// ConfigMaps alone, as the caches of others are measured
    #[arg(long)]
    config_maps: bool,
    /// After `create`, look until all Deployments are available
    #[arg(long)]
    until_available: bool,
}

/// That of agentk's image, for what is measured here stands for it.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    // two TLS providers are linked; the first choice stands
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let workload = Workload {
        objects: arguments.objects,
        namespaces: arguments.namespaces,
        config_maps: arguments.config_maps,
        ..Workload::default()
    };
    for result in arguments.step.run(workload, arguments.until_available).await? {
        writeln!(std::io::stdout(), "{result}")?;
    }
    Ok(())
}

/// The application of every step.
fn application() -> Application {
    Application::new(InventoryId::new("default", "bench"))
}

async fn configuration() -> Result<kube::Config> {
    kube::Config::infer()
        .await
        .context("failed to find the cluster; set KUBECONFIG")
}

/// The results of a step that measures one thing.
fn one(result: Value) -> Vec<Value> {
    vec![result]
}
