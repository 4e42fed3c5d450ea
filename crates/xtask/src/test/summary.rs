//! The table at the end of a test run.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::count::Count;
use super::step::{Outcome, Step};
use crate::terminal;

/// What happened so far.
#[derive(Debug, Default)]
pub(super) struct Summary {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    outcome: Outcome,
    count: Count,
    time: Duration,
    remark: String,
}

impl Summary {
    /// Runs a step and notes how it ended.
    pub(super) fn add(&mut self, step: Step) -> Outcome {
        let name = step.name.clone();
        self.note(&name, || step.run())
    }

    /// Runs a check of our own and notes how it ended.
    pub(super) fn check(&mut self, name: &str, check: impl FnOnce() -> Result<()>) -> Outcome {
        self.note(name, || check().map(|()| (Outcome::Passed, Count::default())))
    }

    /// Notes a step that cannot run here.
    pub(super) fn skip(&mut self, name: &str, remark: &str) {
        let (outcome, remark) = (Outcome::Skipped, remark.to_owned());
        let (count, time) = (Count::default(), Duration::ZERO);
        self.rows.push(Row {
            name: name.to_owned(),
            outcome,
            count,
            time,
            remark,
        });
    }

    /// Whether a step failed.
    pub(super) fn failed(&self) -> bool {
        self.rows.iter().any(|row| row.outcome == Outcome::Failed)
    }

    fn note(&mut self, name: &str, run: impl FnOnce() -> Result<(Outcome, Count)>) -> Outcome {
        terminal::heading(name);
        let begin = Instant::now();
        let (outcome, count, remark) = match run() {
            Ok((outcome, count)) => (outcome, count, String::new()),
            Err(error) => (Outcome::Failed, Count::default(), format!("{error:#}")),
        };
        self.rows.push(Row {
            name: name.to_owned(),
            outcome,
            count,
            time: begin.elapsed(),
            remark,
        });
        outcome
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "\n{:<20} {:<8} {:>7} {:>7} {:>8}",
            "step", "outcome", "passed", "failed", "seconds"
        )?;
        let mut all = Count::default();
        let mut time = Duration::ZERO;
        for row in &self.rows {
            all += row.count;
            time += row.time;
            writeln!(formatter, "{row}")?;
        }
        write!(
            formatter,
            "{:<20} {:<8} {:>7} {:>7} {:>8.1}",
            "all",
            "",
            all.passed,
            all.failed,
            time.as_secs_f64()
        )
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::Skipped => "skipped",
        };
        let (name, seconds) = (&self.name, self.time.as_secs_f64());
        if self.count == Count::default() {
            write!(
                formatter,
                "{name:<20} {outcome:<8} {:>7} {:>7} {seconds:>8.1}",
                "", ""
            )?;
        } else {
            let Count { passed, failed } = self.count;
            write!(
                formatter,
                "{name:<20} {outcome:<8} {passed:>7} {failed:>7} {seconds:>8.1}"
            )?;
        }
        if self.remark.is_empty() {
            Ok(())
        } else {
            write!(formatter, "  {}", self.remark)
        }
    }
}
