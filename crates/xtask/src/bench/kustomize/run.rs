//! One build, and what it cost.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use wait4::Wait4 as _;

/// A program that builds the directory that is its last argument.
pub(super) struct Program {
    path: PathBuf,
    arguments: Vec<&'static str>,
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
    pub(super) fn new(path: PathBuf, arguments: &[&'static str]) -> Self {
        Self {
            path,
            arguments: arguments.to_vec(),
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
