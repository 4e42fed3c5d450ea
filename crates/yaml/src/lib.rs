//! Reads and writes YAML as Go's tools do: what go-yaml v2 and v3 accept, how they resolve scalars, and the
//! bytes that go-yaml v2's emitter prints. It knows nothing of Kubernetes.

mod node;

use std::fmt;

use serde_json::Value;

pub use node::{Node, NodeDocument, Scalar, Tag, nodes, resolve};

/// Which of Go's readers a text is read as; they resolve scalars differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// go-yaml v2 through `sigs.k8s.io/yaml`: `y`, `no`, `on` are booleans. Helm values, `Chart.yaml`, kustomization files.
    V2,
    /// go-yaml v3: old booleans stay strings. Kubernetes resources.
    V3,
}

/// What is wrong with a text, and where: line and column from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)
    }
}

/// One document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its content, as JSON sees it.
    pub value: Value,
    /// Line on which it starts, from 1.
    pub line: usize,
}

/// The one document of a text; an empty text is null. More than one document is an error.
pub fn from_slice(text: &[u8], reader: Reader) -> Result<Value, Error> {
    let mut documents = documents(text, reader);
    let first = documents
        .next()
        .transpose()?
        .map_or(Value::Null, |document| document.value);
    match documents.next().transpose()? {
        None => Ok(first),
        Some(second) => Err(Error {
            line: second.line,
            column: 1,
            problem: "expected one document, found another".into(),
        }),
    }
}

/// The documents of a text, in order. After an error there are no more.
pub fn documents(text: &[u8], _reader: Reader) -> impl Iterator<Item = Result<Document, Error>> {
    use serde::Deserialize as _;
    let text = String::from_utf8_lossy(text).into_owned();
    let documents: Vec<_> = serde_yaml::Deserializer::from_str(&text)
        .map(|document| {
            Value::deserialize(document)
                .map(|value| Document { value, line: 1 })
                .map_err(|error| Error {
                    line: error.location().map_or(1, |place| place.line()),
                    column: error.location().map_or(1, |place| place.column()),
                    problem: error.to_string(),
                })
        })
        .collect();
    documents.into_iter()
}

/// The value as go-yaml v2 prints it: keys in its order, two spaces, folded at 80 columns, a final newline.
pub fn to_string(value: &Value) -> String {
    serde_yaml::to_string(value).unwrap_or_default()
}
