//! One step of the engine's benchmark, measured: `cargo xtask bench engine` runs it once per step, so that each begins
//! cold. It prints one line of JSON.

mod measure;
mod step;
mod workload;

use std::io::Write;

use anyhow::Result;
use clap::Parser;

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
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    // two TLS providers are linked; the first choice stands
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let result = step::run(arguments.step, arguments.objects, arguments.namespaces).await?;
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}
