//! Integers, floats, sequences.

use super::coerce::{to_float64, to_int64};
use super::decimal::Decimal;
use super::{Called, Row, fail};
use crate::exec::Context;
use crate::fmt;
use crate::function::{Args, CallError, Signature};
use crate::value::{Element, List, Type, Value};

use Type::Any;

const ONE: Signature = Signature::new(&[Any]);
const TWO: Signature = Signature::new(&[Any, Any]);
const ANY: Signature = Signature::variadic(&[], Any);
const SOME: Signature = Signature::variadic(&[Any], Any);

pub(super) const TABLE: &[Row] = &[
    ("int64", ONE, |_, args| Ok(Value::Int64(to_int64(args.value(0))))),
    ("int", ONE, |_, args| Ok(Value::Int(to_int64(args.value(0))))),
    ("float64", ONE, |_, args| {
        Ok(Value::Float(to_float64(args.value(0))))
    }),
    ("add1", ONE, |_, args| {
        Ok(Value::Int64(to_int64(args.value(0)).wrapping_add(1)))
    }),
    ("add", ANY, |_, args| {
        Ok(Value::Int64(
            args.rest(0).map(to_int64).fold(0, i64::wrapping_add),
        ))
    }),
    ("sub", TWO, |_, args| {
        Ok(Value::Int64(
            to_int64(args.value(0)).wrapping_sub(to_int64(args.value(1))),
        ))
    }),
    ("div", TWO, |_, args| divide(args, i64::wrapping_div)),
    ("mod", TWO, |_, args| divide(args, i64::wrapping_rem)),
    ("mul", SOME, |_, args| {
        Ok(Value::Int64(
            args.rest(0).map(to_int64).fold(1, i64::wrapping_mul),
        ))
    }),
    ("max", SOME, |_, args| {
        Ok(Value::Int64(args.rest(0).map(to_int64).max().unwrap_or_default()))
    }),
    ("biggest", SOME, |_, args| {
        Ok(Value::Int64(args.rest(0).map(to_int64).max().unwrap_or_default()))
    }),
    ("min", SOME, |_, args| {
        Ok(Value::Int64(args.rest(0).map(to_int64).min().unwrap_or_default()))
    }),
    ("maxf", SOME, |_, args| Ok(extreme(args, f64::gt))),
    ("minf", SOME, |_, args| Ok(extreme(args, f64::lt))),
    ("ceil", ONE, |_, args| {
        Ok(Value::Float(to_float64(args.value(0)).ceil()))
    }),
    ("floor", ONE, |_, args| {
        Ok(Value::Float(to_float64(args.value(0)).floor()))
    }),
    (
        "round",
        Signature::variadic(&[Any, Type::Int], Type::Float64),
        round,
    ),
    ("add1f", ONE, |_, args| {
        Decimal::fold(&[args.value(0), &Value::Int(1)], Decimal::add)
    }),
    ("addf", ANY, |_, args| {
        let zero = Value::Float(0.0);
        Decimal::fold(
            &std::iter::once(&zero).chain(args.rest(0)).collect::<Vec<_>>(),
            Decimal::add,
        )
    }),
    ("subf", SOME, |_, args| {
        Decimal::fold(&args.rest(0).collect::<Vec<_>>(), Decimal::sub)
    }),
    ("mulf", SOME, |_, args| {
        Decimal::fold(&args.rest(0).collect::<Vec<_>>(), Decimal::mul)
    }),
    ("divf", SOME, |_, args| {
        Decimal::fold(&args.rest(0).collect::<Vec<_>>(), Decimal::div)
    }),
    ("toDecimal", ONE, to_decimal),
    ("until", Signature::new(&[Type::Int]), |context, args| {
        let count = args.int(0);
        Ok(ints(until_step(
            context,
            0,
            count,
            if count < 0 { -1 } else { 1 },
        )?))
    }),
    (
        "untilStep",
        Signature::new(&[Type::Int, Type::Int, Type::Int]),
        |context, args| Ok(ints(until_step(context, args.int(0), args.int(1), args.int(2))?)),
    ),
    ("seq", Signature::variadic(&[], Type::Int), seq),
];

fn divide(args: &Args, operation: fn(i64, i64) -> i64) -> Called {
    match to_int64(args.value(1)) {
        0 => fail("runtime error: integer divide by zero"),
        divisor => Ok(Value::Int64(operation(to_int64(args.value(0)), divisor))),
    }
}

/// The extreme of all arguments; one that is not a number wins, as in Go.
fn extreme(args: &Args, beats: fn(&f64, &f64) -> bool) -> Value {
    let numbers = args.rest(0).map(to_float64);
    let best = numbers.reduce(|best, next| {
        let takes_over = next.is_nan() || beats(&next, &best);
        if !best.is_nan() && takes_over { next } else { best }
    });
    Value::Float(best.unwrap_or_default())
}

fn round(_: &Context<'_>, args: &Args) -> Called {
    let round_on = if args.len() > 2 { args.float(2) } else { 0.5 };
    let power = 10f64.powf(args.int(1) as f64);
    let digits = power * to_float64(args.value(0));
    let rounded = if digits.fract() >= round_on {
        digits.ceil()
    } else {
        digits.floor()
    };
    Ok(Value::Float(rounded / power))
}

/// Reads an octal number.
fn to_decimal(context: &Context<'_>, args: &Args) -> Called {
    let text = fmt::print(context, args.value(0))?;
    Ok(Value::Int64(
        i64::from_str_radix(&text.to_text(), 8).unwrap_or_default(),
    ))
}

fn ints(items: Vec<i64>) -> Value {
    Value::List(List::of(
        Element::Int,
        items.into_iter().map(Value::Int).collect(),
    ))
}

fn until_step(context: &Context<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, CallError> {
    let towards = if stop < start { step < 0 } else { step > 0 };
    if !towards {
        return Ok(Vec::new());
    }
    let distance = i128::from(stop) - i128::from(start);
    let count = distance.unsigned_abs().div_ceil(u128::from(step.unsigned_abs()));
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    context.spend(count)?;
    context.allocate(count.saturating_mul(size_of::<Value>()))?;
    Ok((0..count)
        .map(|at| start.wrapping_add(step.wrapping_mul(at as i64)))
        .collect())
}

fn seq(context: &Context<'_>, args: &Args) -> Called {
    let numbers: Vec<i64> = (0..args.len()).map(|at| args.int(at)).collect();
    let (start, step, end) = match *numbers {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] if end >= start || step <= 0 => (start, Some(step), end),
        _ => return Ok("".into()),
    };
    let towards = if end < start { -1 } else { 1 };
    let items = until_step(context, start, end.wrapping_add(towards), step.unwrap_or(towards))?;
    let texts: Vec<String> = items.iter().map(i64::to_string).collect();
    Ok(texts.join(" ").into())
}
