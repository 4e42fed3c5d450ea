//! Schemas from the OpenAPI v3 documents of an API server.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use manifest::GroupVersionKind;
use serde_json::Value;

use super::builder::Builder;
use super::{ObjectSchema, Origin, StatusSubresource, Versions};

/// Why a document gives no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchema {
    /// The document has no `components.schemas`.
    #[error("the document has no component schemas")]
    NoComponents,
    /// A reference leads nowhere.
    #[error("no type found matching {0:?}")]
    UnknownType(String),
    /// An extension of Kubernetes has a value that it may not have.
    #[error("{extension} of {type_name:?} is not understood")]
    Extension {
        /// `x-kubernetes-...`.
        extension: &'static str,
        /// The type or the type it is a part of.
        type_name: String,
    },
    /// A CustomResourceDefinition lacks what one must have.
    #[error("the custom resource definition has no {0}")]
    MissingInDefinition(&'static str),
}

/// Reads the schemas of the kinds that `wanted` accepts from one document, which is of one group and version.
/// They share their types.
pub fn open_api_schemas(
    document: &Value,
    wanted: impl Fn(&GroupVersionKind) -> bool,
) -> Result<Vec<ObjectSchema>, InvalidSchema> {
    let components = document
        .get("components")
        .and_then(|components| components.get("schemas"));
    let components = components
        .and_then(Value::as_object)
        .ok_or(InvalidSchema::NoComponents)?;
    let mut kinds = Vec::new();
    for (name, schema) in components {
        let of_type = kinds_of(schema).into_iter().filter(|kind| wanted(kind));
        kinds.extend(of_type.map(|kind| (kind, name.as_str(), schema)));
    }
    let mut builder = Builder::new(components);
    let mut roots = Vec::new();
    for (kind, name, schema) in kinds {
        roots.push((kind, name, schema, builder.named(name)?));
    }
    let types = Arc::new(builder.finish());
    let schemas = roots.into_iter().map(|(kind, name, schema, root)| ObjectSchema {
        status: status_subresource(document, &kind, name, schema),
        kind,
        types: Arc::clone(&types),
        root,
        origin: origin(name),
        fingerprint: fingerprint(schema),
        versions: Versions::default(),
    });
    Ok(schemas.collect())
}

/// Types of the API server itself; those of custom resources are named after their group.
const BUILT_IN: [&str; 3] = [
    "io.k8s.api.",
    "io.k8s.apiextensions-apiserver.",
    "io.k8s.kube-aggregator.",
];

/// Custom resources have parts of such types too: their metadata.
pub(super) fn is_built_in(type_name: &str) -> bool {
    type_name.starts_with("io.k8s.apimachinery.") || origin(type_name) == Origin::BuiltIn
}

pub(super) fn origin(type_name: &str) -> Origin {
    if BUILT_IN.iter().any(|prefix| type_name.starts_with(prefix)) {
        Origin::BuiltIn
    } else {
        Origin::Custom
    }
}

/// Built-in kinds with a status all have the subresource; for others, the document's paths tell.
fn status_subresource(
    document: &Value,
    kind: &GroupVersionKind,
    type_name: &str,
    schema: &Value,
) -> StatusSubresource {
    if schema.pointer("/properties/status").is_none() {
        return StatusSubresource::Disabled;
    }
    if origin(type_name) == Origin::BuiltIn {
        return StatusSubresource::Enabled;
    }
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return StatusSubresource::Unknown;
    };
    let mut status_paths = paths.iter().filter(|(path, _)| path.ends_with("/status"));
    if status_paths.any(|(_, path)| acts_on(path, kind)) {
        StatusSubresource::Enabled
    } else {
        StatusSubresource::Disabled
    }
}

fn acts_on(path: &Value, kind: &GroupVersionKind) -> bool {
    let action = path
        .get("get")
        .and_then(|get| get.get("x-kubernetes-group-version-kind"));
    action.and_then(kind_of).as_ref() == Some(kind)
}

fn kinds_of(schema: &Value) -> Vec<GroupVersionKind> {
    let kinds = schema
        .get("x-kubernetes-group-version-kind")
        .and_then(Value::as_array);
    kinds.into_iter().flatten().filter_map(kind_of).collect()
}

fn kind_of(entry: &Value) -> Option<GroupVersionKind> {
    let text = |name| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(GroupVersionKind {
        group: text("group")?,
        version: text("version")?,
        kind: text("kind")?,
    })
}

/// Equal for schemas that declare the same fields, whatever their texts.
pub(super) fn fingerprint(schema: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_schema(schema, &mut hasher);
    hasher.finish()
}

fn hash_schema(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.retain(|name| !matches!(name.as_str(), "description" | "x-kubernetes-group-version-kind"));
            names.sort_unstable();
            for name in names {
                name.hash(hasher);
                hash_schema(&fields[name], hasher);
            }
            '}'.hash(hasher);
        }
        Value::Array(items) => {
            for item in items {
                hash_schema(item, hasher);
            }
            ']'.hash(hasher);
        }
        scalar => scalar.to_string().hash(hasher),
    }
}
