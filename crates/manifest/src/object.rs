use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

use crate::{GroupKind, GroupVersionKind, ResourceKey};

/// Where an object was read: the file, which document of it (from 1), and the line on which that starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The file as its tree names it, without a leading slash; empty when the object was made in memory.
    pub file: String,
    /// Number of the document in the file, from 1; items of a `List` share their document's number.
    pub document: usize,
    /// Line on which the document starts, from 1.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            return f.write_str("memory");
        }
        write!(
            f,
            "{} (document {}, line {})",
            self.file, self.document, self.line
        )
    }
}

/// Why a document is no Kubernetes object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidObject {
    /// The document is a scalar or a list.
    #[error("expected an object, found {0}")]
    NotAMap(&'static str),
    /// `apiVersion`, `kind` or `metadata.name` is missing or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field that must be a string (or, for `metadata`, a map) is something else.
    #[error("{field} must be {expected}, found {found}")]
    WrongType {
        /// Path of the field.
        field: &'static str,
        /// What it must be, with its article.
        expected: &'static str,
        /// What it is, with its article.
        found: &'static str,
    },
}

/// One Kubernetes object and where it came from.
///
/// It has `apiVersion`, `kind` and a `metadata` map with a `name` (or a `generateName`); nothing else is
/// promised. It has neither `Display` nor `Serialize`, and `Debug` shows its key alone: a Secret cannot be
/// printed by accident. Whoever wants the data says so by [`Object::value`].
///
/// A clone is cheap: it shares the data until one of the two is changed.
#[derive(Clone, PartialEq)]
pub struct Object {
    value: Arc<Value>,
    origin: Origin,
}

impl Object {
    /// Takes a value that has at least `apiVersion`, `kind` and `metadata.name` or `metadata.generateName`.
    pub fn new(value: Value, origin: Origin) -> Result<Self, InvalidObject> {
        let map = value
            .as_object()
            .ok_or(InvalidObject::NotAMap(type_name(&value)))?;
        required_string(map, "apiVersion", "apiVersion")?;
        required_string(map, "kind", "kind")?;
        let metadata = match map.get("metadata") {
            None | Some(Value::Null) => return Err(InvalidObject::Missing("metadata")),
            Some(Value::Object(metadata)) => metadata,
            Some(other) => return Err(wrong_type("metadata", "a map", other)),
        };
        if required_string(metadata, "generateName", "metadata.generateName").is_err() {
            required_string(metadata, "name", "metadata.name")?;
        }
        for (field, path) in [("name", "metadata.name"), ("namespace", "metadata.namespace")] {
            match metadata.get(field) {
                None | Some(Value::Null | Value::String(_)) => {}
                Some(other) => return Err(wrong_type(path, "a string", other)),
            }
        }
        Ok(Self {
            value: Arc::new(value),
            origin,
        })
    }

    /// The whole object. What it holds may be secret.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The whole object, to be changed; the caller keeps `apiVersion`, `kind` and `metadata` as they must be.
    pub fn value_mut(&mut self) -> &mut Value {
        Arc::make_mut(&mut self.value)
    }

    /// Gives the data away.
    pub fn into_value(self) -> Value {
        Arc::unwrap_or_clone(self.value)
    }

    /// Where it was read.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// `apps/v1`.
    pub fn api_version(&self) -> &str {
        string_at(&self.value, &["apiVersion"])
    }

    /// `Deployment`.
    pub fn kind(&self) -> &str {
        string_at(&self.value, &["kind"])
    }

    /// The group of `apiVersion`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    /// `metadata.name`; empty when the server is to make one from `generateName`.
    pub fn name(&self) -> &str {
        string_at(&self.value, &["metadata", "name"])
    }

    /// `metadata.namespace`; empty when there is none.
    pub fn namespace(&self) -> &str {
        string_at(&self.value, &["metadata", "namespace"])
    }

    /// Sets or, with an empty name, removes `metadata.namespace`.
    pub fn set_namespace(&mut self, namespace: &str) {
        let current = self.value.pointer("/metadata/namespace");
        if current.map_or(namespace.is_empty(), |current| current == namespace) {
            return;
        }
        if let Some(metadata) = self
            .value_mut()
            .get_mut("metadata")
            .and_then(Value::as_object_mut)
        {
            if namespace.is_empty() {
                metadata.remove("namespace");
            } else {
                metadata.insert("namespace".to_owned(), Value::from(namespace));
            }
        }
    }

    /// Group, kind, namespace and name.
    pub fn key(&self) -> ResourceKey {
        ResourceKey::new(self.group(), self.kind(), self.namespace(), self.name())
    }

    /// Group and kind.
    pub fn group_kind(&self) -> GroupKind {
        GroupKind::new(self.group(), self.kind())
    }

    /// Group, version and kind.
    pub fn gvk(&self) -> GroupVersionKind {
        GroupVersionKind::from_api_version(self.api_version(), self.kind())
    }

    /// The value of one annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.value
            .get("metadata")?
            .get("annotations")?
            .get(name)?
            .as_str()
    }

    /// The value of one label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.value.get("metadata")?.get("labels")?.get(name)?.as_str()
    }

    /// Whether this is a `Secret` of the core group.
    pub fn is_secret(&self) -> bool {
        self.kind() == "Secret" && self.group().is_empty()
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} from {})", self.key(), self.origin)
    }
}

fn string_at<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    path.iter()
        .try_fold(value, |value, field| value.get(field))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn required_string(map: &Map<String, Value>, field: &str, path: &'static str) -> Result<(), InvalidObject> {
    match map.get(field) {
        None | Some(Value::Null) => Err(InvalidObject::Missing(path)),
        Some(Value::String(text)) if text.is_empty() => Err(InvalidObject::Missing(path)),
        Some(Value::String(_)) => Ok(()),
        Some(other) => Err(wrong_type(path, "a string", other)),
    }
}

fn wrong_type(field: &'static str, expected: &'static str, found: &Value) -> InvalidObject {
    InvalidObject::WrongType {
        field,
        expected,
        found: type_name(found),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_what_is_missing_or_wrong() {
        let problem = |value| Object::new(value, Origin::default()).unwrap_err().to_string();
        assert_eq!(problem(json!([1])), "expected an object, found a list");
        assert_eq!(problem(json!({"kind": "A"})), "apiVersion is missing");
        assert_eq!(
            problem(json!({"apiVersion": 1, "kind": "A"})),
            "apiVersion must be a string, found a number"
        );
        assert_eq!(
            problem(json!({"apiVersion": "v1", "kind": "A"})),
            "metadata is missing"
        );
        assert_eq!(
            problem(json!({"apiVersion": "v1", "kind": "A", "metadata": {}})),
            "metadata.name is missing"
        );
    }

    #[test]
    fn a_clone_that_is_changed_leaves_the_other_alone() {
        let value = json!({"apiVersion": "v1", "kind": "A", "metadata": {"name": "a", "namespace": null}});
        let object = Object::new(value.clone(), Origin::default()).unwrap();
        let mut clone = object.clone();
        clone.set_namespace("shop");
        assert_eq!((clone.namespace(), object.value()), ("shop", &value));
        clone.set_namespace("");
        assert_eq!(clone.value().pointer("/metadata/namespace"), None);
    }

    #[test]
    fn debug_shows_no_data() {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "shop"},
            "stringData": {"password": "hunter2"}});
        let object = Object::new(
            secret,
            Origin {
                file: "a.yaml".into(),
                document: 2,
                line: 7,
            },
        )
        .unwrap();
        assert_eq!(
            format!("{object:?}"),
            "Object(Secret/db in namespace shop from a.yaml (document 2, line 7))"
        );
    }
}
