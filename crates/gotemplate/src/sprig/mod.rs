//! The functions of sprig 3.3.0, one file a subject, each with the table of its functions.
#![expect(clippy::unnecessary_wraps, reason = "functions of a table share one type")]

mod case;
mod coerce;
mod crypto;
mod decimal;
mod defaults;
mod dict;
mod encoding;
mod json;
mod list;
mod merge;
mod numeric;
mod path;
mod random;
mod reflect;
mod regex;
mod semver;
mod strings;
mod time;
mod url;
mod wrap;

pub use crypto::Certificate;
pub use regex::regex_refusal;
pub use semver::SemVersion;
pub use time::Time;

use crate::function::{CallError, Function, Native, Signature};
use crate::value::Value;

/// What a function gives.
type Called = Result<Value, CallError>;

/// Name, parameters and body of a function.
type Row = (&'static str, Signature, Native);

const TABLES: &[&[Row]] = &[
    case::TABLE,
    defaults::TABLE,
    dict::TABLE,
    encoding::TABLE,
    json::TABLE,
    list::TABLE,
    merge::TABLE,
    numeric::TABLE,
    path::TABLE,
    random::TABLE,
    reflect::TABLE,
    regex::TABLE,
    semver::TABLE,
    strings::TABLE,
    time::TABLE,
    url::TABLE,
    wrap::TABLE,
];

/// All of them, by name.
pub(crate) fn functions() -> impl Iterator<Item = (&'static str, Function)> {
    let rows = TABLES.iter().chain(crypto::TABLES).copied().flatten();
    rows.map(|(name, signature, body)| (*name, Function::native(*signature, *body)))
}

fn fail<T>(message: impl Into<String>) -> Result<T, CallError> {
    Err(CallError::new(message))
}
