//! One run of a program, and what it cost.
//!
//! A process begins with the memory of the one that starts it, and its peak counts that. So a fresh and still small
//! process of this program starts what is measured, and tells the cost.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wait4::Wait4;

use crate::{repository, terminal};

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
        let output = Command::new(env::current_exe().with_context(name)?)
            .arg(LAUNCH)
            .arg(&self.path)
            .args(&self.arguments)
            .arg(directory)
            .stdin(Stdio::null())
            .output()
            .with_context(name)?;
        let told = String::from_utf8_lossy(&output.stderr);
        let numbers: Vec<f64> = told
            .split_whitespace()
            .map_while(|number| number.parse().ok())
            .collect();
        let [wall, cpu, peak_mib] = numbers[..] else {
            bail!("{}: {}", name(), told.trim());
        };
        let cost = Cost { wall, cpu, peak_mib };
        Ok((output.status.success().then_some(output.stdout), cost))
    }

    /// Builds a directory several times.
    pub(super) fn repeat(&self, directory: &Path, times: usize) -> Result<Vec<Cost>> {
        self.build(directory)?;
        (0..times).map(|_| Ok(self.build(directory)?.1)).collect()
    }
}

/// The first argument of this program when it is to start another one and tell its cost.
pub(crate) const LAUNCH: &str = "launch-and-measure";

/// Starts a program with its arguments; its output is ours, and its cost is told on standard error.
pub(crate) fn launch(mut command: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(path) = command.next() else {
        return ExitCode::FAILURE;
    };
    let start = Instant::now();
    let ended = Command::new(path)
        .args(command)
        .stderr(Stdio::null())
        .spawn()
        .and_then(Wait4::wait4);
    let wall = start.elapsed().as_secs_f64();
    match ended {
        Ok(end) => {
            let cpu = (end.rusage.utime + end.rusage.stime).as_secs_f64();
            let peak_mib = end.rusage.maxrss as f64 / f64::from(1 << 20);
            terminal::error_line(format!("{wall} {cpu} {peak_mib}"));
            ExitCode::from(u8::from(!end.status.success()))
        }
        Err(error) => {
            terminal::error_line(error);
            ExitCode::FAILURE
        }
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
