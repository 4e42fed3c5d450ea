//! Values into typed fields, with the verdicts and the words of Go's `encoding/json`: names match without regard
//! to case, null changes nothing, and the first thing wrong (in the order of names) is what is reported.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value};
use yaml::Step;

use crate::error::{Error, Result};

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Unknown fields are errors: kustomization files.
    NoUnknownFields,
    /// Unknown fields are passed over, and numbers and booleans become text where text is wanted.
    Lenient,
    /// Like `Lenient`, but unknown fields are errors: field specs.
    LenientNoUnknownFields,
}

/// Reads a value into a type; an error knows the way to the field that is wrong.
pub(crate) fn decode<T: Decode>(value: &Value, strictness: Strictness) -> Result<T> {
    let mut decoder = Decoder {
        strictness,
        problem: None,
        owner: "",
        path: Vec::new(),
        way_out: Vec::new(),
    };
    let mut result = T::default();
    result.read(value, &mut decoder);
    match decoder.problem {
        None => Ok(result),
        Some(problem) => Err(decoder
            .way_out
            .into_iter()
            .fold(Error::new(problem), Error::under)),
    }
}

/// What can be read from a value.
pub(crate) trait Decode: Default {
    /// The type's name in messages.
    fn type_name() -> String;
    /// Takes over what the value says.
    fn read(&mut self, value: &Value, decoder: &mut Decoder);
}

/// Where a reading is, and what was first found wrong.
pub(crate) struct Decoder {
    strictness: Strictness,
    problem: Option<String>,
    owner: &'static str,
    path: Vec<&'static str>,
    /// The steps from what is wrong to the root.
    way_out: Vec<Step>,
}

impl Decoder {
    /// Reads a part of a value; `step` leads to it, and is asked for only if the first thing wrong is there.
    fn part(&mut self, step: impl FnOnce() -> Step, read: impl FnOnce(&mut Self)) {
        let was_fine = self.problem.is_none();
        read(self);
        if was_fine && self.problem.is_some() {
            self.way_out.push(step());
        }
    }

    fn report(&mut self, problem: impl FnOnce(&Self) -> String) {
        if self.problem.is_none() {
            self.problem = Some(problem(self));
        }
    }

    /// Reports that the value is of another type.
    pub(crate) fn mismatch(&mut self, found: &str, wanted: &str) {
        self.report(|decoder| {
            let place = if decoder.owner.is_empty() {
                "Go value".to_owned()
            } else {
                format!("Go struct field {}.{}", decoder.owner, decoder.path.join("."))
            };
            format!("json: cannot unmarshal {found} into {place} of type {wanted}")
        });
    }

    /// Reads the fields of a struct; `read` gets each entry of the object and says whether it knows the name.
    pub(crate) fn fields(
        &mut self,
        value: &Value,
        (owner, type_name): (&'static str, &str),
        names: &[&'static str],
        mut read: impl FnMut(usize, &Value, &mut Self),
    ) {
        let object = match value {
            Value::Null => return,
            Value::Object(object) => object,
            other => return self.mismatch(kind_of(other), type_name),
        };
        let outer = std::mem::replace(&mut self.owner, owner);
        for (key, value) in sorted(object) {
            let known = names
                .iter()
                .position(|name| name == key)
                .or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(key)));
            let step = || Step::Field(key.clone());
            match known {
                Some(index) => self.part(step, |decoder| {
                    decoder.path.push(names[index]);
                    read(index, value, decoder);
                    decoder.path.pop();
                }),
                None if self.strictness == Strictness::Lenient => {}
                None => self.part(step, |decoder| {
                    decoder.report(|_| format!("json: unknown field {key:?}"));
                }),
            }
        }
        self.owner = outer;
    }
}

/// The entries of an object in the order of their names.
pub(crate) fn sorted(object: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Decode for String {
    fn type_name() -> String {
        "string".into()
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        match value {
            Value::Null => {}
            Value::String(text) => self.clone_from(text),
            Value::Bool(_) | Value::Number(_) if decoder.strictness != Strictness::NoUnknownFields => {
                *self = value.to_string();
            }
            other => decoder.mismatch(kind_of(other), &Self::type_name()),
        }
    }
}

impl Decode for Cow<'static, str> {
    fn type_name() -> String {
        String::type_name()
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        self.to_mut().read(value, decoder);
    }
}

impl Decode for bool {
    fn type_name() -> String {
        "bool".into()
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        match value {
            Value::Null => {}
            Value::Bool(value) => *self = *value,
            other => decoder.mismatch(kind_of(other), &Self::type_name()),
        }
    }
}

impl Decode for i64 {
    fn type_name() -> String {
        "int64".into()
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        match value {
            Value::Null => {}
            Value::Number(number) => match number.as_i64() {
                Some(number) => *self = number,
                None => decoder.mismatch(&format!("number {number}"), &Self::type_name()),
            },
            other => decoder.mismatch(kind_of(other), &Self::type_name()),
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn type_name() -> String {
        format!("*{}", T::type_name())
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        if !value.is_null() {
            self.get_or_insert_with(T::default).read(value, decoder);
        }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn type_name() -> String {
        format!("[]{}", T::type_name())
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                *self = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        let mut element = T::default();
                        decoder.part(|| Step::Index(index), |decoder| element.read(item, decoder));
                        element
                    })
                    .collect();
            }
            other => decoder.mismatch(kind_of(other), &Self::type_name()),
        }
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn type_name() -> String {
        format!("map[string]{}", T::type_name())
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        match value {
            Value::Null => {}
            Value::Object(object) => {
                for (key, value) in sorted(object) {
                    let mut element = T::default();
                    decoder.part(
                        || Step::Field(key.clone()),
                        |decoder| element.read(value, decoder),
                    );
                    self.insert(key.clone(), element);
                }
            }
            other => decoder.mismatch(kind_of(other), &Self::type_name()),
        }
    }
}

impl Decode for Value {
    fn type_name() -> String {
        "interface {}".into()
    }

    fn read(&mut self, value: &Value, _: &mut Decoder) {
        self.clone_from(value);
    }
}

/// Structs that are read from objects: fields with the names that files use.
macro_rules! decodable {
    ($($(#[$meta:meta])* struct $name:ident($go_name:literal in $package:literal) {
        $($(#[$field_meta:meta])* $field:ident: $type:ty = $key:literal,)*
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)*
        }

        impl $crate::decode::Decode for $name {
            fn type_name() -> String {
                concat!($package, ".", $go_name).into()
            }

            fn read(&mut self, value: &serde_json::Value, decoder: &mut $crate::decode::Decoder) {
                let names = [$($key),*];
                let type_name = concat!($package, ".", $go_name);
                decoder.fields(value, ($go_name, type_name), &names, |index, value, decoder| {
                    let mut position = 0..;
                    $(if position.next() == Some(index) {
                        return $crate::decode::Decode::read(&mut self.$field, value, decoder);
                    })*
                });
            }
        }
    )*};
}
pub(crate) use decodable;
