//! `cargo xtask bench`: how fast, measured on this machine.

mod comparison;
mod engine;
mod helm;
mod kustomize;
mod process;
mod program;
mod table;

use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

pub(crate) use self::program::{LAUNCH, launch};
use crate::repository;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The engine against a real control plane, a fresh one per repetition
    Engine(engine::Arguments),
    /// Builds of kustomizations, each in turn with `kustomize build`
    Kustomize(kustomize::Arguments),
    /// Renders of charts, each in turn with `helm template`
    Helm(helm::Arguments),
    /// The benches of one crate, such as yaml or helm
    Crate {
        /// The crate
        name: String,
        /// Only benches whose name contains this
        filter: Option<String>,
    },
}

/// Runs what was asked for.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.what {
        What::Engine(arguments) => engine::run(arguments),
        What::Kustomize(arguments) => kustomize::run(arguments),
        What::Helm(arguments) => helm::run(arguments),
        What::Crate { name, filter } => bench_crate(name, filter.as_deref()),
    }
}

fn bench_crate(name: &str, filter: Option<&str>) -> Result<()> {
    let mut command = Command::new("cargo");
    command
        .current_dir(repository::root())
        .args(["bench", "--locked", "--package", name, "--benches"]);
    if let Some(filter) = filter {
        command.args(["--", filter]);
    }
    if !command.status().context("failed to run cargo bench")?.success() {
        bail!("the benches of {name} failed");
    }
    Ok(())
}
