//! `glops render --kustomize` in turn with `kustomize build`, whole processes: the recorded cases that are files on a
//! disk, a generated kustomization of two sizes, and whatever directories one names.

mod cases;
mod run;
mod table;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;
use testkit::settings;

use self::run::{Cost, Program};
use crate::repository;
use crate::terminal::line;

/// Beyond this much output a case counts as large.
const LARGE: usize = 1 << 20;

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

/// What the builds of one directory cost, each program's in the order of the repetitions.
struct Measured {
    name: String,
    output: usize,
    ours: Vec<Cost>,
    theirs: Vec<Cost>,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let kustomize = settings::cache_directory().join("oracle/bin/kustomize");
    ensure!(
        kustomize.is_file(),
        "kustomize is not there; `cargo xtask oracle` builds it"
    );
    let theirs = Program::new(kustomize, &["build"]);
    let glops = arguments.glops.clone().map_or_else(build, Ok)?;
    let ours = Program::new(glops, &["render", "--kustomize"]);

    let mut recorded = measure_all(&cases::recorded(arguments.cases)?, &ours, &theirs, arguments)?;
    if let Some(file) = &arguments.directories {
        recorded.extend(measure_all(&cases::listed(file)?, &ours, &theirs, arguments)?);
    }
    let (large, small): (Vec<_>, Vec<_>) = recorded.into_iter().partition(|case| case.output >= LARGE);

    let folder = tempfile::tempdir().context("failed to make a folder")?;
    let few = cases::generate(&folder.path().join("400"), 400)?;
    let many = cases::generate(&folder.path().join("4000"), 4_000)?;
    let few = measure("400 generated objects", &few, &ours, &theirs, 1)?
        .context("the generated kustomization is built differently")?;
    let many = ours.repeat(&many, arguments.repetitions)?;

    line(table::compared(&small, &large, &few));
    line(table::growth(&few.ours, &many));
    Ok(())
}

fn measure_all(
    directories: &[PathBuf],
    ours: &Program,
    theirs: &Program,
    arguments: &Arguments,
) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for directory in directories {
        let name = directory.display().to_string();
        measured.extend(measure(&name, directory, ours, theirs, arguments.repetitions)?);
    }
    line(format!(
        "{} of {} directories are built alike by both and were measured",
        measured.len(),
        directories.len()
    ));
    Ok(measured)
}

/// Builds a directory by both in turn; nothing when they do not print the same.
fn measure(
    name: &str,
    directory: &std::path::Path,
    ours: &Program,
    theirs: &Program,
    repetitions: usize,
) -> Result<Option<Measured>> {
    let (first, _) = ours.build(directory)?;
    let (second, cost) = theirs.build(directory)?;
    if first.is_none() || first != second {
        return Ok(None);
    }
    let mut measured = Measured {
        name: name.to_owned(),
        output: first.map_or(0, |output| output.len()),
        ours: Vec::new(),
        theirs: Vec::new(),
    };
    for repetition in 0..repetitions {
        measured.ours.push(ours.build(directory)?.1);
        // one that takes long needs no second run to be told apart
        let slow = repetition == 0 && cost.wall > 2.0;
        measured
            .theirs
            .push(if slow { cost } else { theirs.build(directory)?.1 });
    }
    Ok(Some(measured))
}

fn build() -> Result<PathBuf> {
    let output = Command::new("cargo")
        .current_dir(repository::root())
        .args(["build", "--release", "--locked", "--package", "glops"])
        .arg("--message-format=json")
        .output()
        .context("failed to run cargo")?;
    if !output.status.success() {
        bail!(
            "failed to build glops: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut programs = messages.lines().filter_map(|message| {
        let message: Value = serde_json::from_str(message).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    programs.next_back().context("cargo built no glops")
}
