//! `cargo xtask demo`: the whole product at work, on a real control plane, in about a minute.

mod events;
mod narrator;
mod picture;
mod sample;
mod stage;
mod story;

use std::path::PathBuf;
use std::thread;

use anyhow::Result;
use clap::Args;

use self::stage::Stage;
use crate::{machine, terminal};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Leave everything running at the end, and print what to try
    #[arg(long)]
    keep: bool,
    /// Write the picture of the preview that the README shows: docs/images/preview.svg
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// Builds the programs, tells the story, and cleans up; what it started ends with it, however it ends.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    machine::require_all()?;
    terminal::line("building glops, kas and agentk");
    testkit::product::program("glops");
    let mut stage = Stage::set()?;
    stage.picture.clone_from(&arguments.picture);
    let told = story::tell(&mut stage);
    if told.is_err() {
        terminal::line(stage.last_words());
    }
    told?;
    if arguments.keep {
        terminal::line(stage.what_to_try());
        loop {
            thread::park();
        }
    }
    Ok(())
}
