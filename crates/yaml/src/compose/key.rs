use super::json::text_of;
use crate::resolve::Resolved;

/// A key of a mapping as Go tells keys apart: by type and value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    /// The bits, with one zero; no two NaN are equal in Go, but that no one will miss.
    Float(u64),
    Text(String),
}

impl Key {
    pub(super) fn of(resolved: Resolved, text: &str) -> Self {
        match resolved {
            Resolved::Null => Self::Null,
            Resolved::Bool(value) => Self::Bool(value),
            Resolved::Int(value) => Self::Int(value),
            Resolved::Uint(value) => Self::Uint(value),
            Resolved::Float(value) => Self::Float((value + 0.0).to_bits()),
            Resolved::Timestamp(value) => Self::Text(value.to_string()),
            Resolved::Text => Self::Text(text.to_owned()),
            Resolved::Binary(bytes) => Self::Text(text_of(&bytes)),
        }
    }
}
