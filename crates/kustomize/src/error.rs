use std::fmt;

/// What kind of failure an [`Error`] is, for callers that treat some apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The files say something that cannot be built.
    Invalid,
    /// A file is no YAML.
    MalformedYaml,
    /// A URL answered with a failure.
    Http,
    /// Something lies outside of the tree and no resolver was passed in, or it could not get it: the reference.
    Remote(String),
    /// A function or program would have to run, or a chart be rendered, and the caller passed nothing for it.
    NotEnabled,
}

/// Why a build failed. The text is what `kustomize build` prints after `Error: `, so that what is known about
/// its messages holds here too: each step puts its words before those of the step below.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    reason: Reason,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::with_reason(Reason::Invalid, message)
    }

    pub(crate) fn with_reason(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            reason,
        }
    }

    /// What kind of failure it is.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The same failure, seen from one step further out.
    pub(crate) fn within(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// The same failure, but as what something remote was missing, if that was why the other one failed.
    pub(crate) fn caused_as(mut self, first: &Self) -> Self {
        if matches!(first.reason, Reason::Remote(_)) {
            self.reason = first.reason.clone();
        }
        self
    }

    /// The same failure with other words.
    pub(crate) fn reworded(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }
}

/// Puts words before an error's.
pub(crate) trait Context<T> {
    fn context(self, context: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn context(self, context: impl FnOnce() -> String) -> Self {
        self.map_err(|error| error.within(context()))
    }
}

/// Shorthand for `Err(Error::new(format!(..)))`.
macro_rules! fail {
    ($($words:tt)*) => {
        return Err($crate::error::Error::new(format!($($words)*)))
    };
}
pub(crate) use fail;
