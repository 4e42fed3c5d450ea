//! Empty values and what to take instead.

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::value::{Type, Value};

pub(super) const TABLE: &[Row] = &[
    ("default", Signature::variadic(&[Type::Any], Type::Any), default),
    ("empty", Signature::new(&[Type::Any]), |_, args| {
        Ok(Value::Bool(is_empty(args.value(0))))
    }),
    ("coalesce", Signature::variadic(&[], Type::Any), coalesce),
    ("all", Signature::variadic(&[], Type::Any), all),
    ("any", Signature::variadic(&[], Type::Any), any),
    (
        "ternary",
        Signature::new(&[Type::Any, Type::Any, Type::Bool]),
        ternary,
    ),
];

/// Zero values and empty containers; structs and pointers never are.
pub(super) fn is_empty(value: &Value) -> bool {
    !value.is_true()
}

fn default(_: &Context<'_>, args: &Args) -> Called {
    let given = args.rest(1).next().filter(|given| !is_empty(given));
    Ok(given.unwrap_or(args.value(0)).clone())
}

fn coalesce(_: &Context<'_>, args: &Args) -> Called {
    Ok(args
        .rest(0)
        .find(|value| !is_empty(value))
        .cloned()
        .unwrap_or_default())
}

fn all(_: &Context<'_>, args: &Args) -> Called {
    Ok(Value::Bool(!args.rest(0).any(is_empty)))
}

fn any(_: &Context<'_>, args: &Args) -> Called {
    Ok(Value::Bool(args.rest(0).any(|value| !is_empty(value))))
}

fn ternary(_: &Context<'_>, args: &Args) -> Called {
    Ok(args.value(usize::from(!args.bool(2))).clone())
}
