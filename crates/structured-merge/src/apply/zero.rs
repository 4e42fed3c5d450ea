//! The empty object of a kind: what it looks like before anything was written.

use serde_json::{Map, Value};

use crate::schema::{Field, ObjectSchema, Origin, TypeId, Types};

/// An object with nothing in it. The server's own types write some fields even then.
pub(super) fn empty_object(schema: &ObjectSchema) -> Value {
    let mut object = match schema.origin {
        Origin::BuiltIn => fields_of(&schema.types, schema.root),
        Origin::Custom => Map::new(),
    };
    object.insert("apiVersion".into(), schema.kind.api_version().into());
    object.insert("kind".into(), schema.kind.kind.as_str().into());
    Value::Object(object)
}

fn fields_of(types: &Types, of: TypeId) -> Map<String, Value> {
    let declared = types.get(of).map.iter().flat_map(|map| &map.fields);
    let written = declared.filter(|(_, field)| field.always_written);
    written
        .map(|(name, field)| (name.to_string(), empty_value(types, field)))
        .collect()
}

/// A struct is written with its own fields, a scalar as its zero, everything else as null.
fn empty_value(types: &Types, field: &Field) -> Value {
    match &field.default {
        Some(Value::Object(_)) => Value::Object(fields_of(types, field.of)),
        Some(zero) => zero.clone(),
        None => Value::Null,
    }
}
