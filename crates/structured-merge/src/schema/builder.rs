//! From schemas in the form of OpenAPI to types.

use std::collections::HashMap;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use smol_str::SmolStr;

use super::Origin;
use super::open_api::{InvalidSchema, is_built_in, origin};
use super::types::{
    DEDUCED, Field, KeyField, ListKind, ListType, MapType, ScalarKind, ScalarType, Type, TypeId, Types,
    UNTYPED, Wire,
};
use crate::wire::{built_in_defaults, omitted_zeros, stated_default};

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
            "io.k8s.apimachinery.pkg.util.intstr.IntOrString" => {
                let mut anything = self.types.get(UNTYPED).clone();
                anything.scalar = Some(ScalarType {
                    kind: ScalarKind::Untyped,
                    wire: Wire::IntOrString,
                });
                anything
            }
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
        let omitted: &[String] = if is_built_in(context.type_name) && !context.inline {
            omitted_zeros(context.type_name)
        } else {
            &[]
        };
        let mut fields = FxHashMap::default();
        let mut stated = Vec::new();
        for (name, property) in properties {
            let default = property.get("default").cloned();
            let field = Field {
                of: self.reference(property, context)?,
                omits_zero: omitted.contains(name),
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
