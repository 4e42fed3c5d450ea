//! One program that a test run starts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::count::Count;
use crate::repository;
use crate::terminal;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// A named command.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: String,
    command: Command,
}

impl Step {
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            command: Command::new("true"),
        }
    }

    pub(super) fn cargo(mut self, arguments: &[&str]) -> Self {
        self.command = Command::new("cargo");
        self.command.args(arguments);
        self
    }

    pub(super) fn command(mut self, command: Command) -> Self {
        self.command = command;
        self
    }

    /// Runs the command, passes its output on, and counts the tests that it reports.
    pub(super) fn run(mut self) -> Result<(Outcome, Count)> {
        let command = self
            .command
            .current_dir(repository::root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("failed to start the step {}", self.name))?;
        let output = child.stdout.take().context("a piped output is there")?;
        let mut count = Count::default();
        for line in BufReader::new(output).split(b'\n') {
            let line =
                line.with_context(|| format!("failed to read the output of the step {}", self.name))?;
            let line = String::from_utf8_lossy(&line);
            count += Count::of_line(&line).unwrap_or_default();
            terminal::line(line);
        }
        let status = child
            .wait()
            .with_context(|| format!("failed to wait for the step {}", self.name))?;
        Ok((
            if status.success() {
                Outcome::Passed
            } else {
                Outcome::Failed
            },
            count,
        ))
    }
}
