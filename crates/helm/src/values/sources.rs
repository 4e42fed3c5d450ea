use std::borrow::Cow;

use gotemplate::{Map, Value};
use yaml::Reader;

use super::{SetError, SetForm, merge_maps, set};

/// What the user sets, in the order of the command line within each kind.
#[derive(Clone, Default)]
pub struct Sources {
    /// Names and texts of values files.
    pub files: Vec<(String, Vec<u8>)>,
    /// `--set-json`
    pub set_json: Vec<String>,
    /// `--set`
    pub set: Vec<String>,
    /// `--set-string`
    pub set_string: Vec<String>,
    /// `--set-file`
    pub set_file: Vec<String>,
    /// `--set-literal`
    pub set_literal: Vec<String>,
}

/// Why values cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is no YAML.
    #[error("cannot unmarshal yaml document: error converting YAML to JSON: {}", .0.go_text())]
    Yaml(yaml::Error),
    /// A document of a file is no table.
    #[error(
        "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \
         {0} into Go value of type map[string]interface {{}}"
    )]
    NotATable(&'static str),
    /// A values file of the user cannot be read.
    #[error("failed to parse {file}")]
    File {
        /// Its name.
        file: String,
        /// What is wrong with it.
        source: Box<Self>,
    },
    /// An argument of `--set` or its like is wrong.
    #[error("failed parsing {option} data")]
    Set {
        /// The option.
        option: &'static str,
        /// What is wrong with it.
        source: SetError,
    },
}

impl Error {
    /// The same without what files and arguments say, which may be secret.
    pub fn outline(&self) -> String {
        match self {
            Self::Yaml(error) => format!("cannot unmarshal yaml document: {error}"),
            Self::File { source, .. } => format!("{self}: {}", source.outline()),
            Self::NotATable(_) | Self::Set { .. } => self.to_string(),
        }
    }
}

impl Sources {
    /// All of it as one table: files first, then `--set-json`, `--set`, `--set-string`, `--set-file` and
    /// `--set-literal`. `read` gives the content of a file that `--set-file` names.
    pub fn values(&self, read: &dyn Fn(&str) -> Result<Value, String>) -> Result<Map, Error> {
        let mut values = Map::new();
        for (file, text) in &self.files {
            let over = from_yaml(text).map_err(|source| Error::File {
                file: file.clone(),
                source: Box::new(source),
            })?;
            values = merge_maps(&values, &over);
        }
        for text in &self.set_json {
            values = self::set_json(values, text)?;
        }
        for (option, form, texts) in [
            ("--set", SetForm::Typed, &self.set),
            ("--set-string", SetForm::Text, &self.set_string),
            ("--set-file", SetForm::File(read), &self.set_file),
            ("--set-literal", SetForm::Literal, &self.set_literal),
        ] {
            for text in texts {
                set(&values, text, &form).map_err(|source| Error::Set { option, source })?;
            }
        }
        Ok(values)
    }
}

fn set_json(values: Map, text: &str) -> Result<Map, Error> {
    let failed = |source| Error::Set {
        option: "--set-json",
        source,
    };
    if !text.trim_start().starts_with('{') {
        set(&values, text, &SetForm::Json).map_err(failed)?;
        return Ok(values);
    }
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| failed(SetError::Json(error.to_string())))?;
    Ok(match Value::from_json(&json) {
        Value::Map(over) => merge_maps(&values, &over),
        _ => values,
    })
}

/// Values of a text, numbers as `float64`. Of several documents, later ones win.
pub fn from_yaml(text: &[u8]) -> Result<Map, Error> {
    let mut values = Map::new();
    for document in documents(text) {
        // Helm reads lines, and ends the last one too: a block text notices
        let ended = match document {
            [.., b'\n'] => Cow::Borrowed(document),
            _ => Cow::Owned([document, b"\n"].concat()),
        };
        let json = yaml::from_slice(&ended, Reader::V2).map_err(Error::Yaml)?;
        match Value::from_json(&json) {
            Value::Map(over) => values = merge_maps(&values, &over),
            Value::Nil => {}
            Value::Bool(_) => return Err(Error::NotATable("bool")),
            Value::Str(_) => return Err(Error::NotATable("string")),
            Value::List(_) => return Err(Error::NotATable("array")),
            _ => return Err(Error::NotATable("number")),
        }
    }
    Ok(values)
}

/// The parts between lines that hold `---` alone, or with a comment.
fn documents(text: &[u8]) -> Vec<&[u8]> {
    let mut documents = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if is_separator(line) {
            documents.push(&text[start..at]);
            start = at + line.len();
        }
        at += line.len();
    }
    documents.push(&text[start..]);
    documents.retain(|document| !document.is_empty());
    documents
}

fn is_separator(line: &[u8]) -> bool {
    line.strip_prefix(b"---")
        .map(<[u8]>::trim_ascii)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"#"))
}

#[cfg(test)]
mod tests;
