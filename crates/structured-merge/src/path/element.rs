use std::fmt::{self, Write};
use std::sync::Arc;

use smol_str::SmolStr;

use super::go_format::{Html, write_json_string};
use super::key_fields::KeyFields;
use super::scalar::Scalar;

/// One step of a path. The order is that in which the server writes `fieldsV1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathElement {
    /// `f:`, a field of a map.
    Field(SmolStr),
    /// `k:`, the item of a keyed list that has these key fields.
    Key(Key),
    /// `v:`, the item of a set that has this value.
    Value(Scalar),
    /// `i:`, the item of a list at this place.
    Index(i64),
}

/// The key fields of a list item with their values, sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Arc<[(SmolStr, Scalar)]>);

/// Why a text is no path element.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPathElement {
    /// Neither `f:`, `k:`, `v:` nor `i:`, but of that form: a later server may know it, so it is skipped.
    #[error("unknown type of path element {0:?}")]
    UnknownType(char),
    /// Not of the form `x:...`.
    #[error("path element {0:?} has no type")]
    NoType(String),
    /// `k:` or `v:` with something that is no JSON.
    #[error("path element {element:?} holds no JSON")]
    Json {
        /// The whole text.
        element: String,
        /// What the JSON reader says.
        source: serde_json::Error,
    },
    /// `k:` with something that is no JSON object.
    #[error("path element {0:?} holds no JSON object")]
    NotAKey(String),
    /// `i:` with something that is no number.
    #[error("path element {0:?} holds no index")]
    NotAnIndex(String),
}

impl Key {
    /// Sorts the fields by name.
    pub fn new(mut fields: Vec<(SmolStr, Scalar)>) -> Self {
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        Self(fields.into())
    }

    /// The key fields, sorted by name.
    pub fn fields(&self) -> &[(SmolStr, Scalar)] {
        &self.0
    }

    fn read(text: &str, element: &str) -> Result<Self, InvalidPathElement> {
        match serde_json::from_str(text) {
            Ok(KeyFields(fields)) => Ok(Self::new(fields)),
            Err(source) if source.is_data() => Err(InvalidPathElement::NotAKey(element.to_owned())),
            Err(source) => Err(json_error(element, source)),
        }
    }
}

impl PathElement {
    /// A field of a map.
    pub fn field(name: &str) -> Self {
        Self::Field(name.into())
    }

    /// Reads `f:name`, `k:{"name":"web"}`, `v:"a"` or `i:3`.
    pub fn read(text: &str) -> Result<Self, InvalidPathElement> {
        let mut characters = text.chars();
        let (Some(kind), Some(':')) = (characters.next(), characters.next()) else {
            return Err(InvalidPathElement::NoType(text.to_owned()));
        };
        let rest = characters.as_str();
        match kind {
            'f' => Ok(Self::field(rest)),
            'k' => Key::read(rest, text).map(Self::Key),
            'v' => match serde_json::from_str(rest) {
                Ok(value) => Ok(Self::Value(Scalar::from_field_set(&value))),
                Err(source) => Err(json_error(text, source)),
            },
            'i' => match rest.parse() {
                Ok(index) => Ok(Self::Index(index)),
                Err(_) => Err(InvalidPathElement::NotAnIndex(text.to_owned())),
            },
            other => Err(InvalidPathElement::UnknownType(other)),
        }
    }

    /// Writes what [`PathElement::read`] reads.
    pub fn write(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Field(name) => {
                out.write_str("f:")?;
                out.write_str(name)
            }
            Self::Key(key) => {
                out.write_str("k:{")?;
                for (index, (name, value)) in key.fields().iter().enumerate() {
                    if index > 0 {
                        out.write_char(',')?;
                    }
                    write_json_string(name, Html::Plain, out)?;
                    out.write_char(':')?;
                    value.write_json(out)?;
                }
                out.write_char('}')
            }
            Self::Value(value) => {
                out.write_str("v:")?;
                value.write_json(out)
            }
            Self::Index(index) => write!(out, "i:{index}"),
        }
    }
}

fn json_error(element: &str, source: serde_json::Error) -> InvalidPathElement {
    InvalidPathElement::Json {
        element: element.to_owned(),
        source,
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (index, (name, value)) in self.fields().iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            write!(f, "{name}={value}")?;
        }
        f.write_char(']')
    }
}

impl fmt::Display for PathElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(key) => key.fmt(f),
            Self::Value(value) => write!(f, "[={value}]"),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}
