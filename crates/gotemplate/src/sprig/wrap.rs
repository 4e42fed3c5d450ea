//! Line wrapping and abbreviation. All lengths are in bytes, as in the original.

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::value::{Str, Type, Value};

pub(super) const TABLE: &[Row] = &[
    (
        "wrap",
        Signature::new(&[Type::Int, Type::String]),
        |context, args| wrap(context, args.str(1), args.int(0), b"\n", false),
    ),
    (
        "wrapWith",
        Signature::new(&[Type::Int, Type::String, Type::String]),
        |context, args| {
            let newline: &[u8] = if args.str(1).is_empty() {
                b"\n"
            } else {
                args.str(1)
            };
            wrap(context, args.str(2), args.int(0), newline, true)
        },
    ),
    ("abbrev", Signature::new(&[Type::Int, Type::String]), abbrev),
    (
        "abbrevboth",
        Signature::new(&[Type::Int, Type::Int, Type::String]),
        abbrevboth,
    ),
];

fn wrap(context: &Context<'_>, text: &[u8], width: i64, newline: &[u8], cut_words: bool) -> Called {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    context.allocate(
        text.len()
            .saturating_add((text.len() / width).saturating_mul(newline.len())),
    )?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let space = memchr::memrchr(b' ', &rest[..=width]);
        let long_word = || memchr::memchr(b' ', &rest[width..]).map(|at| at + width);
        let (end, skipped) = match space {
            Some(space) => (space, 1),
            None if cut_words => (width, 0),
            None => match long_word() {
                Some(space) => (space, 1),
                None => break,
            },
        };
        out.extend_from_slice(&rest[..end]);
        out.extend_from_slice(newline);
        rest = &rest[end + skipped..];
    }
    out.extend_from_slice(rest);
    Ok(Value::Str(out.into()))
}

fn abbrev(_: &Context<'_>, args: &Args) -> Called {
    let (width, text) = (args.int(0), args.str(1));
    if width < 4 {
        return Ok(Value::Str(text.clone()));
    }
    Ok(Value::Str(abbreviated(text, 0, width)))
}

fn abbrevboth(_: &Context<'_>, args: &Args) -> Called {
    let (left, right, text) = (args.int(0), args.int(1), args.str(2));
    if right < 4 || left > 0 && right < 7 {
        return Ok(Value::Str(text.clone()));
    }
    Ok(Value::Str(abbreviated(text, left, right)))
}

/// At most `width` bytes of the text, from near `offset` on, with dots where something is left out.
fn abbreviated(text: &[u8], offset: i64, width: i64) -> Str {
    let len = text.len() as i64;
    if len <= width {
        return text.into();
    }
    let room = width - 3;
    let offset = if len - offset.min(len) < room {
        len - room
    } else {
        offset.min(len)
    };
    if offset <= 4 {
        return [&text[..room as usize], b"..."].concat().into();
    }
    if width < 7 {
        return Str::default();
    }
    if offset + room < len {
        let tail = abbreviated(&text[offset as usize..], 0, room);
        return [b"...".as_slice(), &tail].concat().into();
    }
    [b"...", &text[(len - room) as usize..]].concat().into()
}
