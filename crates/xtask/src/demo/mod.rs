//! `cargo xtask demo`: the whole product at work, on a real control plane, in about a minute.

mod events;
mod narrator;
mod sample;
mod stage;
mod story;

use std::process::Command;
use std::thread;

use anyhow::{Context, Result, bail};
use clap::Args;

use self::stage::Stage;
use crate::{machine, repository, terminal};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Leave everything running at the end, and print what to try
    #[arg(long)]
    keep: bool,
}

/// Builds the programs, tells the story, and cleans up; what it started ends with it, however it ends.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    machine::require_all()?;
    build()?;
    let mut stage = Stage::set()?;
    story::tell(&mut stage)?;
    if arguments.keep {
        terminal::line(stage.what_to_try());
        loop {
            thread::park();
        }
    }
    Ok(())
}

fn build() -> Result<()> {
    terminal::line("building glops, kas and agentk");
    let arguments = [
        "build", "--quiet", "--locked", "--bin", "glops", "--bin", "kas", "--bin", "agentk",
    ];
    let status = Command::new("cargo")
        .current_dir(repository::root())
        .args(arguments)
        .status();
    if !status.context("failed to run cargo")?.success() {
        bail!("failed to build the programs");
    }
    Ok(())
}
