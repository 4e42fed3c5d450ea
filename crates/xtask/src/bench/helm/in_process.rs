//! One hundred renders of one chart in one process of ours, against one hundred processes of helm.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::bench::program::{self, Program};

const RENDERS: usize = 100;

/// The figures, as a line of text.
pub(super) fn compared(chart: &str, theirs: &Program) -> Result<String> {
    let ours = ours(chart)?;
    let start = Instant::now();
    theirs.repeat(Path::new(chart), RENDERS - 1)?;
    let theirs = start.elapsed().as_secs_f64();
    Ok(format!(
        "{RENDERS} renders of {chart}: {:.0} ms in one process of ours, {:.0} ms in {RENDERS} of helm, {:.0} times",
        ours * 1e3,
        theirs * 1e3,
        theirs / ours,
    ))
}

/// Seconds that the example of the crate takes for all renders, its start included.
fn ours(chart: &str) -> Result<f64> {
    let program = program::built(&["--package", "helm", "--example", "template"])?;
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    let job = format!("{chart}\t{}\n", folder.path().join("out").display());
    let name = || format!("failed to run {}", program.display());
    let start = Instant::now();
    let mut child = Command::new(&program)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(name)?;
    if let Some(mut jobs) = child.stdin.take() {
        jobs.write_all(job.repeat(RENDERS).as_bytes())
            .with_context(name)?;
    }
    let end = child.wait().with_context(name)?;
    ensure!(end.success(), "the renders failed");
    Ok(start.elapsed().as_secs_f64())
}
