//! JSON as `encoding/json` writes it, and values from and to `serde_json`.

mod decode;

pub(crate) use decode::decode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::exec::{Context, LimitError, VALUE_DEPTH, stacked};
use crate::function::CallError;
use crate::text::{float, rune};
use crate::value::{List, Map, Value};

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonStyle {
    /// On one line, with `<`, `>` and `&` escaped: `json.Marshal`.
    Compact,
    /// On one line, with nothing escaped that need not be.
    Raw,
    /// Indented by two spaces.
    Pretty,
}

/// A value has no JSON, or a text is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// A function, or a complex number.
    #[error("json: unsupported type: {0}")]
    Type(String),
    /// Not a number, or infinite.
    #[error("json: unsupported value: {0}")]
    Value(String),
    /// A text is not JSON, or holds what Go cannot.
    #[error("{0}")]
    Syntax(String),
    /// A limit is reached.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl From<JsonError> for CallError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Limit(limit) => Self::Limit(limit),
            other => Self::new(other.to_string()),
        }
    }
}

impl Value {
    /// Reads a text as `json.Unmarshal` does.
    pub fn from_json_text(context: &Context<'_>, text: &[u8]) -> Result<Self, JsonError> {
        decode(context, text)
    }

    /// A value as `json.Unmarshal` makes it: all numbers are `float64`.
    pub fn from_json(json: &serde_json::Value) -> Self {
        convert(json, &|number| Self::Float(number.as_f64().unwrap_or_default()))
    }

    /// A value in which integers stay integers, as `int64`.
    pub fn from_json_with_integers(json: &serde_json::Value) -> Self {
        convert(json, &|number| match number.as_i64() {
            Some(int) => Self::Int64(int),
            None => Self::Float(number.as_f64().unwrap_or_default()),
        })
    }

    /// The text of `json.Marshal` and its like.
    pub fn to_json_text(&self, context: &Context<'_>, style: JsonStyle) -> Result<Vec<u8>, JsonError> {
        let mut writer = Writer {
            out: Vec::new(),
            style,
            context,
        };
        writer.value(self, 0)?;
        Ok(writer.out)
    }

    /// The value as JSON data. A float without a fraction is an integer there, as it is in the text.
    pub fn to_json(&self, context: &Context<'_>) -> Result<serde_json::Value, JsonError> {
        data(self, context, 0)
    }
}

fn convert(json: &serde_json::Value, number: &dyn Fn(&serde_json::Number) -> Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(value) => number(value),
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => {
            Value::List(stacked(|| items.iter().map(|item| convert(item, number)).collect::<Vec<_>>()).into())
        }
        serde_json::Value::Object(entries) => Value::Map(stacked(|| {
            entries
                .iter()
                .map(|(key, value)| (key.as_str(), convert(value, number)))
                .collect()
        })),
    }
}

fn check(context: &Context<'_>, depth: usize) -> Result<(), JsonError> {
    if depth > VALUE_DEPTH {
        return Err(LimitError::Nesting(VALUE_DEPTH).into());
    }
    Ok(context.spend(1)?)
}

fn data(value: &Value, context: &Context<'_>, depth: usize) -> Result<serde_json::Value, JsonError> {
    check(context, depth)?;
    Ok(match value {
        Value::Nil => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(int) | Value::Int64(int) => (*int).into(),
        Value::Uint8(uint) => (*uint).into(),
        Value::Uint64(uint) => (*uint).into(),
        Value::Float(_) => {
            let text = float_text(value)?;
            let number: Option<serde_json::Number> = text.parse().ok();
            number.map_or(serde_json::Value::Null, serde_json::Value::Number)
        }
        Value::Str(text) => text.to_text().into_owned().into(),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
        Value::List(list) if list.is_nil() => serde_json::Value::Null,
        Value::List(list) => stacked(|| list_data(list, context, depth))?,
        Value::Map(map) if map.is_nil() => serde_json::Value::Null,
        Value::Map(map) => stacked(|| map_data(map, context, depth))?,
        Value::Object(object) => data(&object.to_json(), context, depth + 1)?,
        Value::Complex(..) | Value::Function(_) => {
            return Err(JsonError::Type(value.type_name().into_owned()));
        }
    })
}

fn list_data(list: &List, context: &Context<'_>, depth: usize) -> Result<serde_json::Value, JsonError> {
    list.items()
        .iter()
        .map(|item| data(item, context, depth + 1))
        .collect()
}

fn map_data(map: &Map, context: &Context<'_>, depth: usize) -> Result<serde_json::Value, JsonError> {
    let mut object = serde_json::Map::new();
    for (key, value) in map.borrow().iter().flat_map(|entries| entries.iter()) {
        object.insert(key.to_text().into_owned(), data(value, context, depth + 1)?);
    }
    Ok(object.into())
}

/// A float as `encoding/json` writes it.
fn float_text(value: &Value) -> Result<String, JsonError> {
    let Value::Float(number) = value else {
        return Ok(String::new());
    };
    if !number.is_finite() {
        return Err(JsonError::Value(float::shortest(*number)));
    }
    let magnitude = number.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return Ok(float::format(*number, b'f', None));
    }
    let text = float::format(*number, b'e', None);
    // e-09 is written e-9
    Ok(match text.split_once("e-0") {
        Some((mantissa, exponent)) => format!("{mantissa}e-{exponent}"),
        None => text,
    })
}

struct Writer<'c> {
    out: Vec<u8>,
    style: JsonStyle,
    context: &'c Context<'c>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), JsonError> {
        check(self.context, depth)?;
        if self.out.len() > self.context.limits().text {
            return Err(LimitError::Text(self.context.limits().text).into());
        }
        match value {
            Value::Nil => self.out.extend_from_slice(b"null"),
            Value::Bool(value) => self.push(value),
            Value::Int(int) | Value::Int64(int) => self.push(int),
            Value::Uint8(uint) => self.push(uint),
            Value::Uint64(uint) => self.push(uint),
            Value::Float(_) => self.push(&float_text(value)?),
            Value::Str(text) => self.string(text),
            Value::Bytes(bytes) => self.string(STANDARD.encode(bytes).as_bytes()),
            Value::List(list) if list.is_nil() => self.out.extend_from_slice(b"null"),
            Value::List(list) => stacked(|| self.list(list, depth))?,
            Value::Map(map) if map.is_nil() => self.out.extend_from_slice(b"null"),
            Value::Map(map) => stacked(|| self.map(map, depth))?,
            Value::Object(object) => self.value(&object.to_json(), depth)?,
            Value::Complex(..) | Value::Function(_) => {
                return Err(JsonError::Type(value.type_name().into_owned()));
            }
        }
        Ok(())
    }

    fn push(&mut self, shown: &impl ToString) {
        self.out.extend_from_slice(shown.to_string().as_bytes());
    }

    fn line(&mut self, depth: usize) {
        if self.style == JsonStyle::Pretty {
            self.out.push(b'\n');
            self.out.extend(std::iter::repeat_n(b' ', 2 * depth));
        }
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<(), JsonError> {
        self.out.push(b'[');
        for (at, item) in list.items().iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.line(depth + 1);
            self.value(item, depth + 1)?;
        }
        if !list.items().is_empty() {
            self.line(depth);
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), JsonError> {
        self.out.push(b'{');
        for (at, (key, value)) in map.borrow().iter().flat_map(|entries| entries.iter()).enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.line(depth + 1);
            self.string(key);
            self.out.extend_from_slice(if self.style == JsonStyle::Pretty {
                b": "
            } else {
                b":"
            });
            self.value(value, depth + 1)?;
        }
        if !map.is_empty() {
            self.line(depth);
        }
        self.out.push(b'}');
        Ok(())
    }

    fn string(&mut self, text: &[u8]) {
        let escape_html = self.style != JsonStyle::Raw;
        self.out.push(b'"');
        for (at, rune, width) in rune::runes(text) {
            match rune {
                '"' | '\\' => self.out.extend([b'\\', rune as u8]),
                '\n' => self.out.extend_from_slice(b"\\n"),
                '\r' => self.out.extend_from_slice(b"\\r"),
                '\t' => self.out.extend_from_slice(b"\\t"),
                '\x08' => self.out.extend_from_slice(b"\\b"),
                '\x0c' => self.out.extend_from_slice(b"\\f"),
                '<' | '>' | '&' if escape_html => self.escape(rune),
                '\0'..' ' | '\u{2028}' | '\u{2029}' => self.escape(rune),
                char::REPLACEMENT_CHARACTER if width == 1 => self.out.extend_from_slice(b"\\ufffd"),
                _ => self.out.extend_from_slice(&text[at..at + width]),
            }
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, rune: char) {
        self.out
            .extend_from_slice(format!("\\u{:04x}", rune as u32).as_bytes());
    }
}
