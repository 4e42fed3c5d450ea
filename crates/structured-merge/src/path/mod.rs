//! How one field of an object is named: a list of [`PathElement`]s, printed as the API server prints them.

mod element;
mod go_format;
mod key_fields;
mod scalar;

use std::fmt;

pub use element::{InvalidPathElement, Key, PathElement};
pub(crate) use go_format::{Html, write_json_string};
pub use scalar::Scalar;

/// The way from the root of an object to one of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<PathElement>);

impl Path {
    /// A path of plain field names.
    pub fn fields<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(PathElement::field).collect())
    }
}

impl fmt::Display for Path {
    /// `.spec.template.spec.containers[name="web"].image`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|element| element.fmt(f))
    }
}

impl FromIterator<PathElement> for Path {
    fn from_iter<I: IntoIterator<Item = PathElement>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}
