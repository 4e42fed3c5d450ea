//! `reflect.DeepEqual`.

use super::{List, Map, Value};

/// How deep values may nest before they count as different: only a map that holds itself goes there.
const DEEPEST: usize = 10_000;

/// Whether two values have the same type and, all the way down, the same content.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> bool {
    equal_at(a, b, 0)
}

fn equal_at(a: &Value, b: &Value, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    match (a, b) {
        (Value::List(x), Value::List(y)) => stacked(|| lists(x, y, depth)),
        (Value::Map(x), Value::Map(y)) => stacked(|| maps(x, y, depth)),
        (Value::Function(_), Value::Function(_)) => false,
        _ => simple_equal(a, b),
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

fn lists(x: &List, y: &List, depth: usize) -> bool {
    x.element() == y.element()
        && same_name(x.named_type(), y.named_type())
        && x.is_nil() == y.is_nil()
        && x.items().len() == y.items().len()
        && (x.same(y) || x.items().iter().zip(y.items()).all(|(a, b)| equal_at(a, b, depth + 1)))
}

fn maps(x: &Map, y: &Map, depth: usize) -> bool {
    if x.element() != y.element() || !same_name(x.named_type(), y.named_type()) {
        return false;
    }
    if x.same(y) {
        return true;
    }
    match (x.borrow(), y.borrow()) {
        (Some(one), Some(two)) => {
            one.len() == two.len()
                && one.iter().zip(two.iter()).all(|((k, a), (l, b))| k == l && equal_at(a, b, depth + 1))
        }
        _ => false,
    }
}

fn same_name(x: Option<&super::NamedType>, y: Option<&super::NamedType>) -> bool {
    x.map(|named| named.name) == y.map(|named| named.name)
}

/// Runs on a larger stack when little is left.
fn stacked<T>(run: impl FnOnce() -> T) -> T {
    crate::exec::stacked(run)
}
