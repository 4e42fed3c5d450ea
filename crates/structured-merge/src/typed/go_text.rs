//! How Go prints the values in the server's texts.

use std::fmt::Write as _;

use serde_json::Value;

use crate::path::Scalar;

/// A decoded value as `%v` prints the server's holder of it: `&{yes}`, `&{map[a:1]}`.
pub(super) fn held(value: &Value) -> String {
    format!("&{{{}}}", plain(value))
}

/// The same as `%#v` prints it: `&value.valueUnstructured{Value:1}`.
pub(super) fn held_as_source(value: &Value) -> String {
    format!("&value.valueUnstructured{{Value:{}}}", source(value))
}

/// The name of the type of a decoded value.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_i64() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => {
            let mut entries: Vec<String> = fields
                .iter()
                .map(|(name, field)| format!("{name}:{}", plain(field)))
                .collect();
            entries.sort();
            format!("map[{}]", entries.join(" "))
        }
        scalar => Scalar::from_value(scalar).to_string(),
    }
}

fn source(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(source).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(fields) => {
            let mut entries: Vec<String> = fields
                .iter()
                .map(|(name, field)| format!("{}:{}", Scalar::String(name.into()), source(field)))
                .collect();
            entries.sort();
            let mut text = String::from("map[string]interface {}{");
            // writing to a string cannot fail
            let _ = write!(text, "{}}}", entries.join(", "));
            text
        }
        scalar => Scalar::from_value(scalar).to_string(),
    }
}
