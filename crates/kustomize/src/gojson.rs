//! JSON as Go's `encoding/json` writes it: keys sorted, no spaces, `<`, `>` and `&` escaped.

use std::fmt::Write as _;

use serde_json::{Number, Value};

use crate::decode::sorted;

/// The value on one line.
pub(crate) fn to_string(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, None);
    out
}

/// The value on many lines, indented by two spaces.
pub(crate) fn to_string_indented(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, Some(0));
    out
}

fn write(out: &mut String, value: &Value, indent: Option<usize>) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&self::number(number)),
        Value::String(text) => string(out, text),
        Value::Array(items) => list(out, ('[', ']'), items.iter(), indent, |out, item, indent| {
            write(out, item, indent);
        }),
        Value::Object(map) => list(
            out,
            ('{', '}'),
            sorted(map).into_iter(),
            indent,
            |out, (key, value), indent| {
                string(out, key);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(out, value, indent);
            },
        ),
    }
}

fn list<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl Iterator<Item = T>,
    indent: Option<usize>,
    write: impl Fn(&mut String, T, Option<usize>),
) {
    out.push(open);
    let inner = indent.map(|depth| depth + 1);
    let mut any = false;
    for item in items {
        if any {
            out.push(',');
        }
        any = true;
        line(out, inner);
        write(out, item, inner);
    }
    if any {
        line(out, indent);
    }
    out.push(close);
}

fn line(out: &mut String, indent: Option<usize>) {
    if let Some(depth) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
}

/// A number in Go's form: an exponent only for the very large and the very small.
pub(crate) fn number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            let size = float.abs();
            if size != 0.0 && !(1e-6..1e21).contains(&size) {
                let text = format!("{float:e}");
                match text.split_once('e') {
                    Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
                    _ => text,
                }
            } else {
                format!("{float}")
            }
        }
        _ => number.to_string(),
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writes_as_go_does() {
        assert_eq!(
            to_string(&json!({"b": [1, 1.5, 1e21, 1e-7, null], "a": "<&>\u{2028}\u{1}\"é"})),
            "{\"a\":\"\\u003c\\u0026\\u003e\\u2028\\u0001\\\"é\",\"b\":[1,1.5,1e+21,1e-7,null]}"
        );
        assert_eq!(
            to_string_indented(&json!({"a": {"b": []}})),
            "{\n  \"a\": {\n    \"b\": []\n  }\n}"
        );
    }
}
