//! `values.schema.json`: values of a chart and its subcharts against what they demand, with Helm's texts.

mod formats;
mod levels;
mod patterns;
mod violation;

use std::error::Error;
use std::fmt;

use boon::{CompileError, Compiler, Format, Schemas, UrlLoader};
use gotemplate::{List, Map, Value};

use crate::chart::Chart;
use violation::{OUTLINE, WHOLE, quoted, report};

const LOCATION: &str = "file:///values.schema.json";

/// What is wrong with the values of a chart and its subcharts, in Helm's words, which quote values.
#[derive(Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Violations {
    text: String,
    outline: String,
}

impl Violations {
    /// Which values violate what: their places, and no value.
    pub fn outline(&self) -> &str {
        &self.outline
    }

    /// The same text with and without values.
    fn open(text: String) -> Self {
        Self {
            outline: text.clone(),
            text,
        }
    }

    fn add(&mut self, chart: &str, found: &Self) {
        self.text.extend([chart, ":\n", &found.text]);
        self.outline.extend([chart, ":\n", &found.outline]);
    }
}

impl fmt::Debug for Violations {
    /// Without values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Violations({:?})", self.outline)
    }
}

/// Holds values against the schemas of a chart and its subcharts.
pub fn validate(chart: &Chart, values: &Map) -> Result<(), Violations> {
    let mut found = Violations::default();
    collect(chart, values, &mut found);
    if found.text.is_empty() { Ok(()) } else { Err(found) }
}

fn collect(chart: &Chart, values: &Map, found: &mut Violations) {
    if let Some(schema) = &chart.schema
        && let Err(violations) = against(schema, values)
    {
        found.add(chart.name(), &violations);
    }
    for subchart in &chart.dependencies {
        match values.get(subchart.name()) {
            None | Some(Value::Nil) => {}
            Some(Value::Map(values)) => collect(subchart, &values, found),
            Some(other) => {
                let text = format!(
                    "invalid type for values: expected object (map), got {}\n",
                    other.type_name()
                );
                found.add(subchart.name(), &Violations::open(text));
            }
        }
    }
}

fn against(schema: &[u8], values: &Map) -> Result<(), Violations> {
    let schema = read(schema).map_err(Violations::open)?;
    if let Some(text) = patterns::refusal(LOCATION, &schema) {
        return Err(unusable(text));
    }
    let mut compiler = Compiler::new();
    compiler.use_loader(Box::new(Unreachable));
    for name in formats::UNKNOWN_TO_HELM {
        let func = |_: &_| Ok(());
        compiler.register_format(Format { name, func });
    }
    compiler
        .add_resource(LOCATION, schema)
        .map_err(|error| refusal(&error))?;
    let mut schemas = Schemas::new();
    let index = compiler
        .compile(LOCATION, &mut schemas)
        .map_err(|error| refusal(&error))?;
    let values = plain(&Value::Map(values.clone()));
    schemas.validate(&values, index).map_err(|error| {
        let start = format!("jsonschema validation failed with '{LOCATION}#'\n");
        let told = |wording| {
            let text = report(&error, wording);
            format!("{}\n", text.strip_prefix(&start).unwrap_or(&text))
        };
        Violations {
            text: told(WHOLE),
            outline: told(OUTLINE),
        }
    })
}

fn read(schema: &[u8]) -> Result<serde_json::Value, String> {
    let mut documents = serde_json::Deserializer::from_slice(schema).into_iter();
    match documents.next() {
        None => Err("EOF".to_owned()),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
        Some(document) => document.map_err(|error| error.to_string()),
    }
}

/// Numbers without a fraction become integers, as they are to JSON.
fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(int) | Value::Int64(int) => (*int).into(),
        Value::Float(float) if float.fract() == 0.0 && float.abs() < 9e15 => (*float as i64).into(),
        Value::Float(float) => (*float).into(),
        Value::Str(text) => text.to_text().into(),
        Value::List(list) => List::items(list).iter().map(plain).collect(),
        Value::Map(map) => {
            let entries = map.entries().into_iter();
            entries
                .map(|(key, value)| (key.to_text().into_owned(), plain(&value)))
                .collect()
        }
        _ => serde_json::Value::Null,
    }
}

/// Schemas elsewhere are out of reach: a render knows no network and no disk.
struct Unreachable;

impl UrlLoader for Unreachable {
    fn load(&self, url: &str) -> Result<serde_json::Value, Box<dyn Error>> {
        Err(match url.strip_prefix("file://") {
            Some(path) => format!("open {path}: no such file or directory"),
            None if url.starts_with("urn:") => return Ok(true.into()),
            None => "a render has no network".to_owned(),
        }
        .into())
    }
}

/// A schema that cannot be used, for a reason that quotes it.
fn unusable(text: String) -> Violations {
    Violations {
        text,
        outline: "the schema itself is not valid\n".to_owned(),
    }
}

/// Why a schema cannot be used.
fn refusal(error: &CompileError) -> Violations {
    let text = reason(error);
    match error {
        CompileError::LoadUrlError { .. }
        | CompileError::UnsupportedUrlScheme { .. }
        | CompileError::JsonPointerNotFound(_)
        | CompileError::InvalidJsonPointer(_)
        | CompileError::UnsupportedDraft { .. }
        | CompileError::MetaSchemaCycle { .. } => Violations::open(text),
        _ => unusable(text),
    }
}

fn reason(error: &CompileError) -> String {
    match error {
        CompileError::LoadUrlError { url, src } => format!("failing loading {url:?}: {src}"),
        CompileError::UnsupportedUrlScheme { url } => format!("no URLLoader registered for {url:?}"),
        CompileError::ValidationError { url, src } => {
            format!(
                "{:?} is not valid against metaschema: {}",
                with_fragment(url),
                report(src, WHOLE)
            )
        }
        CompileError::JsonPointerNotFound(url) => format!("json-pointer in {url:?} not found"),
        CompileError::InvalidJsonPointer(url) => format!("invalid json-pointer {url:?}"),
        CompileError::UnsupportedDraft { url } => format!("draft {url:?} is not supported"),
        CompileError::MetaSchemaCycle { url } => format!("cycle in resolving $schema in {url:?}"),
        CompileError::InvalidRegex { url, regex, src } => {
            format!("invalid regex {} at {url:?}: {src}", quoted(regex))
        }
        other => other.to_string(),
    }
}

fn with_fragment(url: &str) -> String {
    if url.contains('#') {
        url.to_owned()
    } else {
        format!("{url}#")
    }
}

#[cfg(test)]
mod tests;
