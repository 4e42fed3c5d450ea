//! The functions of `text/template` itself.
#![expect(clippy::unnecessary_wraps, reason = "functions of a table share one type")]

mod compare;
mod escape;
mod index;

pub(crate) use index::call;

use crate::exec::Context;
use crate::fmt;
use crate::function::{Args, Body, CallError, Function, Signature};
use crate::value::{Type, Value};

/// All of them, by name.
pub(crate) fn functions() -> impl Iterator<Item = (&'static str, Function)> {
    use Type::{Any, Operand, String};
    const ONE: Signature = Signature::new(&[Operand]);
    const TWO: Signature = Signature::new(&[Operand, Operand]);
    const SOME: Signature = Signature::variadic(&[Operand], Operand);
    const ALL: Signature = Signature::variadic(&[], Any);
    let native = |(name, signature, body)| (name, Function::native(signature, body));
    let table: [(&'static str, Signature, crate::function::Native); 16] = [
        ("eq", SOME, compare::eq),
        ("ne", TWO, compare::ne),
        ("lt", TWO, compare::lt),
        ("le", TWO, compare::le),
        ("gt", TWO, compare::gt),
        ("ge", TWO, compare::ge),
        ("not", ONE, compare::not),
        ("index", SOME, index::index),
        ("slice", SOME, index::slice),
        ("len", ONE, index::len),
        ("print", ALL, print),
        ("println", ALL, println),
        ("printf", Signature::variadic(&[String], Any), printf),
        ("html", ALL, escape::html),
        ("js", ALL, escape::js),
        ("urlquery", ALL, escape::urlquery),
    ];
    let lazy = [("and", Body::And), ("or", Body::Or), ("call", Body::Call)];
    table.into_iter().map(native).chain(lazy.map(|(name, body)| {
        (
            name,
            Function {
                signature: SOME,
                body,
            },
        )
    }))
}

fn print(context: &Context<'_>, args: &Args) -> Result<Value, CallError> {
    Ok(Value::Str(fmt::print_all(context, args.rest(0))?.into()))
}

fn println(context: &Context<'_>, args: &Args) -> Result<Value, CallError> {
    Ok(Value::Str(fmt::print_line(context, args.rest(0))?.into()))
}

fn printf(context: &Context<'_>, args: &Args) -> Result<Value, CallError> {
    Ok(Value::Str(fmt::sprintf(context, args.str(0), args.rest(1))?))
}
