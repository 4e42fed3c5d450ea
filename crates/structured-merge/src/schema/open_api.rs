//! Schemas from the OpenAPI v3 documents of an API server.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use manifest::GroupVersionKind;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use smol_str::SmolStr;

use super::types::{
    DEDUCED, Field, KeyField, ListKind, ListType, MapType, ScalarKind, ScalarType, Type, TypeId, Types,
    UNTYPED, Wire,
};
use super::{ObjectSchema, Origin, StatusSubresource, Versions};
use crate::wire::{built_in_defaults, stated_default};

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
fn is_built_in(type_name: &str) -> bool {
    type_name.starts_with("io.k8s.apimachinery.") || origin(type_name) == Origin::BuiltIn
}

fn origin(type_name: &str) -> Origin {
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

/// Turns schemas into types, each named one once.
pub(super) struct Builder<'a> {
    components: &'a Map<String, Value>,
    types: Types,
    named: HashMap<&'a str, TypeId>,
    /// References that change how the map they refer to is owned; filled in when all types are there.
    overrides: Vec<(TypeId, TypeId, bool)>,
}

/// Where a schema stands: for errors, and for what it inherits.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) type_name: &'a str,
    pub(super) preserve_unknown: bool,
    /// Whether this is a part of the named type, not the type itself.
    pub(super) inline: bool,
}

impl<'a> Builder<'a> {
    pub(super) fn new(components: &'a Map<String, Value>) -> Self {
        Self {
            components,
            types: Types::common(),
            named: HashMap::new(),
            overrides: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Types {
        for (id, base, atomic) in self.overrides {
            let mut copy = self.types.list[base.0 as usize].clone();
            match (&mut copy.map, &mut copy.list) {
                (Some(map), _) => map.atomic = atomic,
                (None, Some(list)) if atomic => list.kind = ListKind::Atomic,
                _ => {}
            }
            self.types.list[id.0 as usize] = copy;
        }
        self.types
    }

    fn reserve(&mut self) -> TypeId {
        self.types.list.push(Type::default());
        TypeId(self.types.list.len() as u32 - 1)
    }

    pub(super) fn named(&mut self, name: &str) -> Result<TypeId, InvalidSchema> {
        if let Some(id) = self.named.get(name) {
            return Ok(*id);
        }
        let Some((name, schema)) = self.components.get_key_value(name) else {
            return Err(InvalidSchema::UnknownType(name.to_owned()));
        };
        let id = self.reserve();
        self.named.insert(name, id);
        self.types.list[id.0 as usize] = match name.as_str() {
            "io.k8s.apimachinery.pkg.api.resource.Quantity" => scalar(ScalarKind::Untyped, Wire::Quantity),
            "io.k8s.apimachinery.pkg.runtime.RawExtension" => self.types.get(UNTYPED).clone(),
            _ => {
                let context = Context {
                    type_name: name,
                    preserve_unknown: false,
                    inline: false,
                };
                self.type_of(schema, context)?
            }
        };
        Ok(id)
    }

    /// A schema in place, or the type that it refers to.
    pub(super) fn reference(
        &mut self,
        schema: &Value,
        context: Context<'_>,
    ) -> Result<TypeId, InvalidSchema> {
        let Some(target) = reference_of(schema) else {
            let id = self.reserve();
            let context = Context {
                inline: true,
                ..context
            };
            self.types.list[id.0 as usize] = self.type_of(schema, context)?;
            return Ok(id);
        };
        let base = self.named(target)?;
        let Some(atomic) = map_is_atomic(schema, context)? else {
            return Ok(base);
        };
        let id = self.reserve();
        self.overrides.push((id, base, atomic));
        Ok(id)
    }

    fn type_of(&mut self, schema: &Value, mut context: Context<'_>) -> Result<Type, InvalidSchema> {
        context.preserve_unknown |=
            schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
        let mut result = Type::default();
        match schema.get("type").and_then(Value::as_str).unwrap_or_default() {
            "object" => result.map = Some(self.map(schema, context)?),
            "array" => result.list = Some(self.list(schema, context)?),
            "" => {
                result.scalar = Some(ScalarType::UNTYPED);
                result.list = Some(self.list(schema, context)?);
                result.map = Some(self.map(schema, context)?);
            }
            name => {
                let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
                result.scalar = Some(scalar_type(name, format));
            }
        }
        Ok(result)
    }

    fn map(&mut self, schema: &Value, context: Context<'_>) -> Result<MapType, InvalidSchema> {
        let empty = Map::new();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let required = schema.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|required| required == name));
        let mut fields = FxHashMap::default();
        let mut stated = Vec::new();
        for (name, property) in properties {
            let default = property.get("default").cloned();
            let field = Field {
                of: self.reference(property, context)?,
                always_written: is_required(name) || default.as_ref().is_some_and(Value::is_object),
                default,
            };
            if let Some(default) = &field.default {
                stated.push(stated_default(name, default));
            }
            fields.insert(SmolStr::from(name), field);
        }
        Ok(MapType {
            element: self.undeclared(schema, context, properties.is_empty())?,
            atomic: map_is_atomic(schema, context)?.unwrap_or(false),
            built_in: is_built_in(context.type_name),
            // the defaults that built-in types state are what Go writes for nothing
            defaults: match origin(context.type_name) {
                Origin::BuiltIn if context.inline => Vec::new(),
                Origin::BuiltIn => built_in_defaults(context.type_name),
                Origin::Custom => stated,
            },
            fields,
        })
    }

    /// Type of the fields that are not declared.
    fn undeclared(
        &mut self,
        schema: &Value,
        context: Context<'_>,
        declares_none: bool,
    ) -> Result<Option<TypeId>, InvalidSchema> {
        match schema.get("additionalProperties") {
            None if context.preserve_unknown || declares_none => Ok(Some(DEDUCED)),
            None | Some(Value::Bool(false)) => Ok(None),
            Some(Value::Bool(true)) => Ok(Some(DEDUCED)),
            Some(schema) => self.reference(schema, context).map(Some),
        }
    }

    fn list(&mut self, schema: &Value, context: Context<'_>) -> Result<ListType, InvalidSchema> {
        let element = match schema.get("items") {
            Some(items) => self.reference(items, context)?,
            None => UNTYPED,
        };
        let kind = match list_keys(schema, context)? {
            ListKeys::Atomic => ListKind::Atomic,
            ListKeys::Set => ListKind::Set,
            ListKeys::Names(names) => {
                let items = schema.get("items").map(|items| self.declaration(items));
                let default = |name: &str| items?.get("properties")?.get(name)?.get("default").cloned();
                let keys = names.into_iter().map(|name| KeyField {
                    default: default(name),
                    name: name.into(),
                });
                ListKind::Keyed(keys.collect())
            }
        };
        Ok(ListType { element, kind })
    }

    /// The schema itself, or the one that it refers to.
    fn declaration<'s>(&self, schema: &'s Value) -> &'s Value
    where
        'a: 's,
    {
        let target = reference_of(schema).and_then(|name| self.components.get(name));
        target.unwrap_or(schema)
    }
}

/// The last part of `$ref`, which may stand alone in `allOf`.
fn reference_of(schema: &Value) -> Option<&str> {
    let alone = || match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => only.get("$ref"),
        _ => None,
    };
    let reference = schema.get("$ref").or_else(alone)?.as_str()?;
    Some(reference.rsplit('/').next().unwrap_or(reference)).filter(|name| !name.is_empty())
}

fn scalar(kind: ScalarKind, wire: Wire) -> Type {
    Type {
        scalar: Some(ScalarType { kind, wire }),
        ..Type::default()
    }
}

fn scalar_type(name: &str, format: &str) -> ScalarType {
    let (kind, wire) = match (name, format) {
        ("integer", _) => (ScalarKind::Numeric, Wire::Integer),
        ("number", _) => (ScalarKind::Numeric, Wire::Any),
        ("string", "") => (ScalarKind::String, Wire::Any),
        ("string", "byte") => (ScalarKind::String, Wire::Base64),
        ("boolean", _) => (ScalarKind::Boolean, Wire::Any),
        _ => (ScalarKind::Untyped, Wire::Any),
    };
    ScalarType { kind, wire }
}

enum ListKeys<'a> {
    Atomic,
    Set,
    Names(Vec<&'a str>),
}

fn list_keys<'a>(schema: &'a Value, context: Context<'_>) -> Result<ListKeys<'a>, InvalidSchema> {
    let text = |name: &str| schema.get(name).and_then(Value::as_str);
    let invalid = |extension| InvalidSchema::Extension {
        extension,
        type_name: context.type_name.to_owned(),
    };
    match (
        text("x-kubernetes-list-type"),
        text("x-kubernetes-patch-strategy"),
    ) {
        (Some("atomic"), _) | (None, None | Some("retainKeys")) => Ok(ListKeys::Atomic),
        (Some("set"), _) => Ok(ListKeys::Set),
        (Some("map"), _) => {
            let names = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
            let names = names.ok_or_else(|| invalid("x-kubernetes-list-map-keys"))?;
            Ok(ListKeys::Names(names.iter().filter_map(Value::as_str).collect()))
        }
        (Some(_), _) => Err(invalid("x-kubernetes-list-type")),
        (None, Some("merge" | "merge,retainKeys")) => match text("x-kubernetes-patch-merge-key") {
            Some(name) => Ok(ListKeys::Names(vec![name])),
            None => Ok(ListKeys::Set),
        },
        (None, Some(_)) => Err(invalid("x-kubernetes-patch-strategy")),
    }
}

fn map_is_atomic(schema: &Value, context: Context<'_>) -> Result<Option<bool>, InvalidSchema> {
    match schema.get("x-kubernetes-map-type").and_then(Value::as_str) {
        None => Ok(None),
        Some("atomic") => Ok(Some(true)),
        Some("granular") => Ok(Some(false)),
        Some(_) => Err(InvalidSchema::Extension {
            extension: "x-kubernetes-map-type",
            type_name: context.type_name.to_owned(),
        }),
    }
}
