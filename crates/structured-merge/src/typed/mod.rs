//! Values seen through their types: checked, turned into field sets, merged, compared, pruned.
//!
//! Everything here works on a `Value` and the type that it should have; nothing knows of managers.

mod compare;
mod equal;
mod go_text;
mod item;
mod merge;
mod reconcile;
mod remove;
mod to_field_set;
mod validate;

use serde_json::Value;

use crate::schema::{ListType, MapType, ScalarType, Type};

pub(crate) use compare::{Comparison, compare};
pub(crate) use equal::equal;
pub(crate) use merge::{Merged, merge};
pub(crate) use reconcile::{reconcile, with_named_fields};
pub(crate) use remove::remove;
pub(crate) use to_field_set::to_field_set;
pub(crate) use validate::{Duplicates, validate};
pub use validate::{ValidationError, ValidationErrors};

/// The one form of a type that a value is handled by.
#[derive(Clone, Copy)]
enum Shape<'a> {
    Map(&'a MapType),
    Scalar(ScalarType),
    List(&'a ListType),
    /// No form is allowed: the schema is broken.
    None,
}

/// Which form of its type a value has; for null, for nothing and for what fits no form, the first there is.
fn shape<'a>(of: &'a Type, value: Option<&Value>) -> Shape<'a> {
    match (value, &of.map, of.scalar, &of.list) {
        (Some(Value::Object(_)), Some(map), ..) => Shape::Map(map),
        (Some(Value::Array(_)), _, _, Some(list)) => Shape::List(list),
        (Some(Value::Bool(_) | Value::Number(_) | Value::String(_)), _, Some(scalar), _) => {
            Shape::Scalar(scalar)
        }
        (_, Some(map), ..) => Shape::Map(map),
        (_, None, Some(scalar), _) => Shape::Scalar(scalar),
        (_, None, None, Some(list)) => Shape::List(list),
        (_, None, None, None) => Shape::None,
    }
}

/// Whether two values of one type are handled by the same form of it. Null is of no form where there are several.
fn same_shape(of: &Type, left: &Value, right: &Value) -> bool {
    let forms =
        usize::from(of.map.is_some()) + usize::from(of.scalar.is_some()) + usize::from(of.list.is_some());
    forms == 1 || form(of, left) == form(of, right)
}

fn form(of: &Type, value: &Value) -> u8 {
    match value {
        Value::Object(_) if of.map.is_some() => 1,
        Value::Array(_) if of.list.is_some() => 2,
        Value::Bool(_) | Value::Number(_) | Value::String(_) if of.scalar.is_some() => 3,
        _ => 0,
    }
}

/// Whether a list or map has nothing in it; null and nothing have not.
fn has_no_items(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        _ => true,
    }
}
