//! Errors of execution, in Go's words.

use std::fmt;

use super::limits::LimitError;
use crate::function::CallError;
use crate::text::quote::quoted;

/// Where a template failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Name that the file was parsed under.
    pub file: String,
    /// Line, from one.
    pub line: usize,
    /// Byte in the line, from zero.
    pub column: usize,
}

/// A template failed. The text is Go's, whole, with the texts of all errors within; they quote values.
#[derive(thiserror::Error)]
#[error("{text}")]
pub struct ExecError {
    text: String,
    outline: String,
    template: String,
    location: Option<Location>,
    cause: Option<Box<CallError>>,
}

/// What is wrong, whole and in outline.
pub(super) struct Problem {
    message: String,
    outline: Option<String>,
    cause: Option<CallError>,
}

impl Problem {
    /// One whose message holds no value and no constant of a template.
    pub(super) fn open(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            outline: Some(message.clone()),
            message,
            cause: None,
        }
    }

    /// One whose message quotes a value, or what a template holds.
    pub(super) fn quoting(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            outline: None,
            cause: None,
        }
    }

    /// The same of a template as a whole.
    pub(super) fn of_template(self, template: &str, is_data: bool) -> Self {
        let of_file = |outline| format!("template: {template}: {outline}");
        Self {
            message: format!("template: {template}: {}", self.message),
            outline: self.outline.filter(|_| !is_data).map(of_file),
            ..self
        }
    }

    /// A function failed.
    pub(super) fn of_call(function: &str, error: CallError) -> Self {
        let calling = format!("error calling {function}");
        Self {
            message: format!("{calling}: {error}"),
            outline: Some(match error.outline() {
                Some(within) => format!("{calling}: {within}"),
                None => calling,
            }),
            cause: Some(error),
        }
    }
}

impl From<LimitError> for Problem {
    fn from(limit: LimitError) -> Self {
        Self {
            cause: Some(CallError::Limit(limit)),
            ..Self::open(limit.to_string())
        }
    }
}

/// What was being executed, whole and in outline.
pub(super) struct Executing<'e> {
    /// Name of the template.
    pub(super) template: &'e str,
    /// The node as it is written.
    pub(super) node: &'e str,
    /// The node without constants; none in a text that is a value.
    pub(super) outline: Option<&'e str>,
}

impl ExecError {
    pub(super) fn at(location: Location, executing: &Executing<'_>, problem: Problem) -> Self {
        let Location { file, line, column } = &location;
        let Executing {
            template,
            node,
            outline,
        } = executing;
        let name = quoted(template.as_bytes());
        let start = format!("template: {file}:{line}:{column}: executing");
        let is_data = outline.is_none();
        let known = match outline {
            Some(node) => format!("{start} {name} at <{node}>"),
            None => format!("{start} a text of the data"),
        };
        Self {
            text: format!("{start} {name} at <{node}>: {}", problem.message),
            outline: match problem.outline {
                Some(outline) if !is_data || problem.cause.is_some() => format!("{known}: {outline}"),
                _ => known,
            },
            template: (*template).to_owned(),
            location: Some(location),
            cause: problem.cause.map(Box::new),
        }
    }

    /// An error that has no place.
    pub(super) fn nowhere(template: &str, problem: Problem) -> Self {
        Self {
            text: problem.message,
            outline: problem
                .outline
                .unwrap_or_else(|| "template: it cannot be executed".to_owned()),
            template: template.to_owned(),
            location: None,
            cause: problem.cause.map(Box::new),
        }
    }

    /// Name of the template that failed.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Where it failed.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// The text without values, constants of templates, and the words of functions: what failed where, and on which
    /// way. All that is left out may be secret.
    pub fn outline(&self) -> &str {
        &self.outline
    }

    /// The error of the function that failed, if one did: what `errors.Unwrap` gives after the wrappers with
    /// this same text.
    pub fn cause(&self) -> Option<&CallError> {
        self.cause.as_deref()
    }

    /// The limit that was reached, however deep within.
    pub fn limit(&self) -> Option<LimitError> {
        self.cause().and_then(CallError::limit)
    }
}

impl From<LimitError> for ExecError {
    fn from(limit: LimitError) -> Self {
        Self::nowhere("", limit.into())
    }
}

impl fmt::Debug for ExecError {
    /// Without values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExecError({:?})", self.outline)
    }
}
