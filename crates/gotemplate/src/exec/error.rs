//! Errors of execution, in Go's words.

use super::limits::LimitError;
use crate::function::CallError;

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

/// A template failed. The text is Go's, whole, with the texts of all errors within.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct ExecError {
    text: String,
    template: String,
    location: Option<Location>,
    cause: Option<Box<CallError>>,
}

impl ExecError {
    pub(super) fn at(
        location: Location,
        template: &str,
        context: &str,
        message: &str,
        cause: Option<CallError>,
    ) -> Self {
        let Location { file, line, column } = &location;
        let quoted = crate::text::quote::quoted(template.as_bytes());
        Self {
            text: format!("template: {file}:{line}:{column}: executing {quoted} at <{context}>: {message}"),
            template: template.to_owned(),
            location: Some(location),
            cause: cause.map(Box::new),
        }
    }

    pub(super) fn plain(text: String, template: &str, cause: Option<CallError>) -> Self {
        Self {
            text,
            template: template.to_owned(),
            location: None,
            cause: cause.map(Box::new),
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
        Self::plain(limit.to_string(), "", Some(CallError::Limit(limit)))
    }
}
