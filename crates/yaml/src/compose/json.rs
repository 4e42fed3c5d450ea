//! Scalars as JSON has them, and Go's words for those that it has not.

use std::borrow::Cow;

use serde_json::Value;

use crate::resolve::{Resolved, json_number};

/// A scalar as JSON; the error is Go's text.
pub(crate) fn value_of(resolved: Resolved, text: Cow<'_, str>) -> Result<Value, String> {
    Ok(match resolved {
        Resolved::Null => Value::Null,
        Resolved::Bool(value) => Value::Bool(value),
        Resolved::Int(value) => Value::from(value),
        Resolved::Uint(value) => Value::from(value),
        Resolved::Text => Value::String(text.into_owned()),
        Resolved::Binary(bytes) => Value::String(text_of(&bytes)),
        Resolved::Float(value) => json_number(value)
            .map(Value::Number)
            .ok_or_else(|| unsupported_float(value))?,
        Resolved::Timestamp(value) => {
            let problem = "json: error calling MarshalJSON for type time.Time: \
                Time.MarshalJSON: timezone hour outside of range [0,23]";
            value.json().map(Value::String).ok_or(problem)?
        }
    })
}

fn unsupported_float(number: f64) -> String {
    let name = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    };
    format!("json: unsupported value: {name}")
}

/// Bytes as text, each byte that is no UTF-8 replaced, as Go does on the way to JSON.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('\u{FFFD}', chunk.invalid().len()));
    }
    text
}
