//! Comparison: only values of one basic kind are comparable, and integers whatever their sign.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::exec::{Context, Operand};
use crate::fmt;
use crate::function::{Args, CallError};
use crate::value::{Kind, Value};

type Compared = Result<bool, CallError>;
type Called = Result<Value, CallError>;

pub(super) fn not(_: &Context<'_>, args: &Args) -> Called {
    Ok(Value::Bool(!args.value(0).is_true()))
}

pub(super) fn eq(context: &Context<'_>, args: &Args) -> Called {
    if args.len() < 2 {
        return Err(CallError::new("missing argument for comparison"));
    }
    for other in 1..args.len() {
        if equal(context, args.operand(0), args.operand(other))? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn ne(context: &Context<'_>, args: &Args) -> Called {
    equal(context, args.operand(0), args.operand(1)).map(|equal| Value::Bool(!equal))
}

pub(super) fn lt(_: &Context<'_>, args: &Args) -> Called {
    less(args).map(Value::Bool)
}

pub(super) fn le(context: &Context<'_>, args: &Args) -> Called {
    less_or_equal(context, args).map(Value::Bool)
}

pub(super) fn gt(context: &Context<'_>, args: &Args) -> Called {
    less_or_equal(context, args).map(|le| Value::Bool(!le))
}

pub(super) fn ge(_: &Context<'_>, args: &Args) -> Called {
    less(args).map(|less| Value::Bool(!less))
}

fn less_or_equal(context: &Context<'_>, args: &Args) -> Compared {
    Ok(less(args)? || equal(context, args.operand(0), args.operand(1))?)
}

/// Whether a kind is one that has an order or can at least be told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Basic {
    Bool,
    Complex,
    Integer,
    Float,
    String,
}

fn basic(value: &Value) -> Option<Basic> {
    Some(match value.kind() {
        Kind::Bool => Basic::Bool,
        Kind::Complex128 => Basic::Complex,
        Kind::Int | Kind::Int64 | Kind::Uint8 | Kind::Uint64 => Basic::Integer,
        Kind::Float64 => Basic::Float,
        Kind::String => Basic::String,
        _ => return None,
    })
}

fn integer(value: &Value) -> i128 {
    match value {
        Value::Int(i) | Value::Int64(i) => i128::from(*i),
        Value::Uint8(u) => i128::from(*u),
        Value::Uint64(u) => i128::from(*u),
        _ => 0,
    }
}

fn incompatible(a: &Value, b: &Value) -> CallError {
    CallError::new(format!(
        "incompatible types for comparison: {} and {}",
        a.type_name(),
        b.type_name()
    ))
}

fn equal(context: &Context<'_>, a: &Operand, b: &Operand) -> Compared {
    let (a, b) = (&a.value, &b.value);
    match (basic(a), basic(b)) {
        (Some(Basic::Integer), Some(Basic::Integer)) => Ok(integer(a) == integer(b)),
        (Some(x), Some(y)) if x == y => Ok(crate::value::simple_equal(a, b)),
        (None, None) => equal_composite(context, a, b),
        _ if matches!(a, Value::Nil) || matches!(b, Value::Nil) => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// Nil, lists, maps and objects: only nil and objects can be compared.
fn equal_composite(context: &Context<'_>, a: &Value, b: &Value) -> Compared {
    if a.kind() != b.kind() && !matches!(a, Value::Nil) && !matches!(b, Value::Nil) {
        let shown = fmt::sprintf(context, b"non-comparable types %s: ", [a])?;
        let (x, y) = (a.type_name(), b.type_name());
        return Err(CallError::new(format!(
            "{}{x}, {y}: {}",
            shown.to_text(),
            fmt::shown(context, b)
        )));
    }
    if a.is_nil() || b.is_nil() {
        return Ok(a.is_nil() == b.is_nil());
    }
    if matches!(
        b,
        Value::List(_) | Value::Bytes(_) | Value::Map(_) | Value::Function(_)
    ) {
        let text = fmt::sprintf(context, b"non-comparable type %s: ", [b])?;
        return Err(CallError::new(format!("{}{}", text.to_text(), b.type_name())));
    }
    Ok(match (a, b) {
        // pointers are equal if they point to the same, structs if they hold the same
        (Value::Object(x), Value::Object(y)) if x.kind() == Kind::Pointer => Rc::ptr_eq(x, y),
        _ => crate::value::simple_equal(a, b),
    })
}

fn less(args: &Args) -> Compared {
    let (a, b) = (args.value(0), args.value(1));
    let bad = || CallError::new("invalid type for comparison");
    let (x, y) = (basic(a).ok_or_else(bad)?, basic(b).ok_or_else(bad)?);
    if x != y {
        return Err(incompatible(a, b));
    }
    match (a, b) {
        (Value::Float(x), Value::Float(y)) => Ok(x < y),
        (Value::Str(x), Value::Str(y)) => Ok(x < y),
        _ if x == Basic::Integer => Ok(integer(a).cmp(&integer(b)) == Ordering::Less),
        _ => Err(bad()),
    }
}
