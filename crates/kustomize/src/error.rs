use std::fmt;

use bytes::Bytes;
use yaml::{Path, Reader, Step};

/// The fields of a kustomization, and of their entries, that name files and directories, or hold a patch.
const FILE_FIELDS: [&str; 20] = [
    "resources",
    "bases",
    "components",
    "crds",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "patchesStrategicMerge",
    "path",
    "patch",
    "files",
    "envs",
    "env",
    "valuesFile",
    "values",
    "additionalValuesFiles",
    "chartHome",
    "targetFilePath",
    "paths",
];

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
    /// The path, or the patch, as a kustomization has it, of what failed.
    culprit: Option<Box<str>>,
}

/// Where a build found what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("found in {file}{}{}", part("line", .line.as_ref()), part("field", .field.as_ref()))]
pub struct Place {
    /// The file, as messages show it.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The field of the file, as in `patches[1].path`, where it is known.
    pub field: Option<String>,
}

fn part(name: &str, value: Option<&impl fmt::Display>) -> String {
    value.map_or_else(String::new, |value| format!(", {name} {value}"))
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
            culprit: None,
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

    /// The same failure, found on that line of a file that is named later.
    pub(crate) fn on_line(mut self, line: usize) -> Self {
        self.place.get_or_insert_default().line = Some(line);
        self
    }

    /// The same failure, found in that field of a file that is named later; `text` is what the file holds.
    pub(crate) fn in_field(mut self, text: &[u8], path: &[Step]) -> Self {
        let found = yaml::find(text, Reader::V2, |candidate, _| candidate == path);
        let place = self.place.get_or_insert_default();
        place.line = found.map(|found| found.line);
        place.field = Some(Path(path).to_string());
        self
    }

    /// The same failure, of something that a kustomization names with that path.
    pub(crate) fn about(mut self, path: &str) -> Self {
        if self.place.is_none() && self.culprit.is_none() {
            self.culprit = Some(path.into());
        }
        self
    }

    /// The same failure, found where the kustomization file `text` names what could not be loaded.
    pub(crate) fn where_named(self, text: impl FnOnce() -> Option<Bytes>) -> Self {
        let Some(culprit) = self.culprit.clone().filter(|_| self.place.is_none()) else {
            return self;
        };
        let Some(text) = text() else { return self };
        let names =
            |path: &[Step], value: Option<&str>| value.is_some_and(|value| names_file(path, value, &culprit));
        match yaml::find(&text, Reader::V2, names) {
            Some(found) => self.in_field(&text, &found.path),
            None => self,
        }
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

    /// The same failure, but as what something remote was missing, if that was why the other one failed.
    pub(crate) fn caused_as(mut self, first: &Self) -> Self {
        if matches!(first.reason, Reason::Remote(_)) {
            self.reason = first.reason.clone();
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

/// Whether a field names a file by that path: alone, or behind the key that it gets.
fn names_file(field: &[Step], value: &str, path: &str) -> bool {
    let name = field.iter().rev().find_map(|step| match step {
        Step::Field(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    let is_it = value == path || value.split_once('=').is_some_and(|(_, file)| file == path);
    is_it && name.is_some_and(|name| FILE_FIELDS.contains(&name))
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
