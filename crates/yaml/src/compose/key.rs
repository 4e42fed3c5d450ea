use crate::resolve::Scalar;

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
    pub(super) fn of(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Null => Self::Null,
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Int(value) => Self::Int(value),
            Scalar::Uint(value) => Self::Uint(value),
            Scalar::Float(value) => Self::Float((value + 0.0).to_bits()),
            Scalar::Timestamp(value) => Self::Text(value.to_string()),
            Scalar::Str(value) => Self::Text(value.into_owned()),
            Scalar::Binary(bytes) => Self::Text(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }
}
