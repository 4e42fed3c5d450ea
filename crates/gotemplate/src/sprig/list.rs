//! Lists. They are never changed in place.

use std::borrow::Cow;

use super::coerce::{text, texts, to_int64};
use super::defaults::is_empty;
use super::{Called, Row, fail};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Element, List, Str, Type, Value};

use Type::Any;

const ONE: Signature = Signature::new(&[Any]);
const TWO: Signature = Signature::new(&[Any, Any]);
const ALL: Signature = Signature::variadic(&[], Any);
const SOME: Signature = Signature::variadic(&[Any], Any);
const CHUNK: Signature = Signature::new(&[Type::Int, Any]);

pub(super) const TABLE: &[Row] = &[
    ("list", ALL, |_, args| Ok(owned(args.rest(0).cloned().collect()))),
    ("tuple", ALL, |_, args| Ok(owned(args.rest(0).cloned().collect()))),
    ("append", TWO, push),
    ("push", TWO, push),
    ("mustAppend", TWO, push),
    ("mustPush", TWO, push),
    ("prepend", TWO, prepend),
    ("mustPrepend", TWO, prepend),
    ("first", ONE, first),
    ("mustFirst", ONE, first),
    ("last", ONE, last),
    ("mustLast", ONE, last),
    ("rest", ONE, rest),
    ("mustRest", ONE, rest),
    ("initial", ONE, initial),
    ("mustInitial", ONE, initial),
    ("reverse", ONE, reverse),
    ("mustReverse", ONE, reverse),
    ("compact", ONE, compact),
    ("mustCompact", ONE, compact),
    ("uniq", ONE, uniq),
    ("mustUniq", ONE, uniq),
    ("without", SOME, without),
    ("mustWithout", SOME, without),
    ("has", TWO, has),
    ("mustHas", TWO, has),
    ("slice", SOME, slice),
    ("mustSlice", SOME, slice),
    ("concat", ALL, concat),
    ("chunk", CHUNK, chunk),
    ("mustChunk", CHUNK, chunk),
    ("sortAlpha", ONE, sort_alpha),
];

/// What Go says of a nil where a type is asked for.
pub(super) const NIL_DEREFERENCE: &str = "runtime error: invalid memory address or nil pointer dereference";

fn owned(items: Vec<Value>) -> Value {
    Value::List(items.into())
}

/// The items of a list of any type; the verb and what follows it stand in the error for anything else.
fn items<'v>(value: &'v Value, verb: &str) -> Result<Cow<'v, [Value]>, CallError> {
    match value {
        Value::List(list) => Ok(Cow::Borrowed(list.items())),
        Value::Bytes(bytes) => Ok(Cow::Owned(bytes.iter().map(|byte| Value::Uint8(*byte)).collect())),
        Value::Nil => fail(NIL_DEREFERENCE),
        other => fail(format!("{verb} type {}", other.kind().name())),
    }
}

fn push(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "Cannot push on")?;
    context.spend(list.len())?;
    Ok(owned(list.iter().chain([args.value(1)]).cloned().collect()))
}

fn prepend(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "Cannot prepend on")?;
    context.spend(list.len())?;
    Ok(owned(
        std::iter::once(args.value(1))
            .chain(list.iter())
            .cloned()
            .collect(),
    ))
}

fn first(_: &Context<'_>, args: &Args) -> Called {
    Ok(items(args.value(0), "Cannot find first on")?
        .first()
        .cloned()
        .unwrap_or_default())
}

fn last(_: &Context<'_>, args: &Args) -> Called {
    Ok(items(args.value(0), "Cannot find last on")?
        .last()
        .cloned()
        .unwrap_or_default())
}

fn rest(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "Cannot find rest on")?;
    context.spend(list.len())?;
    Ok(list
        .split_first()
        .map_or_else(nil, |(_, rest)| owned(rest.to_vec())))
}

fn initial(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "Cannot find initial on")?;
    context.spend(list.len())?;
    Ok(list
        .split_last()
        .map_or_else(nil, |(_, initial)| owned(initial.to_vec())))
}

fn nil() -> Value {
    Value::List(List::nil(Element::Any))
}

fn reverse(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "Cannot find reverse on")?;
    context.spend(list.len())?;
    Ok(owned(list.iter().rev().cloned().collect()))
}

fn compact(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "Cannot compact on")?;
    context.spend(list.len())?;
    Ok(owned(
        list.iter().filter(|item| !is_empty(item)).cloned().collect(),
    ))
}

fn is_in<'v>(
    context: &Context<'_>,
    mut haystack: impl Iterator<Item = &'v Value>,
    needle: &Value,
) -> Result<bool, CallError> {
    haystack.try_fold(false, |found, item| {
        Ok(found || needle.deep_equals(item, context)?)
    })
}

fn uniq(context: &Context<'_>, args: &Args) -> Called {
    let mut unique: Vec<Value> = Vec::new();
    for item in items(args.value(0), "Cannot find uniq on")?.iter() {
        if !is_in(context, unique.iter(), item)? {
            unique.push(item.clone());
        }
    }
    Ok(owned(unique))
}

fn without(context: &Context<'_>, args: &Args) -> Called {
    let mut kept = Vec::new();
    for item in items(args.value(0), "Cannot find without on")?.iter() {
        if !is_in(context, args.rest(1), item)? {
            kept.push(item.clone());
        }
    }
    Ok(owned(kept))
}

fn has(context: &Context<'_>, args: &Args) -> Called {
    if matches!(args.value(1), Value::Nil) {
        return Ok(Value::Bool(false));
    }
    let haystack = items(args.value(1), "Cannot find has on")?;
    is_in(context, haystack.iter(), args.value(0)).map(Value::Bool)
}

fn slice(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(0), "list should be type of slice or array but").map_err(|error| {
        // this message has no "type" before the kind
        let text = error.to_string();
        CallError::new(text.replace("but type ", "but "))
    })?;
    if list.is_empty() {
        return Ok(Value::Nil);
    }
    context.spend(list.len())?;
    let start = args.rest(1).next().map_or(0, to_int64);
    let end = args.rest(2).next().map_or(list.len() as i64, to_int64);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let Some(part) = range.and_then(|(start, end)| list.get(start..end)) else {
        return fail("reflect.Value.Slice: slice index out of bounds");
    };
    Ok(match args.value(0) {
        Value::Bytes(bytes) => Value::Bytes(Str::from(&bytes[start as usize..end as usize])),
        Value::List(list) => Value::List(List::of(list.element(), part.to_vec())),
        _ => owned(part.to_vec()),
    })
}

fn concat(context: &Context<'_>, args: &Args) -> Called {
    let mut all = Vec::new();
    for list in args.rest(0) {
        let Ok(items) = items(list, "") else {
            let kind = list.kind().name();
            let nil = matches!(list, Value::Nil);
            return fail(if nil {
                NIL_DEREFERENCE.to_owned()
            } else {
                format!("Cannot concat type {kind} as list")
            });
        };
        context.spend(items.len())?;
        all.extend(items.iter().cloned());
    }
    Ok(if all.is_empty() { nil() } else { owned(all) })
}

fn chunk(context: &Context<'_>, args: &Args) -> Called {
    let list = items(args.value(1), "Cannot chunk")?;
    context.spend(list.len())?;
    let Some(size) = usize::try_from(args.int(0)).ok().filter(|&size| size > 0) else {
        return fail("runtime error: makeslice: len out of range");
    };
    Ok(Value::List(List::of(
        Element::List,
        list.chunks(size).map(|part| owned(part.to_vec())).collect(),
    )))
}

fn sort_alpha(context: &Context<'_>, args: &Args) -> Called {
    let mut sorted = match args.value(0) {
        list @ (Value::List(_) | Value::Bytes(_)) => texts(context, list)?,
        single => vec![text(context, single)?],
    };
    context.spend(sorted.len())?;
    sorted.sort();
    Ok(Value::strings(sorted))
}
