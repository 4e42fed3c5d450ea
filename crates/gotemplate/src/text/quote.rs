//! Go's string literals.

use super::rune;

/// Appends the double-quoted form of a string, as `strconv.Quote` does.
pub(crate) fn quote(out: &mut Vec<u8>, text: &[u8], ascii_only: bool) {
    out.push(b'"');
    for (at, rune, width) in rune::runes(text) {
        if rune == char::REPLACEMENT_CHARACTER && width == 1 {
            push_hex(out, "\\x", u32::from(text[at]), 2);
        } else {
            escape(out, rune, '"', ascii_only);
        }
    }
    out.push(b'"');
}

/// Appends the single-quoted form of a rune.
pub(crate) fn quote_rune(out: &mut Vec<u8>, rune: char, ascii_only: bool) {
    out.push(b'\'');
    escape(out, rune, '\'', ascii_only);
    out.push(b'\'');
}

/// The double-quoted form, for messages.
pub(crate) fn quoted(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    quote(&mut out, text, false);
    String::from_utf8_lossy(&out).into_owned()
}

fn escape(out: &mut Vec<u8>, rune: char, delimiter: char, ascii_only: bool) {
    if rune == delimiter || rune == '\\' {
        out.extend([b'\\', rune as u8]);
        return;
    }
    if rune::is_print(rune) && (rune.is_ascii() || !ascii_only) {
        out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    let named = match rune {
        '\x07' => b'a',
        '\x08' => b'b',
        '\x0c' => b'f',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\x0b' => b'v',
        _ => 0,
    };
    let code = rune as u32;
    match code {
        _ if named != 0 => out.extend([b'\\', named]),
        0..0x20 | 0x7f => push_hex(out, "\\x", code, 2),
        0x20..0x1_0000 => push_hex(out, "\\u", code, 4),
        _ => push_hex(out, "\\U", code, 8),
    }
}

fn push_hex(out: &mut Vec<u8>, prefix: &str, code: u32, width: usize) {
    out.extend_from_slice(format!("{prefix}{code:0width$x}").as_bytes());
}

/// Whether the text can stand between backquotes, as `strconv.CanBackquote` sees it.
pub(crate) fn can_backquote(text: &[u8]) -> bool {
    rune::runes(text).all(|(_, rune, width)| {
        let invalid = rune == char::REPLACEMENT_CHARACTER && width == 1;
        !invalid && rune != '\u{feff}' && rune != '`' && rune != '\x7f' && (rune >= ' ' || rune == '\t')
    })
}

/// Reads a literal in double quotes or backquotes, as `strconv.Unquote` does.
pub(crate) fn unquote(literal: &[u8]) -> Option<Vec<u8>> {
    match literal {
        [b'`', inner @ .., b'`'] => {
            (!inner.contains(&b'`')).then(|| inner.iter().copied().filter(|&b| b != b'\r').collect())
        }
        [b'"', inner @ .., b'"'] => unquote_double(inner),
        _ => None,
    }
}

fn unquote_double(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let (unit, after) = unquote_char(rest, b'"')?;
        match unit {
            Unit::Byte(byte) => out.push(byte),
            Unit::Rune(rune) => out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = after;
    }
    Some(out)
}

/// One character of a literal: a rune, or a byte given by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    /// A byte written as `\x41` or `\101`, or one that is not UTF-8.
    Byte(u8),
    /// A rune.
    Rune(char),
}

impl Unit {
    /// The number that a character constant stands for.
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::Byte(byte) => u32::from(byte),
            Self::Rune(rune) => rune as u32,
        }
    }
}

/// Reads one character of a literal; gives what follows it.
pub(crate) fn unquote_char(text: &[u8], delimiter: u8) -> Option<(Unit, &[u8])> {
    match text {
        [] | [b'\n', ..] => None,
        [first, ..] if *first == delimiter => None,
        [b'\\', kind, rest @ ..] => unquote_escape(*kind, rest, delimiter),
        [b'\\'] => None,
        [first, rest @ ..] if *first < 0x80 => Some((Unit::Rune(*first as char), rest)),
        _ => {
            let (rune, width) = rune::decode(text)?;
            let unit = if width == 1 {
                Unit::Byte(text[0])
            } else {
                Unit::Rune(rune)
            };
            Some((unit, &text[width..]))
        }
    }
}

fn unquote_escape(kind: u8, rest: &[u8], delimiter: u8) -> Option<(Unit, &[u8])> {
    let plain = |rune| Some((Unit::Rune(rune), rest));
    match kind {
        b'a' => plain('\x07'),
        b'b' => plain('\x08'),
        b'f' => plain('\x0c'),
        b'n' => plain('\n'),
        b'r' => plain('\r'),
        b't' => plain('\t'),
        b'v' => plain('\x0b'),
        b'\\' => plain('\\'),
        b'\'' | b'"' if kind == delimiter => plain(kind as char),
        b'x' => number(rest, 2, 16).map(|(code, rest)| (Unit::Byte(code as u8), rest)),
        b'u' => number(rest, 4, 16).and_then(|(code, rest)| Some((Unit::Rune(char::from_u32(code)?), rest))),
        b'U' => number(rest, 8, 16).and_then(|(code, rest)| Some((Unit::Rune(char::from_u32(code)?), rest))),
        b'0'..=b'7' => {
            let (high, rest) = (u32::from(kind - b'0'), rest);
            let (low, rest) = number(rest, 2, 8)?;
            let code = high * 64 + low;
            (code < 256).then_some((Unit::Byte(code as u8), rest))
        }
        _ => None,
    }
}

fn number(text: &[u8], digits: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (head, rest) = text.split_at_checked(digits)?;
    let code = head.iter().try_fold(0u32, |code, &byte| {
        let digit = (byte as char).to_digit(radix)?;
        code.checked_mul(radix)?.checked_add(digit)
    })?;
    Some((code, rest))
}
