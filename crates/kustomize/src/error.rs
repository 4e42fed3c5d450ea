use std::fmt;

use yaml::{Path, Step};

use crate::place::{self, Place};

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
/// its messages holds here too: each step puts its words before those of the step below. kustomize quotes what
/// files hold, which may be secret: [`Error::without_contents`]. Its source, if any, is a [`Place`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    message: String,
    /// The message without what files hold, where that makes a difference.
    outline: Option<String>,
    reason: Reason,
    #[source]
    place: Option<Box<Place>>,
    /// The steps from what is wrong out to the whole of its file, innermost first; unknown to whom the file is not.
    way_out: Vec<Step>,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::with_reason(Reason::Invalid, message)
    }

    pub(crate) fn with_reason(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            outline: None,
            reason,
            place: None,
            way_out: Vec::new(),
        }
    }

    /// What is wrong with a YAML text, in go-yaml's words.
    pub(crate) fn of_yaml(error: &yaml::Error) -> Self {
        Self::quoting(error.go_text(), error.to_string())
    }

    /// A failure whose message quotes what a file holds; `outline` says the same without it.
    pub(crate) fn quoting(message: impl Into<String>, outline: impl Into<String>) -> Self {
        Self {
            outline: Some(outline.into()),
            ..Self::new(message)
        }
    }

    /// The same failure, but its message quotes nothing that a file holds beyond names and paths.
    #[must_use]
    pub fn without_contents(mut self) -> Self {
        if let Some(outline) = self.outline.take() {
            self.message = outline;
        }
        self
    }

    /// Where it was found, as far as that is known.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// The same failure, of another kind.
    pub(crate) fn because(mut self, reason: Reason) -> Self {
        self.reason = reason;
        self
    }

    /// The same failure, seen from the field or item that holds what is wrong. When its place is known, nothing changes.
    pub(crate) fn under(mut self, step: impl Into<Step>) -> Self {
        if self.place.is_none() {
            self.way_out.push(step.into());
        }
        self
    }

    /// The same failure, of something that has no fields here: it stands in a text of its own that has no name.
    pub(crate) fn of_whole(mut self) -> Self {
        self.way_out.clear();
        self.place = self.place.filter(|place| !place.file.is_empty());
        self
    }

    /// The same failure, found on that line of a file that is named later.
    pub(crate) fn on_line(mut self, line: usize) -> Self {
        let way = std::mem::take(&mut self.way_out);
        let field = (!way.is_empty()).then(|| Path(&inwards(way)).to_string());
        self.place = Some(Box::new(Place {
            line: Some(line),
            field,
            ..Place::default()
        }));
        self
    }

    /// The same failure, found in that file, which holds `text`, unless its place is known already.
    pub(crate) fn in_text(mut self, text: &[u8], file: impl FnOnce() -> String) -> Self {
        if self.place.is_none() {
            let way = inwards(std::mem::take(&mut self.way_out));
            self.place = Some(Box::new(place::of(text, &way)));
        }
        self.in_file(file)
    }

    /// The same failure, found in that file, unless it is known already to be of another.
    pub(crate) fn in_file(mut self, file: impl FnOnce() -> String) -> Self {
        let place = self.place.get_or_insert_default();
        if place.file.is_empty() {
            place.file = file();
        }
        self
    }

    /// What kind of failure it is.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The same failure, seen from one step further out.
    pub(crate) fn within(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self.outline = self.outline.map(|outline| format!("{context}: {outline}"));
        self
    }

    /// Like [`Self::within`], with words that quote what a file holds, and such that do not.
    pub(crate) fn within_quoting(mut self, context: &str, outline: &str) -> Self {
        let inner = self.outline.as_deref().unwrap_or(&self.message);
        self.outline = Some(format!("{outline}: {inner}"));
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// The same failure, but as what something remote was missing, if that was why the other one failed, and where
    /// that one was found.
    pub(crate) fn caused_as(mut self, first: &Self) -> Self {
        if matches!(first.reason, Reason::Remote(_)) {
            self.reason = first.reason.clone();
        }
        self.found_as(first)
    }

    /// The same failure, found where that one was, if that is known and this one's is not.
    pub(crate) fn found_as(mut self, other: &Self) -> Self {
        if self.place.is_none() {
            self.place.clone_from(&other.place);
        }
        self
    }

    /// The same failure with other words.
    pub(crate) fn reworded(mut self, words: impl Fn(&str) -> String) -> Self {
        self.message = words(&self.message);
        self.outline = self.outline.map(|outline| words(&outline));
        self
    }
}

impl fmt::Debug for Error {
    /// Without what files hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("message", self.outline.as_ref().unwrap_or(&self.message))
            .field("reason", &self.reason)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

fn inwards(mut way_out: Vec<Step>) -> Vec<Step> {
    way_out.reverse();
    way_out
}

/// What each step says of an error that it passes on.
pub(crate) trait Context<T> {
    /// Words before its own.
    fn context(self, context: impl FnOnce() -> String) -> Result<T>;
    /// The field or item that holds what is wrong.
    fn under(self, step: impl Into<Step>) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn context(self, context: impl FnOnce() -> String) -> Self {
        self.map_err(|error| error.within(context()))
    }

    fn under(self, step: impl Into<Step>) -> Self {
        self.map_err(|error| error.under(step))
    }
}

/// Shorthand for `Err(Error::new(format!(..)))`.
macro_rules! fail {
    ($($words:tt)*) => {
        return Err($crate::error::Error::new(format!($($words)*)))
    };
}
pub(crate) use fail;
