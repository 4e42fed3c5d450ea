//! Types and kinds.

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::value::{Type, Value};

const NAMED: Signature = Signature::new(&[Type::String, Type::Any]);

pub(super) const TABLE: &[Row] = &[
    ("typeOf", Signature::new(&[Type::Any]), |_, args| {
        Ok(args.value(0).type_name().into_owned().into())
    }),
    ("typeIs", NAMED, |_, args| {
        Ok(Value::Bool(type_matches(args, false)))
    }),
    ("typeIsLike", NAMED, |_, args| {
        Ok(Value::Bool(type_matches(args, true)))
    }),
    ("kindOf", Signature::new(&[Type::Any]), |_, args| {
        Ok(args.value(0).kind().name().into())
    }),
    ("kindIs", NAMED, |_, args| {
        Ok(Value::Bool(
            **args.str(0) == *args.value(1).kind().name().as_bytes(),
        ))
    }),
    ("deepEqual", Signature::new(&[Type::Any, Type::Any]), deep_equal),
];

fn type_matches(args: &Args, or_pointer: bool) -> bool {
    let name = args.value(1).type_name();
    let wanted = args.str(0).as_bytes();
    name.as_bytes() == wanted || or_pointer && name.strip_prefix('*').is_some_and(|n| n.as_bytes() == wanted)
}

fn deep_equal(context: &Context<'_>, args: &Args) -> Called {
    Ok(Value::Bool(args.value(0).deep_equals(args.value(1), context)?))
}
