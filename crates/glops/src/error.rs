//! What a command ends with: an exit code, and for a failure the message, its causes and what to do next.

use std::{fmt, process::ExitCode};

/// How a command that did not fail ended. The numbers are stable; scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or with `--exit-code` nothing changes: 0.
    Done,
    /// With `--exit-code`, something changes: 2.
    Changes,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Changes => 2,
        })
    }
}

/// The exit code of every error, wrong usage included.
pub(crate) const FAILED: u8 = 1;

/// Why a command failed and what to do about it.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) error: anyhow::Error,
    pub(crate) hints: Vec<String>,
}

/// What commands return.
pub(crate) type Result<T, E = CommandError> = std::result::Result<T, E>;

impl CommandError {
    /// A failure that has no cause but itself.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self {
            error: anyhow::anyhow!("{message}"),
            hints: Vec::new(),
        }
    }

    /// The same as an error that is only borrowed, with its causes.
    pub(crate) fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        let chain: Vec<String> = std::iter::successors(Some(error), |error| error.source())
            .map(ToString::to_string)
            .collect();
        let mut texts = chain.into_iter().rev();
        let innermost = anyhow::anyhow!("{}", texts.next().unwrap_or_default());
        Self {
            error: texts.fold(innermost, anyhow::Error::context),
            hints: Vec::new(),
        }
    }

    /// Says what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The message, then each cause once.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for cause in self.error.chain() {
            let text = cause.to_string();
            // libraries that repeat their source in their text would print it twice
            if lines.last().is_none_or(|last| !last.contains(&text)) {
                lines.push(text);
            }
        }
        lines
    }
}

impl<E: Into<anyhow::Error>> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            hints: Vec::new(),
        }
    }
}

/// Adds what was being done, and hints, to any error.
pub(crate) trait Context<T> {
    /// What failed: `failed to …`.
    fn context(self, message: impl fmt::Display + Send + Sync + 'static) -> Result<T>;
    /// What to do about it.
    fn hint(self, hint: impl Into<String>) -> Result<T>;
}

impl<T, E: Into<CommandError>> Context<T> for Result<T, E> {
    fn context(self, message: impl fmt::Display + Send + Sync + 'static) -> Result<T> {
        self.map_err(|error| {
            let CommandError { error, hints } = error.into();
            CommandError {
                error: error.context(message),
                hints,
            }
        })
    }

    fn hint(self, hint: impl Into<String>) -> Result<T> {
        self.map_err(|error| error.into().hint(hint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_printed_once() {
        let failure: Result<()> = Err(CommandError::new("connection refused")).context("failed to list Pods");
        let failure = failure.hint("is the cluster up?").unwrap_err();
        assert_eq!(failure.lines(), ["failed to list Pods", "connection refused"]);
        assert_eq!(failure.hints, ["is the cluster up?"]);
    }
}
