//! Sprig's generous conversions: to numbers (as the library `cast` has them) and to text.

use crate::exec::{Context, LimitError};
use crate::fmt;
use crate::parse::number;
use crate::value::{Str, Value};

/// `cast.ToInt64`: what cannot be converted is zero.
pub(super) fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(int) | Value::Int64(int) => *int,
        Value::Uint8(uint) => i64::from(*uint),
        Value::Uint64(uint) => *uint as i64,
        Value::Float(float) => truncated(*float),
        Value::Str(text) => number::parse_int(without_zero_fraction(&text.to_text())).unwrap_or(0),
        Value::Bool(value) => i64::from(*value),
        _ => 0,
    }
}

/// Go's conversion on amd64: what does not fit is the smallest integer.
fn truncated(float: f64) -> i64 {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float);
    if fits { float as i64 } else { i64::MIN }
}

/// `1.00` as `1`.
fn without_zero_fraction(text: &str) -> &str {
    let whole = text.trim_end_matches('0');
    match whole.strip_suffix('.') {
        Some(whole_part) if whole.len() < text.len() => whole_part,
        _ => text,
    }
}

/// `cast.ToFloat64`: what cannot be converted is zero.
pub(super) fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Float(float) => *float,
        Value::Int(int) | Value::Int64(int) => *int as f64,
        Value::Uint8(uint) => f64::from(*uint),
        Value::Uint64(uint) => *uint as f64,
        Value::Str(text) => float_of(&text.to_text()),
        Value::Bool(value) => f64::from(u8::from(*value)),
        _ => 0.0,
    }
}

fn float_of(text: &str) -> f64 {
    if let Some(float) = number::parse_float(text) {
        return float;
    }
    let (sign, name) = match text.strip_prefix('-') {
        Some(name) => (-1.0, name),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    match name.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => sign * f64::INFINITY,
        "nan" if name.len() == text.len() => f64::NAN,
        _ => 0.0,
    }
}

/// The text of a value: strings and bytes as they are, all else as `%v`.
pub(super) fn text(context: &Context<'_>, value: &Value) -> Result<Str, LimitError> {
    match value {
        Value::Str(text) | Value::Bytes(text) => Ok(text.clone()),
        other => fmt::print(context, other),
    }
}

/// The texts of a list's items without the nil ones; a single value is a list of itself.
pub(super) fn texts(context: &Context<'_>, value: &Value) -> Result<Vec<Str>, LimitError> {
    match value {
        Value::List(list) => {
            let items = list.items().iter().filter(|item| !matches!(item, Value::Nil));
            items.map(|item| text(context, item)).collect()
        }
        Value::Bytes(bytes) => Ok(bytes.iter().map(|byte| Str::from(byte.to_string())).collect()),
        Value::Nil => Ok(Vec::new()),
        single => Ok(vec![text(context, single)?]),
    }
}
