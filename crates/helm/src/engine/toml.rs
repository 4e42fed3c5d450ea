//! TOML as the library writes it that Helm uses.

use gotemplate::{CallError, Context, LimitError, Map, Value};

/// Why a value has no TOML.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It holds what TOML cannot.
    #[error("{0}")]
    Unsupported(String),
    /// A limit is reached.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// Go's library does not expect it.
    #[error("reflect: call of reflect.Value.Type on zero Value")]
    Nil,
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Limit(limit) => Self::Limit(limit),
            other => Self::new(other.to_string()),
        }
    }
}

/// Writes a value: keys of a table before the tables in it, both in order.
pub(super) fn write(context: &Context<'_>, value: &Value) -> Result<Value, Failure> {
    let mut writer = Writer {
        context,
        out: String::new(),
    };
    match value {
        Value::Nil => return Err(Failure::Nil),
        _ => writer.entry(&mut Vec::new(), value)?,
    }
    context.allocate(writer.out.len())?;
    Ok(writer.out.into())
}

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| format!("toml: {}", error.message()))?;
    Ok(value_of(toml::Value::Table(table)))
}

fn value_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(int) => Value::Int64(int),
        toml::Value::Float(float) => float.into(),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(value_of).collect::<Vec<_>>().into(),
        toml::Value::Table(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, value_of(value)))
                .collect(),
        ),
    }
}

/// How deep a value may nest.
const MAX_DEPTH: usize = 1000;

struct Writer<'c> {
    context: &'c Context<'c>,
    out: String,
}

impl Writer<'_> {
    fn entry(&mut self, path: &mut Vec<String>, value: &Value) -> Result<(), Failure> {
        self.context.spend(1)?;
        if path.len() > MAX_DEPTH {
            return Err(Failure::Limit(LimitError::Nesting(MAX_DEPTH)));
        }
        match value {
            Value::Map(map) if map.is_nil() => Ok(()),
            Value::Map(map) => self.table(path, map),
            value if is_list_of_tables(value)? => self.tables(path, value),
            value => {
                if let Some(key) = path.last() {
                    let key = key.clone();
                    self.indent(path.len());
                    self.out.push_str(&key);
                    self.out.push_str(" = ");
                }
                self.element(value, 0)?;
                if !path.is_empty() {
                    self.out.push('\n');
                }
                Ok(())
            }
        }
    }

    fn table(&mut self, path: &mut Vec<String>, map: &Map) -> Result<(), Failure> {
        if path.len() == 1 {
            self.line_break();
        }
        if !path.is_empty() {
            self.indent(path.len());
            let header = format!("[{}]", path.join("."));
            self.out.push_str(&header);
            self.line_break();
        }
        self.members(path, map)
    }

    fn tables(&mut self, path: &mut Vec<String>, list: &Value) -> Result<(), Failure> {
        if path.is_empty() {
            return Err(Failure::Unsupported(
                "toml: top-level values must be Go maps or structs".to_owned(),
            ));
        }
        for item in items(list) {
            self.line_break();
            self.indent(path.len());
            let header = format!("[[{}]]", path.join("."));
            self.out.push_str(&header);
            self.line_break();
            if let Value::Map(map) = item {
                self.members(path, map)?;
            }
        }
        Ok(())
    }

    fn members(&mut self, path: &mut Vec<String>, map: &Map) -> Result<(), Failure> {
        for (key, value) in ordered(map)? {
            path.push(quoted_if_needed(&key.to_text()));
            self.entry(path, &value)?;
            path.pop();
        }
        Ok(())
    }

    /// A value behind `=` or within a list.
    fn element(&mut self, value: &Value, depth: usize) -> Result<(), Failure> {
        self.context.spend(1)?;
        if depth > MAX_DEPTH {
            return Err(Failure::Limit(LimitError::Nesting(MAX_DEPTH)));
        }
        match value {
            Value::Str(text) => self.out.push_str(&quoted(&text.to_text())),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Float(float) => self.out.push_str(&float_text(*float)),
            Value::Int(int) | Value::Int64(int) => self.out.push_str(&int.to_string()),
            Value::Uint64(uint) => self.out.push_str(&uint.to_string()),
            Value::Uint8(uint) => self.out.push_str(&uint.to_string()),
            Value::Bytes(_) | Value::List(_) => {
                self.out.push('[');
                for (at, item) in items(value).iter().enumerate() {
                    if at > 0 {
                        self.out.push_str(", ");
                    }
                    self.element(item, depth + 1)?;
                }
                self.out.push(']');
            }
            Value::Map(map) => {
                self.out.push('{');
                let members = ordered(map)?;
                for (at, (key, value)) in members.iter().enumerate() {
                    if at > 0 {
                        self.out.push_str(", ");
                    }
                    self.out.push_str(&quoted_if_needed(&key.to_text()));
                    self.out.push_str(" = ");
                    self.element(value, depth + 1)?;
                }
                self.out.push('}');
            }
            other => {
                return Err(Failure::Unsupported(format!(
                    "unexpected type: {}",
                    other.type_name()
                )));
            }
        }
        Ok(())
    }

    fn indent(&mut self, depth: usize) {
        self.out.push_str(&"  ".repeat(depth.saturating_sub(1)));
    }

    /// Ends a line, unless nothing has been written.
    fn line_break(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }
}

/// The entries that are no tables, then the others; none that are nil.
fn ordered(map: &Map) -> Result<Vec<(gotemplate::Str, Value)>, Failure> {
    let (mut direct, mut tables) = (Vec::new(), Vec::new());
    for (key, value) in map.entries() {
        if value.is_nil() {
            continue;
        }
        if matches!(value, Value::Map(_)) || is_list_of_tables(&value)? {
            tables.push((key, value));
        } else {
            direct.push((key, value));
        }
    }
    direct.append(&mut tables);
    Ok(direct)
}

fn items(list: &Value) -> &[Value] {
    list.as_list().map(gotemplate::List::items).unwrap_or_default()
}

fn is_list_of_tables(value: &Value) -> Result<bool, Failure> {
    let items = items(value);
    if items.iter().any(Value::is_nil) {
        return Err(Failure::Unsupported(
            "toml: cannot encode array with nil element".to_owned(),
        ));
    }
    Ok(!items.is_empty() && items.iter().all(|item| matches!(item, Value::Map(_))))
}

fn float_text(float: f64) -> String {
    let text = gotemplate::float_text(float);
    match text.as_str() {
        "NaN" => "nan".to_owned(),
        "+Inf" => "inf".to_owned(),
        "-Inf" => "-inf".to_owned(),
        _ if text.contains(['e', '.']) => text,
        _ => text + ".0",
    }
}

fn quoted_if_needed(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let escaped = format!("\\u{:04x}", u32::from(c));
                out.push_str(&escaped);
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
