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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        read("a.yaml", text.as_bytes())
            .into_iter()
            .map(|result| match result {
                Ok(object) => object.key().to_string(),
                Err(error) => match std::error::Error::source(&error) {
                    Some(source) => format!("{error}: {source}"),
                    None => error.to_string(),
                },
            })
            .collect()
    }

    #[test]
    fn lists_become_their_items_and_empty_documents_go() {
        let text = "---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: a}}\n";
        assert_eq!(shown(text), ["Namespace/a", "ConfigMap/b in namespace a"]);
    }

    #[test]
    fn what_is_no_object_is_named_and_hides_nothing() {
        let text = "kind: A\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n";
        assert_eq!(
            shown(text),
            [
                "failed to read an object from a.yaml (document 1, line 1): apiVersion is missing",
                "Namespace/a"
            ]
        );
    }

    #[test]
    fn a_broken_document_says_where() {
        let results = shown("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\na: b: c\n");
        assert_eq!(results[0], "Namespace/a");
        assert!(
            results[1].starts_with("failed to parse document 2 of a.yaml: line 5"),
            "{}",
            results[1]
        );
        assert_eq!(results.len(), 2);
    }
}
