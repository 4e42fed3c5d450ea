//! Reads objects from a stream of documents: YAML with `---` between them, or JSON.

use serde_json::Value;

use crate::{InvalidObject, Object, Origin, Tree, TreePath, tree};

/// Why a file, or one document of it, gave no object.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("failed to read {file}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: tree::Error,
    },
    /// The text is no YAML; documents after it are not read.
    #[error("failed to parse document {document} of {file}")]
    Parse {
        /// The file.
        file: String,
        /// Number of the document, from 1.
        document: usize,
        /// What and where.
        source: yaml::Error,
    },
    /// The document is YAML but no Kubernetes object.
    #[error("failed to read an object from {origin}")]
    NotAnObject {
        /// File, document and line.
        origin: Origin,
        /// What is wrong with it.
        source: InvalidObject,
    },
}

/// All objects of one file of a tree.
pub fn read_file(tree: &Tree, path: &TreePath) -> Vec<Result<Object, Error>> {
    match tree.read(path) {
        Ok(bytes) => read(path.relative(), &bytes),
        Err(source) => vec![Err(Error::Read {
            file: path.relative().to_owned(),
            source,
        })],
    }
}

/// All objects of a text, in order. Empty documents are passed over, a `List` becomes its items, and each
/// document that is no object is an error of its own: what is sound in the file is still given.
pub fn read(file: &str, text: &[u8]) -> Vec<Result<Object, Error>> {
    let mut results = Vec::new();
    for (index, document) in yaml::documents(text, yaml::Reader::V3).enumerate() {
        let number = index + 1;
        match document {
            Ok(document) => {
                let origin = Origin {
                    file: file.to_owned(),
                    document: number,
                    line: document.line,
                };
                expand(document.value, &origin, &mut results);
            }
            Err(source) => {
                results.push(Err(Error::Parse {
                    file: file.to_owned(),
                    document: number,
                    source,
                }));
            }
        }
    }
    results
}

fn expand(value: Value, origin: &Origin, results: &mut Vec<Result<Object, Error>>) {
    match value {
        Value::Null => {}
        Value::Object(mut map) if is_list(&map) => {
            if let Some(Value::Array(items)) = map.remove("items") {
                for item in items {
                    expand(item, origin, results);
                }
            }
        }
        value => results.push(
            Object::new(value, origin.clone()).map_err(|source| Error::NotAnObject {
                origin: origin.clone(),
                source,
            }),
        ),
    }
}

fn is_list(map: &serde_json::Map<String, Value>) -> bool {
    map.get("kind")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.ends_with("List"))
        && matches!(map.get("items"), Some(Value::Array(_) | Value::Null))
}
