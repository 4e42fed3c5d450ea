//! Schemas from a CustomResourceDefinition, for kinds that the server does not know yet.

use std::sync::Arc;

use manifest::GroupVersionKind;
use serde_json::{Map, Value, json};

use super::builder::{Builder, Context};
use super::open_api::{InvalidSchema, fingerprint};
use super::{ObjectSchema, Origin, StatusSubresource, Versions};
use crate::wire::object_meta_types;

const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/// The schemas of all served versions that a CustomResourceDefinition (`apiextensions.k8s.io/v1`) declares.
pub fn custom_resource_schemas(definition: &Value) -> Result<Vec<ObjectSchema>, InvalidSchema> {
    let spec = definition
        .get("spec")
        .ok_or(InvalidSchema::MissingInDefinition("spec"))?;
    let text = |value: Option<&Value>, name| {
        let text = value.and_then(Value::as_str).map(str::to_owned);
        text.ok_or(InvalidSchema::MissingInDefinition(name))
    };
    let group = text(spec.get("group"), "spec.group")?;
    let kind = text(spec.pointer("/names/kind"), "spec.names.kind")?;
    let preserve_unknown = spec.get("preserveUnknownFields") == Some(&Value::Bool(true));
    let versions = spec.get("versions").and_then(Value::as_array);
    let versions = versions.ok_or(InvalidSchema::MissingInDefinition("spec.versions"))?;
    let mut schemas = Vec::new();
    for version in versions {
        if version.get("served") == Some(&Value::Bool(false)) {
            continue;
        }
        let gvk = GroupVersionKind {
            group: group.clone(),
            version: text(version.get("name"), "spec.versions[].name")?,
            kind: kind.clone(),
        };
        let schema = version.pointer("/schema/openAPIV3Schema").unwrap_or(&Value::Null);
        let enabled = version
            .pointer("/subresources/status")
            .is_some_and(Value::is_object);
        let schema = version_schema(gvk, schema, preserve_unknown)?;
        schemas.push(schema.with_status(if enabled {
            StatusSubresource::Enabled
        } else {
            StatusSubresource::Disabled
        }));
    }
    // a definition names all versions that the server will know
    let related = schemas
        .iter()
        .map(|schema| schema.clone().with_versions(Versions::complete(&schemas)));
    Ok(related.collect())
}

fn version_schema(
    kind: GroupVersionKind,
    schema: &Value,
    preserve_unknown: bool,
) -> Result<ObjectSchema, InvalidSchema> {
    if schema.is_null() {
        return Ok(ObjectSchema::deduced(kind));
    }
    let mut schema = schema.clone();
    add_object_fields(&mut schema);
    embed_resources(&mut schema);
    let name = kind.to_string();
    let mut builder = Builder::new(object_meta_types());
    let context = Context {
        type_name: &name,
        preserve_unknown,
        inline: false,
    };
    let root = builder.reference(&schema, context)?;
    Ok(ObjectSchema {
        kind,
        types: Arc::new(builder.finish()),
        root,
        origin: Origin::Custom,
        status: StatusSubresource::Unknown,
        fingerprint: fingerprint(&schema),
        versions: Versions::default(),
    })
}

/// Declares what every object has; definitions leave it out.
fn add_object_fields(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    let properties = schema
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("apiVersion".into(), json!({"type": "string"}));
        properties.insert("kind".into(), json!({"type": "string"}));
        let metadata = format!("#/components/schemas/{OBJECT_META}");
        properties.insert("metadata".into(), json!({"allOf": [{"$ref": metadata}]}));
    }
}

/// Declares the same inside embedded resources, wherever they stand.
fn embed_resources(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(embed_resources);
            if fields.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true)) {
                add_object_fields(schema);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(embed_resources),
        _ => {}
    }
}
