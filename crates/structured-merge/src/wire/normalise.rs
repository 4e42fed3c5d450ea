use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::defaults::Within;
use super::quantity::canonical;
use crate::path::{Path, PathElement};
use crate::schema::{MapType, ObjectSchema, Origin, ScalarKind, ScalarType, Type, TypeId, Types, Wire};

/// A value that the server's own types cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) path: Path,
    pub(crate) problem: &'static str,
}

/// Rewrites an object as the server's types would write it, with the defaults that are known.
pub(crate) fn normalise(schema: &ObjectSchema, object: &mut Value) -> Result<(), Unreadable> {
    let mut walk = Walk {
        types: &schema.types,
        kind: &schema.kind.kind,
        built_in: schema.origin == Origin::BuiltIn,
        path: Vec::new(),
    };
    walk.value(schema.root, object)?;
    if schema.kind.kind == "Secret" && schema.kind.group.is_empty() {
        move_string_data(object);
    }
    Ok(())
}

/// `stringData` of a Secret is written to `data` and never shown.
fn move_string_data(secret: &mut Value) {
    let Some(secret) = secret.as_object_mut() else {
        return;
    };
    let Some(Value::Object(texts)) = secret.remove("stringData") else {
        return;
    };
    let data = secret.entry("data").or_insert_with(|| Value::Object(Map::new()));
    if let Some(data) = data.as_object_mut() {
        let encoded = texts
            .into_iter()
            .map(|(name, text)| (name, STANDARD.encode(text.as_str().unwrap_or_default()).into()));
        data.extend(encoded);
    }
}

struct Walk<'a> {
    types: &'a Types,
    /// The kind of the whole object.
    kind: &'a str,
    /// Whether the server reads what is walked into types of its own.
    built_in: bool,
    path: Vec<PathElement>,
}

impl Walk<'_> {
    fn value(&mut self, of: TypeId, value: &mut Value) -> Result<(), Unreadable> {
        let types = self.types;
        let of = types.get(of);
        if self.built_in
            && is_int_or_string(of)
            && !matches!(value, Value::Null | Value::Number(_) | Value::String(_))
        {
            return Err(self.unreadable("neither a number nor a text"));
        }
        match value {
            Value::Object(fields) => match &of.map {
                Some(map) => self.map(map, fields),
                None => Ok(()),
            },
            Value::Array(items) => {
                let Some(list) = &of.list else {
                    return Ok(());
                };
                for (place, item) in items.iter_mut().enumerate() {
                    if item.is_null() && self.built_in {
                        *item = zero(types.get(list.element));
                    }
                    self.path.push(PathElement::Index(place as i64));
                    self.value(list.element, item)?;
                    self.path.pop();
                }
                Ok(())
            }
            scalar => match of.scalar {
                Some(of) => self.scalar(of, scalar),
                None => Ok(()),
            },
        }
    }

    fn map(&mut self, map: &MapType, fields: &mut Map<String, Value>) -> Result<(), Unreadable> {
        let outer = self.built_in;
        // undeclared maps, as those of labels, are of the type that they are a part of
        self.built_in = map.built_in || (outer && map.fields.is_empty());
        if self.built_in {
            self.drop_empty(map, fields);
            add_always_written(map, fields);
        } else {
            // a default replaces null
            fields.retain(|name, value| {
                !value.is_null() || map.defaults.iter().all(|default| default.field != *name)
            });
            self.write_metadata(map, fields);
        }
        let within = Within {
            kind: self.kind,
            built_in: self.built_in,
        };
        for default in &map.defaults {
            default.complete(fields, within);
        }
        for (name, value) in fields.iter_mut() {
            if let Some(of) = map.field_type(name) {
                self.path.push(PathElement::field(name));
                self.value(of, value)?;
                self.path.pop();
            }
        }
        self.built_in = outer;
        Ok(())
    }

    /// The metadata of an embedded resource is of a type of the server's own, and as such never null.
    fn write_metadata(&self, map: &MapType, fields: &mut Map<String, Value>) {
        for (name, value) in fields.iter_mut().filter(|(_, value)| value.is_null()) {
            let of = map.field_type(name).map(|of| self.types.get(of));
            if of.and_then(|of| of.map.as_ref()).is_some_and(|of| of.built_in) {
                *value = Value::Object(Map::new());
            }
        }
    }

    /// What the server's own types do not write, or write another way: null, and lists and maps without items.
    fn drop_empty(&self, map: &MapType, fields: &mut Map<String, Value>) {
        let mut empty = Vec::new();
        for (name, value) in fields.iter() {
            let omits_zero = || {
                map.fields
                    .get(name.as_str())
                    .is_some_and(|field| field.omits_zero)
            };
            let is_left_out =
                |of: &TypeId| is_empty(self.types.get(*of), value) || (is_zero(value) && omits_zero());
            if let Some(of) = map.field_type(name).filter(is_left_out) {
                empty.push((name.clone(), of));
            }
        }
        for (name, of) in empty {
            let zero = match map.fields.get(name.as_str()) {
                Some(field) if field.always_written => Some(field.default.clone().unwrap_or(Value::Null)),
                Some(_) => None,
                None => Some(zero(self.types.get(of))),
            };
            match zero {
                Some(zero) => fields.insert(name, zero),
                None => fields.remove(&name),
            };
        }
    }

    fn scalar(&self, of: ScalarType, value: &mut Value) -> Result<(), Unreadable> {
        if !self.built_in || value.is_null() {
            return Ok(());
        }
        match of.wire {
            Wire::Any => Ok(()),
            Wire::Integer | Wire::IntOrString => match value {
                Value::Number(number)
                    if number.is_f64() && number.as_f64().is_some_and(|n| n.fract() != 0.0) =>
                {
                    Err(self.unreadable("not a whole number"))
                }
                _ => Ok(()),
            },
            Wire::Base64 => match value.as_str().map(|text| STANDARD.decode(text)) {
                Some(Ok(_)) => Ok(()),
                _ => Err(self.unreadable("illegal base64 data")),
            },
            Wire::Quantity => {
                let text = canonical(value).ok_or_else(|| self.unreadable("not a quantity"))?;
                *value = Value::String(text);
                Ok(())
            }
        }
    }

    fn unreadable(&self, problem: &'static str) -> Unreadable {
        Unreadable {
            path: Path(self.path.clone()),
            problem,
        }
    }
}

/// What the server's own types write even when it is empty.
fn add_always_written(map: &MapType, fields: &mut Map<String, Value>) {
    for (name, field) in &map.fields {
        if field.always_written && !fields.contains_key(name.as_str()) {
            fields.insert(name.to_string(), field.default.clone().unwrap_or(Value::Null));
        }
    }
}

/// Whether Go's types hold nothing for the value. A structure without fields is still a structure.
fn is_empty(of: &Type, value: &Value) -> bool {
    match value {
        Value::Null => true,
        // neither a number nor a text, and refused as such
        Value::Array(_) | Value::Object(_) if is_int_or_string(of) => false,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => {
            fields.is_empty() && of.map.as_ref().is_some_and(|map| map.fields.is_empty())
        }
        _ => false,
    }
}

fn is_int_or_string(of: &Type) -> bool {
    of.scalar.is_some_and(|scalar| scalar.wire == Wire::IntOrString)
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// What Go's types hold where nothing is written, in a map or list that has the entry all the same.
fn zero(of: &Type) -> Value {
    match of.scalar {
        Some(ScalarType {
            wire: Wire::Quantity, ..
        }) => Value::from("0"),
        Some(ScalarType {
            kind: ScalarKind::String,
            ..
        }) => Value::from(""),
        Some(ScalarType {
            kind: ScalarKind::Numeric,
            ..
        }) => Value::from(0),
        Some(ScalarType {
            kind: ScalarKind::Boolean,
            ..
        }) => Value::from(false),
        _ => Value::Null,
    }
}
