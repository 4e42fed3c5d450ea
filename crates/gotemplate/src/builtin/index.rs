//! `index`, `slice`, `len`, `call`.

use std::rc::Rc;

use crate::exec::{Context, Operand};
use crate::function::{Args, CallError, Signature};
use crate::value::{Element, List, Map, Str, Type, Value};

type Called = Result<Value, CallError>;

fn fail<T>(message: impl Into<String>) -> Result<T, CallError> {
    Err(CallError::new(message))
}

pub(super) fn len(_: &Context<'_>, args: &Args) -> Called {
    let operand = args.operand(0);
    let len = match &operand.value {
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.items().len(),
        Value::Map(map) => map.len(),
        Value::Nil if operand.boxed => return fail("len of nil pointer"),
        Value::Nil => return fail("reflect: call of reflect.Value.Type on zero Value"),
        other => return fail(format!("len of type {}", other.type_name())),
    };
    Ok(Value::Int(len as i64))
}

pub(super) fn index(_: &Context<'_>, args: &Args) -> Called {
    if matches!(args.value(0), Value::Nil) {
        return fail("index of untyped nil");
    }
    let mut item = Operand::from(args.value(0).clone());
    for key in args.rest(1) {
        item = index_one(&item, key)?;
    }
    Ok(item.value)
}

fn index_one(item: &Operand, key: &Value) -> Result<Operand, CallError> {
    match &item.value {
        Value::Nil => fail("index of nil pointer"),
        Value::List(list) => {
            let at = position(key, list.items().len())?;
            match list.items().get(at) {
                Some(value) => Ok(Operand::element(list.element(), value.clone())),
                None => fail("reflect: slice index out of range"),
            }
        }
        Value::Str(text) | Value::Bytes(text) => {
            let at = position(key, text.len())?;
            match text.get(at) {
                Some(byte) => Ok(Value::Uint8(*byte).into()),
                None if matches!(item.value, Value::Str(_)) => fail("reflect: string index out of range"),
                None => fail("reflect: slice index out of range"),
            }
        }
        Value::Map(map) => match key {
            Value::Str(key) => Ok(match map.get(key) {
                Some(value) => Operand::element(map.element(), value),
                None => Operand::zero(map.element()),
            }),
            Value::Nil => fail("value is nil; should be of type string"),
            other => fail(format!("value has type {}; should be string", other.type_name())),
        },
        other => fail(format!("can't index item of type {}", other.type_name())),
    }
}

/// An index as a position that is not beyond the end.
fn position(index: &Value, end: usize) -> Result<usize, CallError> {
    let index = match index {
        Value::Int(int) | Value::Int64(int) => *int,
        Value::Uint8(uint) => i64::from(*uint),
        Value::Uint64(uint) => *uint as i64,
        Value::Nil => return fail("cannot index slice/array with nil"),
        other => {
            return fail(format!(
                "cannot index slice/array with type {}",
                other.type_name()
            ));
        }
    };
    match usize::try_from(index) {
        Ok(at) if at <= end => Ok(at),
        _ => fail(format!("index out of range: {index}")),
    }
}

pub(super) fn slice(_: &Context<'_>, args: &Args) -> Called {
    let operand = args.operand(0);
    if matches!(operand.value, Value::Nil) {
        return fail("slice of untyped nil");
    }
    let indexes = args.len() - 1;
    if indexes > 3 {
        return fail(format!("too many slice indexes: {indexes}"));
    }
    let len = match &operand.value {
        Value::Str(_) if indexes == 3 => return fail("cannot 3-index slice a string"),
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.items().len(),
        other => return fail(format!("can't slice item of type {}", other.type_name())),
    };
    let mut bounds = [0, len, len];
    for (bound, index) in bounds.iter_mut().zip(args.rest(1)) {
        *bound = position(index, len)?;
    }
    let [from, to, capacity] = bounds;
    if from > to {
        return fail(format!("invalid slice index: {from} > {to}"));
    }
    if to > capacity {
        return fail(format!("invalid slice index: {to} > {capacity}"));
    }
    Ok(match &operand.value {
        Value::Str(text) => Value::Str(Str::from(&text[from..to])),
        Value::Bytes(bytes) => Value::Bytes(Str::from(&bytes[from..to])),
        Value::List(list) => Value::List(List::of(list.element(), list.items()[from..to].to_vec())),
        _ => Value::Nil,
    })
}

/// Calls the function that is the first argument.
pub(crate) fn call(context: &Context<'_>, name: &str, args: &Args) -> Called {
    let function = match args.value(0) {
        Value::Function(function) => Rc::clone(function),
        Value::Nil => return fail("call of nil"),
        other => return fail(format!("non-function {name} of type {}", other.type_name())),
    };
    let given = args.len() - 1;
    let Signature { params, variadic } = function.signature;
    let fixed = params.len();
    if variadic.is_some() && given < fixed {
        return fail(format!(
            "wrong number of args for {name}: got {given} want at least {fixed}"
        ));
    }
    if variadic.is_none() && given != fixed {
        return fail(format!(
            "wrong number of args for {name}: got {given} want {fixed}"
        ));
    }
    let mut prepared = Vec::with_capacity(given);
    for (at, arg) in args.rest(1).enumerate() {
        let ty = function.signature.type_at(at).unwrap_or(Type::Any);
        let value = prepare(arg, ty).map_err(|error| CallError::wrap(format!("arg {at}: {error}"), error))?;
        prepared.push(value.into());
    }
    function.call(context, &Args(prepared))
}

/// The argument as the parameter's type; integers are converted.
fn prepare(value: &Value, ty: Type) -> Called {
    let int = match value {
        Value::Int(int) | Value::Int64(int) => Some(*int),
        Value::Uint8(uint) => Some(i64::from(*uint)),
        Value::Uint64(uint) => Some(*uint as i64),
        _ => None,
    };
    match (ty, value, int) {
        (Type::List, Value::Nil, _) => Ok(Value::List(List::nil(Element::Any))),
        (Type::Strings, Value::Nil, _) => Ok(Value::List(List::nil(Element::String))),
        (Type::Map, Value::Nil, _) => Ok(Value::Map(Map::nil())),
        (_, Value::Nil, _) if !ty.takes_nil() => fail(format!("value is nil; should be of type {ty}")),
        (Type::Map, Value::Map(map), _) if ty.accepts(value) => Ok(Value::Map(map.clone().unnamed())),
        _ if ty.accepts(value) => Ok(value.clone()),
        (Type::Int, _, Some(int)) => Ok(Value::Int(int)),
        (Type::Int64, _, Some(int)) => Ok(Value::Int64(int)),
        (Type::Uint32, _, Some(int)) => Ok(Value::Uint64(u64::from(int as u32))),
        _ => fail(format!("value has type {}; should be {ty}", value.type_name())),
    }
}
