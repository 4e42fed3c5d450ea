//! One program that a test run starts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

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

/// Named commands, which run one after the other.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: String,
    commands: Vec<Command>,
}

impl Step {
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            commands: Vec::new(),
        }
    }

    /// Adds cargo with arguments, at the repository's root.
    pub(super) fn cargo(self, arguments: &[&str]) -> Self {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(repository::root());
        self.command(command)
    }

    pub(super) fn command(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Runs all commands, passes their output on, and counts the tests that they report.
    pub(super) fn run(mut self) -> Result<(Outcome, Count)> {
        if self.commands.is_empty() {
            bail!("nothing was built for the step {}", self.name);
        }
        let mut count = Count::default();
        let mut outcome = Outcome::Passed;
        for command in &mut self.commands {
            let passed =
                run(command, &mut count).with_context(|| format!("failed to run the step {}", self.name))?;
            if !passed {
                outcome = Outcome::Failed;
            }
        }
        Ok((outcome, count))
    }
}

/// Whether the command ended well.
fn run(command: &mut Command, count: &mut Count) -> Result<bool> {
    terminal::line(format!("\n     Running {}", command.get_program().display()));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("a piped output is there")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        *count += Count::of_line(&line).unwrap_or_default();
        terminal::line(line);
    }
    Ok(child.wait()?.success())
}
