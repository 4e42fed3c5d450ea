//! One run of a program, and what it cost.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wait4::Wait4 as _;

use crate::repository;

/// A program that builds or renders the directory that is its last argument.
pub(super) struct Program {
    path: PathBuf,
    arguments: Vec<String>,
}

/// What a process cost, as the operating system accounts it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of the processor, user and system.
    pub(super) cpu: f64,
    pub(super) peak_mib: f64,
}

impl Program {
    pub(super) fn new(path: PathBuf, arguments: &[&str]) -> Self {
        Self {
            path,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        }
    }

    /// Builds a directory: what was printed, if it could be built, and the cost.
    pub(super) fn build(&self, directory: &Path) -> Result<(Option<Vec<u8>>, Cost)> {
        let name = || format!("failed to run {}", self.path.display());
        let start = Instant::now();
        let mut child = Command::new(&self.path)
            .args(&self.arguments)
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(name)?;
        let mut output = Vec::new();
        if let Some(mut pipe) = child.stdout.take() {
            pipe.read_to_end(&mut output).with_context(name)?;
        }
        let end = child.wait4().with_context(name)?;
        let cost = Cost {
            wall: start.elapsed().as_secs_f64(),
            cpu: (end.rusage.utime + end.rusage.stime).as_secs_f64(),
            peak_mib: end.rusage.maxrss as f64 / f64::from(1 << 20),
        };
        Ok((end.status.success().then_some(output), cost))
    }

    /// Builds a directory several times.
    pub(super) fn repeat(&self, directory: &Path, times: usize) -> Result<Vec<Cost>> {
        self.build(directory)?;
        (0..times).map(|_| Ok(self.build(directory)?.1)).collect()
    }
}

/// Builds `glops`, and says where it is.
pub(super) fn glops() -> Result<PathBuf> {
    built(&["--package", "glops"])
}

/// Builds, for release, what the arguments of cargo name: the program that comes last.
pub(super) fn built(what: &[&str]) -> Result<PathBuf> {
    let output = Command::new("cargo")
        .current_dir(repository::root())
        .args(["build", "--release", "--locked", "--message-format=json"])
        .args(what)
        .output()
        .context("failed to run cargo")?;
    if !output.status.success() {
        bail!(
            "failed to build {}: {}",
            what.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut programs = messages.lines().filter_map(|message| {
        let message: Value = serde_json::from_str(message).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    programs.next_back().context("cargo built no program")
}
