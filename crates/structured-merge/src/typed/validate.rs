//! Whether a value is of its type, in the server's words.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::go_text::{held, held_as_source, type_name};
use super::item::{are_told_apart, has_element, item_element};
use super::{Shape, shape};
use crate::path::PathElement;
use crate::schema::{ListKind, ListType, MapType, ScalarKind, ScalarType, TypeId, Types};

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    /// The field as the server prints it; empty for the object itself.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// All that is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationErrors(pub Vec<ValidationError>);

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.0.as_slice() {
            return only.fmt(f);
        }
        f.write_str("errors:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for ValidationErrors {}

/// Whether lists may name an item twice: live objects may, applied ones may not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duplicates {
    Allowed,
    Refused,
}

/// Checks a value against its type.
pub(crate) fn validate(
    types: &Types,
    of: TypeId,
    value: &Value,
    duplicates: Duplicates,
) -> Result<(), ValidationErrors> {
    let mut walk = Walk {
        types,
        duplicates,
        path: Vec::new(),
        errors: Vec::new(),
    };
    walk.value(of, value);
    if walk.errors.is_empty() {
        Ok(())
    } else {
        Err(ValidationErrors(walk.errors))
    }
}

/// One step of the path that leads to the value; made into text only for errors.
enum Step<'a> {
    Field(&'a str),
    Item(&'a ListKind, usize, &'a Value),
}

struct Walk<'a> {
    types: &'a Types,
    duplicates: Duplicates,
    path: Vec<Step<'a>>,
    errors: Vec<ValidationError>,
}

impl<'a> Walk<'a> {
    fn error(&mut self, message: impl Into<String>) {
        let path = self.path.iter().map(|step| match step {
            Step::Field(name) => format!(".{name}"),
            Step::Item(kind, place, item) => match item_element(kind, item) {
                Ok(element) => element.to_string(),
                Err(_) => PathElement::Index(*place as i64).to_string(),
            },
        });
        self.errors.push(ValidationError {
            path: path.collect(),
            message: message.into(),
        });
    }

    fn value(&mut self, of: TypeId, value: &'a Value) {
        match (shape(self.types.get(of), Some(value)), value) {
            (Shape::None, _) => self.error("schema error: invalid atom: inlined"),
            (Shape::Scalar(of), value) => {
                if let Some(problem) = scalar_problem(of, value) {
                    self.error(problem);
                }
            }
            (Shape::Map(_) | Shape::List(_), Value::Null) => {}
            (Shape::Map(of), Value::Object(fields)) => self.map(of, fields),
            (Shape::Map(_), other) => self.error(format!("expected map, got {}", held(other))),
            (Shape::List(of), Value::Array(items)) => self.list(of, items),
            (Shape::List(_), other) => self.error(format!("expected list, got {}", held(other))),
        }
    }

    fn map(&mut self, of: &MapType, fields: &'a Map<String, Value>) {
        for (name, value) in fields {
            self.path.push(Step::Field(name));
            match of.field_type(name) {
                Some(of) => self.value(of, value),
                None => self.error("field not declared in schema"),
            }
            self.path.pop();
        }
    }

    fn list(&mut self, of: &'a ListType, items: &'a [Value]) {
        let is_named = of.kind != ListKind::Atomic;
        let is_checked = is_named && !are_told_apart(&of.kind, items);
        let mut seen = BTreeSet::new();
        for (place, item) in items.iter().enumerate() {
            // most items only need to have a path element, which need not be made for that
            if is_checked && (self.duplicates == Duplicates::Refused || !has_element(&of.kind, item)) {
                match item_element(&of.kind, item) {
                    Ok(element) if seen.contains(&element) => {
                        self.error(format!("duplicate entries for key {element}"));
                    }
                    Ok(element) => drop(seen.insert(element)),
                    Err(problem) => {
                        self.error(format!("element {place}: {problem}"));
                        return;
                    }
                }
            }
            self.path.push(Step::Item(&of.kind, place, item));
            self.value(of.element, item);
            self.path.pop();
        }
    }
}

/// What is wrong with a scalar; null is always allowed.
pub(super) fn scalar_problem(of: ScalarType, value: &Value) -> Option<String> {
    let is_fit = matches!(
        (of.kind, value),
        (_, Value::Null)
            | (ScalarKind::Numeric | ScalarKind::Untyped, Value::Number(_))
            | (ScalarKind::String | ScalarKind::Untyped, Value::String(_))
            | (ScalarKind::Boolean | ScalarKind::Untyped, Value::Bool(_))
    );
    if is_fit {
        return None;
    }
    Some(match of.kind {
        ScalarKind::Numeric => format!("expected numeric (int or float), got {}", type_name(value)),
        ScalarKind::String => format!("expected string, got {}", held_as_source(value)),
        ScalarKind::Boolean => format!("expected boolean, got {}", held(value)),
        ScalarKind::Untyped => format!("expected any scalar, got {}", held(value)),
    })
}
