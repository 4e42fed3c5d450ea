//! Integers and floats.

use super::flags::Flags;
use crate::text::{float, quote, rune};

/// An integer in a base, with sign, prefix, zeros and padding.
pub(super) fn integer(flags: &Flags, out: &mut Vec<u8>, magnitude: u64, negative: bool, verb: char) {
    let digits = match verb {
        'b' => format!("{magnitude:b}"),
        'o' | 'O' => format!("{magnitude:o}"),
        'x' => format!("{magnitude:x}"),
        'X' => format!("{magnitude:X}"),
        _ => magnitude.to_string(),
    };
    if flags.precision == Some(0) && magnitude == 0 {
        out.extend(std::iter::repeat_n(b' ', flags.width.unwrap_or(0)));
        return;
    }
    let signed = negative || flags.plus || flags.space;
    let wanted = match (flags.precision, flags.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(usize::from(signed)),
        _ => 0,
    };
    let mut body = "0".repeat(wanted.saturating_sub(digits.len()));
    body.push_str(&digits);
    let prefix = match verb {
        'O' => "0o",
        'b' if flags.sharp => "0b",
        'o' if flags.sharp && !body.starts_with('0') => "0",
        'x' if flags.sharp => "0x",
        'X' if flags.sharp => "0X",
        _ => "",
    };
    let octal_sharp = if verb == 'O' && flags.sharp && !body.starts_with('0') {
        "0"
    } else {
        ""
    };
    let sign = match (negative, flags.plus, flags.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (.., true) => " ",
        _ => "",
    };
    flags.pad_with_spaces(out, format!("{sign}{prefix}{octal_sharp}{body}").as_bytes());
}

/// `%U`
pub(super) fn unicode(flags: &Flags, out: &mut Vec<u8>, code: u64) {
    let digits = flags.precision.unwrap_or(4).max(4);
    let code_text = format!("{code:X}");
    let zeros = "0".repeat(digits.saturating_sub(code_text.len()));
    let mut text = format!("U+{zeros}{code_text}");
    if flags.sharp
        && let Some(rune) = u32::try_from(code).ok().and_then(char::from_u32)
        && rune::is_print(rune)
    {
        text = format!("{text} '{rune}'");
    }
    flags.pad_with_spaces(out, text.as_bytes());
}

/// `%c`
pub(super) fn character(flags: &Flags, out: &mut Vec<u8>, code: u64) {
    flags.pad(out, to_rune(code).encode_utf8(&mut [0; 4]).as_bytes());
}

/// `%q` of an integer.
pub(super) fn quoted_character(flags: &Flags, out: &mut Vec<u8>, code: u64) {
    let mut text = Vec::new();
    quote::quote_rune(&mut text, to_rune(code), flags.plus);
    flags.pad(out, &text);
}

fn to_rune(code: u64) -> char {
    u32::try_from(code)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A float, by a verb of `strconv.FormatFloat`.
pub(super) fn float(flags: &Flags, out: &mut Vec<u8>, value: f64, verb: u8, precision: Option<usize>) {
    let precision = flags.precision.or(precision);
    let text = float::format(value, verb, precision);
    let (sign, mut body) = match text.strip_prefix(['-', '+']) {
        Some(body) => (text.as_bytes()[0], body.to_owned()),
        None => (b'+', text),
    };
    let sign = if flags.space && sign == b'+' && !flags.plus {
        b' '
    } else {
        sign
    };
    if !value.is_finite() {
        let plain = value.is_nan() && !flags.space && !flags.plus;
        let shown = if plain {
            body
        } else {
            format!("{}{body}", sign as char)
        };
        flags.pad_with_spaces(out, shown.as_bytes());
        return;
    }
    if flags.sharp && verb != b'b' {
        body = sharp(&body, verb, precision);
    }
    if !flags.plus && sign == b'+' {
        flags.pad(out, body.as_bytes());
        return;
    }
    let missing = flags.width.unwrap_or(0).saturating_sub(body.len() + 1);
    if flags.zero && !flags.minus && missing > 0 {
        out.push(sign);
        out.extend(std::iter::repeat_n(b'0', missing));
        out.extend_from_slice(body.as_bytes());
        return;
    }
    flags.pad(out, format!("{}{body}", sign as char).as_bytes());
}

/// `%#g` and its like: always a point, and trailing zeros up to the precision.
fn sharp(body: &str, verb: u8, precision: Option<usize>) -> String {
    let hexadecimal = matches!(verb, b'x' | b'X');
    let exponent = body
        .find(if hexadecimal { ['p', 'P'] } else { ['e', 'E'] })
        .unwrap_or(body.len());
    let (mantissa, tail) = body.split_at(exponent);
    let mut wanted = match verb {
        b'g' | b'G' | b'x' => precision.unwrap_or(6) as i64,
        _ => 0,
    };
    let significant = mantissa.trim_start_matches(['0', '.']);
    wanted -= significant.bytes().filter(|&byte| byte != b'.').count() as i64;
    let mut out = mantissa.to_owned();
    if !mantissa.contains('.') {
        if mantissa == "0" {
            wanted -= 1;
        }
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', wanted.max(0) as usize));
    out + tail
}
