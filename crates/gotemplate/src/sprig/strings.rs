//! Texts: cutting, joining, searching, quoting.

use super::coerce::{text, texts};
use super::{Called, Row, fail};
use crate::exec::Context;
use crate::fmt;
use crate::function::{Args, CallError, Signature};
use crate::text::rune;
use crate::value::{Element, Map, Str, Type, Value};

use Type::{Any, Int, String};

const TEXT: Signature = Signature::new(&[String]);
const TWO: Signature = Signature::new(&[String, String]);
const THREE: Signature = Signature::new(&[String, String, String]);
const INT_TEXT: Signature = Signature::new(&[Int, String]);
const VALUES: Signature = Signature::variadic(&[], Any);

pub(super) const TABLE: &[Row] = &[
    ("hello", Signature::new(&[]), |_, _| Ok("Hello!".into())),
    ("fail", TEXT, |_, args| fail(args.str(0).to_text())),
    ("trim", TEXT, |_, args| Ok(slice(trim_space(args.str(0))))),
    ("trimAll", TWO, trim_all),
    ("trimall", TWO, trim_all),
    ("trimSuffix", TWO, |_, args| {
        Ok(slice(
            args.str(1).strip_suffix(&**args.str(0)).unwrap_or(args.str(1)),
        ))
    }),
    ("trimPrefix", TWO, |_, args| {
        Ok(slice(
            args.str(1).strip_prefix(&**args.str(0)).unwrap_or(args.str(1)),
        ))
    }),
    ("contains", TWO, |_, args| {
        Ok(Value::Bool(
            memchr::memmem::find(args.str(1), args.str(0)).is_some(),
        ))
    }),
    ("hasPrefix", TWO, |_, args| {
        Ok(Value::Bool(args.str(1).starts_with(args.str(0))))
    }),
    ("hasSuffix", TWO, |_, args| {
        Ok(Value::Bool(args.str(1).ends_with(args.str(0))))
    }),
    ("trunc", INT_TEXT, trunc),
    ("substr", Signature::new(&[Int, Int, String]), substr),
    ("repeat", INT_TEXT, |context, args| {
        repeat(context, args.str(1), args.int(0)).map(Value::Str)
    }),
    ("indent", INT_TEXT, |context, args| indent(context, args, b"")),
    ("nindent", INT_TEXT, |context, args| indent(context, args, b"\n")),
    ("replace", THREE, |context, args| {
        replace(context, args.str(2), args.str(0), args.str(1)).map(Value::Str)
    }),
    ("plural", Signature::new(&[String, String, Int]), plural),
    ("quote", VALUES, quote),
    ("squote", VALUES, squote),
    ("cat", VALUES, cat),
    ("toString", Signature::new(&[Any]), |context, args| {
        Ok(text(context, args.value(0))?.into())
    }),
    ("toStrings", Signature::new(&[Any]), |context, args| {
        Ok(Value::strings(texts(context, args.value(0))?))
    }),
    ("join", Signature::new(&[String, Any]), join),
    ("split", TWO, |context, args| {
        split_map(context, args.str(0), args.str(1), -1)
    }),
    (
        "splitn",
        Signature::new(&[String, Int, String]),
        |context, args| split_map(context, args.str(0), args.str(2), args.int(1)),
    ),
    ("splitList", TWO, |context, args| {
        Ok(Value::strings(split(context, args.str(0), args.str(1), -1)?))
    }),
    ("atoi", TEXT, |_, args| Ok(Value::Int(atoi(args.str(0))))),
];

fn slice(bytes: &[u8]) -> Value {
    Value::Str(bytes.into())
}

fn trim_space(text: &[u8]) -> &[u8] {
    trim_runes(text, char::is_whitespace)
}

fn trim_all(_: &Context<'_>, args: &Args) -> Called {
    let cut = args.str(0).to_text();
    Ok(slice(trim_runes(args.str(1), |rune| cut.contains(rune))))
}

/// Without the runes at both ends that a rule picks.
fn trim_runes(text: &[u8], drop: impl Fn(char) -> bool) -> &[u8] {
    let mut kept = rune::runes(text).filter(|&(_, rune, _)| !drop(rune));
    let Some((start, _, width)) = kept.next() else {
        return b"";
    };
    let end = kept.last().map_or(start + width, |(at, _, width)| at + width);
    &text[start..end]
}

fn trunc(_: &Context<'_>, args: &Args) -> Called {
    let (count, text) = (args.int(0), args.str(1));
    let len = text.len() as i64;
    Ok(match count {
        _ if count < 0 && len.saturating_add(count) > 0 => slice(&text[(len + count) as usize..]),
        _ if count >= 0 && len > count => slice(&text[..count as usize]),
        _ => Value::Str(text.clone()),
    })
}

fn substr(_: &Context<'_>, args: &Args) -> Called {
    let (start, end, text) = (args.int(0), args.int(1), args.str(2));
    let len = text.len() as i64;
    let out_of_range = |what| fail(format!("runtime error: slice bounds out of range {what}"));
    if start < 0 {
        return match usize::try_from(end) {
            Ok(end) if end <= text.len() => Ok(slice(&text[..end])),
            Ok(_) => out_of_range(format!("[:{end}] with length {len}")),
            Err(_) => out_of_range(format!("[:{end}]")),
        };
    }
    if end < 0 || end > len {
        return match text.get(start as usize..) {
            Some(rest) => Ok(slice(rest)),
            None => out_of_range(format!("[{start}:{len}]")),
        };
    }
    match text.get(start as usize..end as usize) {
        Some(part) => Ok(slice(part)),
        None => out_of_range(format!("[{start}:{end}]")),
    }
}

fn repeat(context: &Context<'_>, text: &[u8], count: i64) -> Result<Str, CallError> {
    let Ok(count) = usize::try_from(count) else {
        return fail("strings: negative Repeat count");
    };
    let Some(len) = text.len().checked_mul(count) else {
        return fail("strings: Repeat output length overflow");
    };
    context.allocate(len)?;
    Ok(text.repeat(count).into())
}

fn indent(context: &Context<'_>, args: &Args, before: &[u8]) -> Called {
    let pad = repeat(context, b" ", args.int(0))?;
    let text = args.str(1);
    let lines = 1 + memchr::memchr_iter(b'\n', text).count();
    let len = pad.len().saturating_mul(lines).saturating_add(text.len());
    context.allocate(len)?;
    let mut out = Vec::with_capacity(len + before.len());
    out.extend_from_slice(before);
    for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(&pad);
        out.extend_from_slice(line);
    }
    Ok(slice(&out))
}

/// `strings.ReplaceAll`: an empty text is found before every rune and at the end.
fn replace(context: &Context<'_>, text: &[u8], old: &[u8], new: &[u8]) -> Result<Str, CallError> {
    let found: Vec<usize> = if old.is_empty() {
        rune::runes(text).map(|(at, ..)| at).chain([text.len()]).collect()
    } else {
        memchr::memmem::find_iter(text, old).collect()
    };
    let added = found.len().saturating_mul(new.len());
    context.allocate(text.len().saturating_add(added))?;
    let mut out = Vec::with_capacity(text.len() + added);
    let mut from = 0;
    for at in found {
        out.extend_from_slice(&text[from..at]);
        out.extend_from_slice(new);
        from = at + old.len();
    }
    out.extend_from_slice(&text[from..]);
    Ok(out.into())
}

fn plural(_: &Context<'_>, args: &Args) -> Called {
    Ok(args.value(usize::from(args.int(2) != 1)).clone())
}

/// The values that are not nil, each made a text, with spaces between.
fn spaced(
    context: &Context<'_>,
    args: &Args,
    mut write: impl FnMut(&mut Vec<u8>, &Value) -> Result<(), CallError>,
) -> Called {
    let mut out = Vec::new();
    for (at, value) in args
        .rest(0)
        .filter(|value| !matches!(value, Value::Nil))
        .enumerate()
    {
        if at > 0 {
            out.push(b' ');
        }
        write(&mut out, value)?;
        context.allocate(out.len())?;
    }
    Ok(slice(&out))
}

fn quote(context: &Context<'_>, args: &Args) -> Called {
    spaced(context, args, |out, value| {
        crate::text::quote::quote(out, &text(context, value)?, false);
        Ok(())
    })
}

fn squote(context: &Context<'_>, args: &Args) -> Called {
    spaced(context, args, |out, value| {
        out.push(b'\'');
        out.extend_from_slice(&fmt::print(context, value)?);
        out.push(b'\'');
        Ok(())
    })
}

fn cat(context: &Context<'_>, args: &Args) -> Called {
    spaced(context, args, |out, value| {
        out.extend_from_slice(&fmt::print(context, value)?);
        Ok(())
    })
}

fn join(context: &Context<'_>, args: &Args) -> Called {
    let (separator, items) = (args.str(0), texts(context, args.value(1))?);
    let len = items.iter().map(|item| item.len() + separator.len()).sum();
    context.allocate(len)?;
    let mut out = Vec::with_capacity(len);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(item);
    }
    Ok(slice(&out))
}

/// `strings.SplitN`: an empty separator splits between runes; a count below zero means all.
fn split(context: &Context<'_>, separator: &[u8], text: &[u8], count: i64) -> Result<Vec<Str>, CallError> {
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    if most == 0 {
        return Ok(Vec::new());
    }
    let ends: Vec<usize> = if separator.is_empty() {
        rune::runes(text)
            .skip(1)
            .map(|(at, ..)| at)
            .take(most - 1)
            .collect()
    } else {
        memchr::memmem::find_iter(text, separator)
            .take(most - 1)
            .collect()
    };
    if separator.is_empty() && text.is_empty() {
        return Ok(Vec::new());
    }
    context.spend(ends.len())?;
    let mut parts = Vec::with_capacity(ends.len() + 1);
    let mut from = 0;
    for end in ends {
        parts.push(Str::from(&text[from..end]));
        from = end + separator.len();
    }
    parts.push(Str::from(&text[from..]));
    Ok(parts)
}

/// The parts under `_0`, `_1` and so on.
fn split_map(context: &Context<'_>, separator: &[u8], text: &[u8], count: i64) -> Called {
    let parts = split(context, separator, text, count)?;
    let entries = parts.into_iter().enumerate();
    let entries = entries
        .map(|(at, part)| (Str::from(format!("_{at}")), Value::Str(part)))
        .collect();
    Ok(Value::Map(Map::of(Element::String, entries)))
}

/// `strconv.Atoi` without its error: what is too large is the largest.
fn atoi(text: &[u8]) -> i64 {
    let text = std::str::from_utf8(text).unwrap_or_default();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    text.parse()
        .unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX })
}
