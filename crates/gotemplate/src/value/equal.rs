//! `reflect.DeepEqual`.

use super::{List, Map, NamedType, Value};
use crate::exec::{Context, LimitError, VALUE_DEPTH, stacked};

impl Value {
    /// Whether two values have the same type and, all the way down, the same content.
    pub fn deep_equals(&self, other: &Self, context: &Context<'_>) -> Result<bool, LimitError> {
        equal_at(self, other, context, 0)
    }
}

fn equal_at(a: &Value, b: &Value, context: &Context<'_>, depth: usize) -> Result<bool, LimitError> {
    context.spend(1)?;
    if depth > VALUE_DEPTH {
        return Err(LimitError::Nesting(VALUE_DEPTH));
    }
    match (a, b) {
        (Value::List(x), Value::List(y)) => stacked(|| lists(x, y, context, depth)),
        (Value::Map(x), Value::Map(y)) => stacked(|| maps(x, y, context, depth)),
        (Value::Function(_), Value::Function(_)) => Ok(false),
        _ => Ok(simple_equal(a, b)),
    }
}

/// Equality of values that hold no others.
pub(crate) fn simple_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(x), Value::Bool(y)) => x == y,
        (Value::Int(x), Value::Int(y)) | (Value::Int64(x), Value::Int64(y)) => x == y,
        (Value::Uint8(x), Value::Uint8(y)) => x == y,
        (Value::Uint64(x), Value::Uint64(y)) => x == y,
        #[expect(clippy::float_cmp, reason = "Go compares floats exactly")]
        (Value::Float(x), Value::Float(y)) => x == y,
        #[expect(clippy::float_cmp, reason = "Go compares floats exactly")]
        (Value::Complex(r, i), Value::Complex(s, j)) => r == s && i == j,
        (Value::Str(x), Value::Str(y)) | (Value::Bytes(x), Value::Bytes(y)) => x == y,
        (Value::Object(x), Value::Object(y)) => x.equals(&**y),
        _ => false,
    }
}

fn lists(x: &List, y: &List, context: &Context<'_>, depth: usize) -> Result<bool, LimitError> {
    let alike = x.element() == y.element()
        && same_name(x.named_type(), y.named_type())
        && x.is_nil() == y.is_nil()
        && x.items().len() == y.items().len();
    if !alike || x.same(y) {
        return Ok(alike);
    }
    for (a, b) in x.items().iter().zip(y.items()) {
        if !equal_at(a, b, context, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(x: &Map, y: &Map, context: &Context<'_>, depth: usize) -> Result<bool, LimitError> {
    let alike = x.element() == y.element()
        && same_name(x.named_type(), y.named_type())
        && x.is_nil() == y.is_nil()
        && x.len() == y.len();
    if !alike || x.same(y) {
        return Ok(alike);
    }
    let (Some(one), Some(two)) = (x.borrow(), y.borrow()) else {
        return Ok(true);
    };
    for ((k, a), (l, b)) in one.iter().zip(two.iter()) {
        if k != l || !equal_at(a, b, context, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_name(x: Option<&NamedType>, y: Option<&NamedType>) -> bool {
    x.map(|named| named.name) == y.map(|named| named.name)
}
