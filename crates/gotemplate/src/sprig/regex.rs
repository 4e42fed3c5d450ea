//! Regular expressions in Go's syntax, run by the crate `regex`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::bytes::{Regex, RegexBuilder};

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::text::quote;
use crate::value::{Element, List, Str, Type, Value};

const TWO: Signature = Signature::new(&[Type::String, Type::String]);
const THREE: Signature = Signature::new(&[Type::String, Type::String, Type::String]);
const COUNTED: Signature = Signature::new(&[Type::String, Type::String, Type::Int]);

pub(super) const TABLE: &[Row] = &[
    ("regexMatch", TWO, |context, args| {
        Ok(Value::Bool(
            compiled(context, args.str(0)).is_ok_and(|regex| regex.is_match(args.str(1))),
        ))
    }),
    ("mustRegexMatch", TWO, |context, args| {
        Ok(Value::Bool(compiled(context, args.str(0))?.is_match(args.str(1))))
    }),
    ("regexFind", TWO, |context, args| {
        find(args, &*sure(context, args)?)
    }),
    ("mustRegexFind", TWO, |context, args| {
        find(args, &*compiled(context, args.str(0))?)
    }),
    ("regexFindAll", COUNTED, |context, args| {
        find_all(context, args, &*sure(context, args)?)
    }),
    ("mustRegexFindAll", COUNTED, |context, args| {
        find_all(context, args, &*compiled(context, args.str(0))?)
    }),
    ("regexReplaceAll", THREE, |context, args| {
        replace(context, args, &*sure(context, args)?)
    }),
    ("mustRegexReplaceAll", THREE, |context, args| {
        replace(context, args, &*compiled(context, args.str(0))?)
    }),
    ("regexReplaceAllLiteral", THREE, |context, args| {
        replace_literal(context, args, &*sure(context, args)?)
    }),
    ("mustRegexReplaceAllLiteral", THREE, |context, args| {
        replace_literal(context, args, &*compiled(context, args.str(0))?)
    }),
    ("regexSplit", COUNTED, |context, args| {
        split(context, args, &*sure(context, args)?)
    }),
    ("mustRegexSplit", COUNTED, |context, args| {
        split(context, args, &*compiled(context, args.str(0))?)
    }),
    ("regexQuoteMeta", Signature::new(&[Type::String]), |_, args| {
        Ok(Value::Str(quote_meta(args.str(0)).into()))
    }),
];

/// How many compiled expressions are kept.
const KEPT: usize = 256;

thread_local! {
    /// Expressions by text and by the size that was allowed: charts use the same few over and over.
    static CACHE: RefCell<HashMap<(Str, usize), Rc<Regex>>> = RefCell::default();
}

/// The expression, or Go's error.
fn compiled(context: &Context<'_>, pattern: &Str) -> Result<Rc<Regex>, CallError> {
    let key = (pattern.clone(), context.limits().regex);
    if let Some(regex) = CACHE.with_borrow(|cache| cache.get(&key).cloned()) {
        return Ok(regex);
    }
    let regex = Rc::new(compile(pattern, key.1)?);
    CACHE.with_borrow_mut(|cache| {
        if cache.len() >= KEPT {
            cache.clear();
        }
        cache.insert(key, Rc::clone(&regex));
    });
    Ok(regex)
}

/// Why Go would not take an expression, in its words.
pub fn regex_refusal(pattern: &str) -> Option<String> {
    let error = goregex::translate(pattern).err()?;
    Some(format!("error parsing regexp: {error}"))
}

fn compile(pattern: &Str, size: usize) -> Result<Regex, CallError> {
    let translated = goregex::translate(&pattern.to_text())
        .map_err(|error| CallError::new(format!("error parsing regexp: {error}")))?;
    RegexBuilder::new(&translated)
        .size_limit(size)
        .dfa_size_limit(size)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                let shown = pattern.to_text();
                CallError::new(format!("error parsing regexp: expression too large: `{shown}`"))
            }
            other => CallError::new(format!("error parsing regexp: {other}")),
        })
}

/// The expression, or the text of the panic of `regexp.MustCompile`.
fn sure(context: &Context<'_>, args: &Args) -> Result<Rc<Regex>, CallError> {
    let pattern = args.str(0);
    compiled(context, pattern).map_err(|error| {
        let shown = if quote::can_backquote(pattern) {
            format!("`{}`", pattern.to_text())
        } else {
            quote::quoted(pattern)
        };
        CallError::new(format!("regexp: Compile({shown}): {error}"))
    })
}

fn find(args: &Args, regex: &Regex) -> Called {
    let found = regex.find(args.str(1)).map_or(&b""[..], |found| found.as_bytes());
    Ok(Value::Str(found.into()))
}

/// At most as many as the count says, all if it is negative.
fn most(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn find_all(context: &Context<'_>, args: &Args, regex: &Regex) -> Called {
    let found: Vec<&[u8]> = regex
        .find_iter(args.str(1))
        .take(most(args.int(2)))
        .map(|found| found.as_bytes())
        .collect();
    context.spend(found.len())?;
    if found.is_empty() {
        return Ok(Value::List(List::nil(Element::String)));
    }
    Ok(Value::strings(found))
}

/// Replaces every match by what a function appends for it.
fn replaced(
    context: &Context<'_>,
    args: &Args,
    regex: &Regex,
    mut append: impl FnMut(&regex::bytes::Captures<'_>, &mut Vec<u8>),
) -> Called {
    let text = args.str(1);
    let (mut out, mut from) = (Vec::with_capacity(text.len()), 0);
    for captures in regex.captures_iter(text) {
        let Some(whole) = captures.get(0) else { continue };
        out.extend_from_slice(&text[from..whole.start()]);
        append(&captures, &mut out);
        from = whole.end();
        context.spend(1)?;
        context.allocate(0)?;
        if out.len() > context.limits().text {
            context.allocate(out.len())?;
        }
    }
    out.extend_from_slice(&text[from..]);
    Ok(Value::Str(out.into()))
}

fn replace(context: &Context<'_>, args: &Args, regex: &Regex) -> Called {
    let template = args.str(2);
    replaced(context, args, regex, |captures, out| {
        captures.expand(template, out);
    })
}

fn replace_literal(context: &Context<'_>, args: &Args, regex: &Regex) -> Called {
    let literal = args.str(2);
    replaced(context, args, regex, |_, out| out.extend_from_slice(literal))
}

fn split(context: &Context<'_>, args: &Args, regex: &Regex) -> Called {
    let (text, count) = (args.str(1), args.int(2));
    if count == 0 {
        return Ok(Value::List(List::nil(Element::String)));
    }
    if text.is_empty() && !args.str(0).is_empty() {
        return Ok(Value::strings([""]));
    }
    let (mut parts, mut from, mut end) = (Vec::new(), 0, 0);
    for found in regex.find_iter(text).take(most(count)) {
        context.spend(1)?;
        if parts.len() + 1 == most(count) {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(&text[from..end]);
        }
        from = found.end();
    }
    if end != text.len() {
        parts.push(&text[from..]);
    }
    Ok(Value::strings(parts))
}

fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
