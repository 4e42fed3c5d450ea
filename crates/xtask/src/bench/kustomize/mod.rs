//! `glops render --kustomize` in turn with `kustomize build`, whole processes: the recorded cases that are files on a
//! disk, a generated kustomization of two sizes, and whatever directories one names.

mod cases;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use testkit::settings;

use super::comparison::{LARGE, measure, measure_all};
use super::program::{self, Cost, Program};
use super::table;
use crate::terminal::line;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How often each case is built by each program
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Only so many of the recorded cases, taken evenly
    #[arg(long)]
    cases: Option<usize>,
    /// Directories to build besides, one of a file's lines each
    #[arg(long, value_name = "FILE")]
    directories: Option<PathBuf>,
    /// The `glops` to measure; without it one is built
    #[arg(long, value_name = "PROGRAM")]
    glops: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let kustomize = settings::cache_directory().join("oracle/bin/kustomize");
    ensure!(
        kustomize.is_file(),
        "kustomize is not there; `cargo xtask oracle` builds it"
    );
    let theirs = Program::new(kustomize, &["build"]);
    let glops = arguments.glops.clone().map_or_else(program::glops, Ok)?;
    let ours = Program::new(glops, &["render", "--kustomize"]);

    let mut recorded = measure_all(
        &cases::recorded(arguments.cases)?,
        &ours,
        &theirs,
        arguments.repetitions,
    )?;
    if let Some(file) = &arguments.directories {
        recorded.extend(measure_all(
            &cases::listed(file)?,
            &ours,
            &theirs,
            arguments.repetitions,
        )?);
    }
    let (large, small): (Vec<_>, Vec<_>) = recorded.into_iter().partition(|case| case.output >= LARGE);

    let folder = tempfile::tempdir().context("failed to make a folder")?;
    let few = cases::generate(&folder.path().join("400"), 400)?;
    let many = cases::generate(&folder.path().join("4000"), 4_000)?;
    let few = measure("400 generated objects", &few, &ours, &theirs, 1)?
        .context("the generated kustomization is built differently")?;
    let many = ours.repeat(&many, arguments.repetitions)?;

    let growth = growth(&few.ours, &many);
    let alone: Vec<_> = large.into_iter().chain([few]).collect();
    line(table::compared(&small, &alone));
    line(growth);
    Ok(())
}

/// How our time and memory grow when there are ten times as many objects.
fn growth(few: &[Cost], many: &[Cost]) -> String {
    let (few, many) = (table::of_all(few), table::of_all(many));
    format!(
        "4,000 generated objects, ours alone: {:.0} ms of wall time, {:.0} ms of CPU, {:.0} MiB; CPU grew by {:.1} \
         from 400",
        many.wall * 1e3,
        many.cpu * 1e3,
        many.peak_mib,
        many.cpu / few.cpu
    )
}
