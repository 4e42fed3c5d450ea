//! What a command ends with: an exit code, and for a failure the message, its causes and what to do next.

use std::{fmt, process::ExitCode};

use engine::cluster;

/// How a command that did not fail ended. The numbers are stable; scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or with `--exit-code` nothing changes: 0.
    Done,
    /// With `--exit-code`, something changes: 2.
    Changes,
    /// A gate of `--fail-on` refuses what would be done: 3.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Changes => 2,
            Exit::Refused => 3,
        })
    }
}

/// The exit code of every error, wrong usage included.
pub(crate) const FAILED: u8 = 1;

/// How causes begin that only say that there is a cause.
const WRAPPERS: [&str; 3] = ["ServiceError: ", "client error (", "connection error"];

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
        let last = lines.len().saturating_sub(1);
        let says_nothing = |text: &str| WRAPPERS.iter().any(|wrapper| text.starts_with(wrapper));
        let lines = lines.into_iter().enumerate();
        lines
            .filter(|(index, text)| *index == last || !says_nothing(text))
            .map(|(_, text)| text)
            .collect()
    }

    /// What to do next: what the command knows, else what can be told from the failure itself.
    pub(crate) fn advice(&self) -> Vec<String> {
        if !self.hints.is_empty() {
            return self.hints.clone();
        }
        let cluster = self.error.chain().find_map(cluster_error);
        cluster.and_then(advice).map(str::to_owned).into_iter().collect()
    }
}

fn cluster_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a cluster::Error> {
    cause
        .downcast_ref::<cluster::Error>()
        .or_else(|| cause.downcast_ref::<Box<cluster::Error>>().map(AsRef::as_ref))
}

/// What a person can do about it when a cluster does not do what it was asked.
fn advice(error: &cluster::Error) -> Option<&'static str> {
    match error {
        cluster::Error::Unreachable { .. } => Some(
            "is the cluster up, and is this its kubeconfig? --kubeconfig and --context choose another; \
             --request-timeout says how long to wait",
        ),
        _ if error.is_code(401) => {
            Some("the cluster does not know who you are: are the credentials of the kubeconfig still good?")
        }
        _ if error.is_code(403) => {
            Some("ask who administers the cluster for this right, or act as somebody who has it by --as")
        }
        _ => None,
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

    #[test]
    fn a_wrapper_is_left_out_unless_it_is_all_there_is() {
        let failure: Result<()> =
            Err(CommandError::new("connection refused")).context("ServiceError: client error (Connect)");
        let failure = failure.context("failed to list Pods").unwrap_err();
        assert_eq!(failure.lines(), ["failed to list Pods", "connection refused"]);
        assert_eq!(
            CommandError::new("connection error").lines(),
            ["connection error"]
        );
    }

    #[test]
    fn what_a_cluster_refuses_comes_with_advice() {
        let unknown = cluster::Error::Unreachable {
            operation: "list Pod objects".into(),
            source: "refused".into(),
        };
        let boxed = anyhow::Error::new(Box::new(unknown)).context("failed to read inventory a/b");
        let failure = CommandError::from(boxed);
        assert!(failure.advice().concat().contains("is the cluster up"));
        assert_eq!(failure.hint("this instead").advice(), ["this instead"]);
    }
}
