//! JSON to and from texts.

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::json::{JsonError, JsonStyle, decode};
use crate::value::{Type, Value};

const TEXT: Signature = Signature::new(&[Type::String]);
const VALUE: Signature = Signature::new(&[Type::Any]);

pub(super) const TABLE: &[Row] = &[
    ("fromJson", TEXT, |context, args| {
        lenient(decode(context, args.str(0)), Value::Nil)
    }),
    ("mustFromJson", TEXT, |context, args| {
        Ok(decode(context, args.str(0))?)
    }),
    ("toJson", VALUE, |context, args| {
        lenient(encode(context, args, JsonStyle::Compact), "".into())
    }),
    ("mustToJson", VALUE, |context, args| {
        Ok(encode(context, args, JsonStyle::Compact)?)
    }),
    ("toPrettyJson", VALUE, |context, args| {
        lenient(encode(context, args, JsonStyle::Pretty), "".into())
    }),
    ("mustToPrettyJson", VALUE, |context, args| {
        Ok(encode(context, args, JsonStyle::Pretty)?)
    }),
    ("toRawJson", VALUE, |context, args| {
        Ok(encode(context, args, JsonStyle::Raw)?)
    }),
    ("mustToRawJson", VALUE, |context, args| {
        Ok(encode(context, args, JsonStyle::Raw)?)
    }),
];

fn encode(context: &Context<'_>, args: &Args, style: JsonStyle) -> Result<Value, JsonError> {
    Ok(Value::Str(args.value(0).to_json_text(context, style)?.into()))
}

/// The value, or the one for errors; limits hold all the same.
fn lenient(result: Result<Value, JsonError>, otherwise: Value) -> Called {
    match result {
        Err(JsonError::Limit(limit)) => Err(limit.into()),
        other => Ok(other.unwrap_or(otherwise)),
    }
}
