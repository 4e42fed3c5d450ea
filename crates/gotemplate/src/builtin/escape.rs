//! `html`, `js`, `urlquery`.

use crate::exec::{Context, LimitError};
use crate::fmt;
use crate::function::{Args, CallError};
use crate::text::rune;
use crate::value::{Str, Value};

type Called = Result<Value, CallError>;

/// The text of the arguments, as `print` would give it, but `<no value>` for none.
fn joined(context: &Context<'_>, args: &Args) -> Result<Str, LimitError> {
    if let (1, Value::Str(text)) = (args.len(), args.rest(0).next().unwrap_or(&Value::Nil)) {
        return Ok(text.clone());
    }
    let absent = Value::from("<no value>");
    let shown = args.rest(0).map(|value| {
        if matches!(value, Value::Nil) {
            &absent
        } else {
            value
        }
    });
    fmt::print_all(context, shown).map(Str::from)
}

pub(super) fn html(context: &Context<'_>, args: &Args) -> Called {
    let text = joined(context, args)?;
    let mut out = Vec::with_capacity(text.len());
    for byte in text.iter() {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(*byte),
        }
    }
    Ok(Value::Str(out.into()))
}

pub(super) fn js(context: &Context<'_>, args: &Args) -> Called {
    let text = joined(context, args)?;
    let mut out = Vec::with_capacity(text.len());
    for (at, rune, width) in rune::runes(&text) {
        match rune {
            '\\' => out.extend_from_slice(br"\\"),
            '\'' => out.extend_from_slice(br"\'"),
            '"' => out.extend_from_slice(br#"\""#),
            '<' | '>' | '&' | '=' | '\0'..' ' => {
                out.extend_from_slice(format!("\\u{:04X}", rune as u32).as_bytes());
            }
            _ if rune.is_ascii() || rune::is_print(rune) => out.extend_from_slice(&text[at..at + width]),
            _ => out.extend_from_slice(format!("\\u{:04X}", rune as u32).as_bytes()),
        }
    }
    Ok(Value::Str(out.into()))
}

pub(super) fn urlquery(context: &Context<'_>, args: &Args) -> Called {
    let text = joined(context, args)?;
    let mut out = Vec::with_capacity(text.len());
    for byte in text.iter() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(*byte),
            b' ' => out.push(b'+'),
            _ => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    Ok(Value::Str(out.into()))
}
