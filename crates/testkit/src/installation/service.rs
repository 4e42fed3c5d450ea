//! A program that keeps its settings while it comes and goes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{self, Process};
use crate::product;

/// How long a program may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(30);

/// One of the workspace's programs with its command line and its log.
#[derive(Debug)]
pub struct Service {
    name: String,
    command: Vec<String>,
    log: PathBuf,
    process: Option<Process>,
}

impl Service {
    pub(super) fn start(name: &str, arguments: Vec<String>, log: PathBuf) -> Result<Self> {
        let program = product::program(name).to_string_lossy().into_owned();
        let command = std::iter::once(program).chain(arguments).collect();
        let mut service = Self {
            name: name.to_owned(),
            command,
            log,
            process: None,
        };
        service.start_again()?;
        Ok(service)
    }

    /// What was typed after the program's name.
    pub fn arguments(&self) -> &[String] {
        &self.command[1..]
    }

    /// The process id while it runs.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// The memory that it holds, in KiB; `None` while it does not run.
    pub fn resident_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Starts the program with the same command line.
    pub fn start_again(&mut self) -> Result<()> {
        self.process = Some(Process::start(&self.name, &self.command, &self.log)?);
        Ok(())
    }

    /// Asks the program to end, as a cluster does, and waits until it has; tells whether it ended well.
    pub fn stop(&mut self) -> Result<bool> {
        let mut process = self
            .process
            .take()
            .with_context(|| format!("{} does not run", self.name))?;
        Ok(process.stop(PATIENCE)?.success())
    }

    /// Ends the program as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self
            .process
            .take()
            .with_context(|| format!("{} does not run", self.name))?;
        process.kill().map(drop)
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Where it logs to.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// The last lines of its log.
    pub fn log_tail(&self, count: usize) -> String {
        process::log_tail(&self.log, count)
    }

    /// Fails when the program has ended by itself.
    pub(super) fn check(&mut self) -> Result<()> {
        let Some(process) = self.process.as_mut() else {
            return Ok(());
        };
        match process.exited()? {
            None => Ok(()),
            Some(status) => anyhow::bail!("{} ended with {status}:\n{}", self.name, self.log_tail(30)),
        }
    }
}
