//! `glops render --helm` in turn with `helm template`, whole processes: the recorded charts that need no arguments, and
//! those below a directory that one names; then one hundred renders in one process against one hundred calls.

mod charts;
mod in_process;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use testkit::settings;

use super::comparison::{LARGE, measure_all};
use super::program::{self, Program};
use super::table;
use crate::terminal::line;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How often each chart is rendered by each program
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Render every chart below this directory too
    #[arg(long, value_name = "DIRECTORY")]
    charts: Option<PathBuf>,
    /// Only so many of those charts, taken evenly
    #[arg(long, requires = "charts")]
    at_most: Option<usize>,
    /// The `glops` to measure; without it one is built
    #[arg(long, value_name = "PROGRAM")]
    glops: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let helm = settings::cache_directory().join("oracle/bin/helm");
    ensure!(
        helm.is_file(),
        "helm is not there; `cargo xtask oracle` builds it"
    );
    let options = ["--namespace", "ns", "--kube-version", "v1.35.0"];
    let theirs = Program::new(helm, &[&["template"], &options[..], &["rel"]].concat());
    let glops = arguments.glops.clone().map_or_else(program::glops, Ok)?;
    let ours = Program::new(
        glops,
        &[&["render"], &options[..], &["--release", "rel", "--helm"]].concat(),
    );

    let mut charts = charts::recorded()?;
    if let Some(directory) = &arguments.charts {
        charts.extend(charts::below(directory, arguments.at_most)?);
    }
    let mut measured = measure_all(&charts, &ours, &theirs, arguments.repetitions)?;
    measured.sort_by_key(|case| case.output);
    let middle = measured.get(measured.len() / 2).map(|case| case.name.clone());
    let (large, small): (Vec<_>, Vec<_>) = measured.into_iter().partition(|case| case.output >= LARGE);
    line(table::compared(&small, &large));
    if let Some(chart) = middle {
        line(in_process::compared(&chart, &theirs)?);
    }
    Ok(())
}
