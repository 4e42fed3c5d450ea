//! Maps, which are changed in place.

use super::coerce::text;
use super::{Called, Row, fail};
use crate::exec::{Context, LimitError, VALUE_DEPTH, stacked};
use crate::function::{Args, CallError, Signature};
use crate::value::{List, Map, Str, Type, Value};

const KEYED: Signature = Signature::new(&[Type::Map, Type::String]);
const PICKED: Signature = Signature::variadic(&[Type::Map], Type::String);

pub(super) const TABLE: &[Row] = &[
    ("dict", Signature::variadic(&[], Type::Any), dict),
    ("get", KEYED, |_, args| {
        Ok(args.map(0).get(args.str(1)).unwrap_or_else(|| "".into()))
    }),
    ("set", Signature::new(&[Type::Map, Type::String, Type::Any]), set),
    ("unset", KEYED, unset),
    ("hasKey", KEYED, |_, args| {
        Ok(Value::Bool(args.map(0).contains(args.str(1))))
    }),
    ("pluck", Signature::variadic(&[Type::String], Type::Map), pluck),
    ("keys", Signature::variadic(&[], Type::Map), keys),
    ("values", Signature::new(&[Type::Map]), values),
    ("pick", PICKED, pick),
    ("omit", PICKED, omit),
    ("dig", Signature::variadic(&[], Type::Any), dig),
    ("deepCopy", Signature::new(&[Type::Any]), copy),
    ("mustDeepCopy", Signature::new(&[Type::Any]), copy),
];

fn dict(context: &Context<'_>, args: &Args) -> Called {
    let map = Map::new();
    let mut values = args.rest(0);
    while let Some(key) = values.next() {
        map.insert(
            text(context, key)?,
            values.next().cloned().unwrap_or_else(|| "".into()),
        );
    }
    Ok(map.into())
}

fn set(context: &Context<'_>, args: &Args) -> Called {
    if !context.put(args.map(0), args.str(1).clone(), args.value(2).clone()) {
        return fail("assignment to entry in nil map");
    }
    Ok(args.value(0).clone())
}

fn unset(_: &Context<'_>, args: &Args) -> Called {
    args.map(0).remove(args.str(1));
    Ok(args.value(0).clone())
}

fn pluck(_: &Context<'_>, args: &Args) -> Called {
    let found = (1..args.len()).filter_map(|at| args.map(at).get(args.str(0)));
    Ok(found.collect::<Vec<_>>().into())
}

/// Sorted within each map, where the original has no order.
fn keys(_: &Context<'_>, args: &Args) -> Called {
    Ok(Value::strings((0..args.len()).flat_map(|at| args.map(at).keys())))
}

/// In the order of the keys, where the original has no order.
fn values(_: &Context<'_>, args: &Args) -> Called {
    Ok(args
        .map(0)
        .entries()
        .into_iter()
        .map(|(_, value)| value)
        .collect::<Vec<_>>()
        .into())
}

fn pick(_: &Context<'_>, args: &Args) -> Called {
    let names = (1..args.len()).map(|at| args.str(at));
    let picked: Map = names
        .filter_map(|name| Some((name.clone(), args.map(0).get(name)?)))
        .collect();
    Ok(picked.into())
}

fn omit(_: &Context<'_>, args: &Args) -> Called {
    let omitted = |key: &Str| (1..args.len()).any(|at| args.str(at) == key);
    let kept: Map = args
        .map(0)
        .entries()
        .into_iter()
        .filter(|(key, _)| !omitted(key))
        .collect();
    Ok(kept.into())
}

fn dig(_: &Context<'_>, args: &Args) -> Called {
    let count = args.len();
    if count < 3 {
        return fail("dig needs at least three arguments");
    }
    let mut map = as_plain_map(args.value(count - 1))?;
    let keys: Vec<&Str> = (0..count - 2)
        .map(|at| as_string(args.value(at)))
        .collect::<Result<_, _>>()?;
    for (at, key) in keys.iter().enumerate() {
        match map.get(key) {
            None => break,
            Some(value) if at + 1 == keys.len() => return Ok(value),
            Some(value) => map = as_plain_map(&value)?,
        }
    }
    Ok(args.value(count - 2).clone())
}

fn conversion_error<T>(value: &Value, wanted: &str) -> Result<T, CallError> {
    let found = if matches!(value, Value::Nil) {
        "nil".into()
    } else {
        value.type_name()
    };
    fail(format!(
        "interface conversion: interface {{}} is {found}, not {wanted}"
    ))
}

/// A type assertion: a map of a named type is not one.
fn as_plain_map(value: &Value) -> Result<Map, CallError> {
    match value {
        Value::Map(map) if Type::Map.accepts(value) && map.named_type().is_none() => Ok(map.clone()),
        other => conversion_error(other, "map[string]interface {}"),
    }
}

fn as_string(value: &Value) -> Result<&Str, CallError> {
    value
        .as_str()
        .map_or_else(|| conversion_error(value, "string"), Ok)
}

fn copy(context: &Context<'_>, args: &Args) -> Called {
    match args.value(0) {
        Value::Nil => fail("reflect: call of reflect.Value.Type on zero Value"),
        value => Ok(deep_copy(context, value, 0)?),
    }
}

/// A copy that shares no list and no map.
fn deep_copy(context: &Context<'_>, value: &Value, depth: usize) -> Result<Value, LimitError> {
    context.spend(1)?;
    if depth > VALUE_DEPTH {
        return Err(LimitError::Nesting(VALUE_DEPTH));
    }
    match value {
        Value::List(list) if !list.is_nil() => stacked(|| copy_list(context, list, depth)),
        Value::Map(map) if !map.is_nil() => stacked(|| copy_map(context, map, depth)),
        other => Ok(other.clone()),
    }
}

fn copy_list(context: &Context<'_>, list: &List, depth: usize) -> Result<Value, LimitError> {
    let items = list
        .items()
        .iter()
        .map(|item| deep_copy(context, item, depth + 1));
    let copy = List::of(list.element(), items.collect::<Result<_, _>>()?);
    Ok(Value::List(match list.named_type() {
        Some(named) => copy.named(named),
        None => copy,
    }))
}

fn copy_map(context: &Context<'_>, map: &Map, depth: usize) -> Result<Value, LimitError> {
    let entries = map.entries().into_iter();
    let entries = entries.map(|(key, value)| Ok((key, deep_copy(context, &value, depth + 1)?)));
    let copy = Map::of(map.element(), entries.collect::<Result<_, LimitError>>()?);
    Ok(Value::Map(match map.named_type() {
        Some(named) => copy.named(named),
        None => copy,
    }))
}
