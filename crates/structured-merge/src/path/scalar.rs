use std::cmp::Ordering;
use std::fmt::{self, Write};
use std::sync::Arc;

use serde_json::Value;
use smol_str::SmolStr;

use super::go_format::{Html, write_float, write_json_float, write_json_string, write_quoted};

/// A value inside a path: a part of a list item's key, or an item of a set.
///
/// Whole numbers and floats compare by number, for numbers read from `fieldsV1` are floats, as on the server,
/// and those of objects are not. The order is the server's: numbers, strings, booleans, everything else.
#[derive(Clone, Debug)]
pub enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number of an object.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    String(SmolStr),
    /// A list or a map: no schema allows it, but a field set may hold it.
    Composite(Arc<Value>),
}

impl Scalar {
    /// The value as an object holds it.
    pub fn from_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Self::Int(number),
                None => Self::Float(number.as_f64().unwrap_or(f64::MAX)),
            },
            Value::String(text) => Self::String(text.into()),
            Value::Array(_) | Value::Object(_) => Self::Composite(Arc::new(value.clone())),
        }
    }

    /// The value as `fieldsV1` holds it, where every number is a float.
    pub(super) fn from_field_set(value: &Value) -> Self {
        match Self::from_value(value) {
            Self::Int(number) => Self::Float(number as f64),
            other => other,
        }
    }

    /// Whether an object's value is this one, without making a `Scalar` of it.
    pub fn equals_value(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::String(text), Value::String(other)) => text == other,
            (Self::Bool(flag), Value::Bool(other)) => flag == other,
            (Self::Int(number), Value::Number(other)) if other.is_i64() => other.as_i64() == Some(*number),
            (Self::Int(number), Value::Number(other)) => other.as_f64() == Some(*number as f64),
            (Self::Float(number), Value::Number(other)) => other.as_f64() == Some(*number),
            (Self::Null, Value::Null) => true,
            (Self::Composite(value), other) => **value == *other,
            _ => false,
        }
    }

    /// Writes the value as JSON, as the server does inside `k:` and `v:`.
    pub(super) fn write_json(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(flag) => write!(out, "{flag}"),
            Self::Int(number) => write!(out, "{number}"),
            Self::Float(number) => write_json_float(*number, out),
            Self::String(text) => write_json_string(text, Html::Escaped, out),
            Self::Composite(value) => write!(out, "{value}"),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Int(_) | Self::Float(_) => 0,
            Self::String(_) => 1,
            Self::Bool(_) => 2,
            Self::Composite(value) if value.is_array() => 3,
            Self::Composite(_) => 4,
            Self::Null => 5,
        }
    }
}

impl Ord for Scalar {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::String(a), Self::String(b)) => a.as_str().cmp(b.as_str()),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Int(a), Self::Float(b)) => (*a as f64).total_cmp(b),
            (Self::Float(a), Self::Int(b)) => a.total_cmp(&(*b as f64)),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Composite(a), Self::Composite(b)) if self.rank() == other.rank() => {
                a.to_string().cmp(&b.to_string())
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Scalar {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Scalar {}

impl fmt::Display for Scalar {
    /// As in the server's conflict messages: strings quoted, floats as Go prints them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) => write_float(*number, f),
            Self::String(text) => write_quoted(text, f),
            Self::Composite(value) => write_composite(value, f),
        }
    }
}

fn write_composite(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Array(items) => {
            f.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    f.write_char(',')?;
                }
                write!(f, "{}", Scalar::from_value(item))?;
            }
            f.write_char(']')
        }
        Value::Object(fields) => fields
            .iter()
            .try_for_each(|(name, field)| write!(f, "{name}={}", Scalar::from_value(field))),
        scalar => write!(f, "{}", Scalar::from_value(scalar)),
    }
}
