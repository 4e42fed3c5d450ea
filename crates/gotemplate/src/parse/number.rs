//! Constants: integers, floats, complex numbers and characters.

use crate::text::quote;

/// A constant and all the types that it can take.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Number {
    pub(crate) text: String,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
    pub(crate) complex: Option<(f64, f64)>,
}

impl Number {
    /// Reads a character constant.
    pub(crate) fn character(literal: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(literal).into_owned();
        let inner = literal.get(1..).unwrap_or_default();
        let (unit, tail) = quote::unquote_char(inner, b'\'').ok_or("invalid syntax")?;
        if tail != b"'" {
            return Err(format!("malformed character constant: {text}"));
        }
        let code = unit.code();
        Ok(Self {
            text,
            int: Some(i64::from(code)),
            uint: Some(u64::from(code)),
            float: Some(f64::from(code)),
            complex: None,
        })
    }

    /// Reads a complex constant with both parts, such as `1+2i`.
    pub(crate) fn complex(text: &str) -> Result<Self, String> {
        let inner = text.trim_end_matches('i');
        let split = inner.char_indices().skip(1).filter(|&(at, c)| {
            let exponent = matches!(inner.as_bytes()[at - 1], b'e' | b'E' | b'p' | b'P');
            matches!(c, '+' | '-') && !exponent
        });
        let at = split
            .last()
            .map(|(at, _)| at)
            .ok_or("syntax error scanning complex number")?;
        let part = |part: &str| parse_float(part).ok_or("syntax error scanning complex number");
        Ok(Self::of_complex(text, part(&inner[..at])?, part(&inner[at..])?))
    }

    /// Reads any other number.
    pub(crate) fn plain(text: &str) -> Result<Self, String> {
        if let Some(imaginary) = text.strip_suffix('i')
            && let Some(imaginary) = parse_float(imaginary)
        {
            return Ok(Self::of_complex(text, 0.0, imaginary));
        }
        let (mut int, mut uint) = (parse_int(text), parse_uint(text));
        if int == Some(0) {
            uint = Some(0);
        }
        let mut float = int.map(|i| i as f64).or(uint.map(|u| u as f64));
        if float.is_none()
            && let Some(value) = parse_float(text)
        {
            if !text.contains(['.', 'e', 'E', 'p', 'P']) {
                return Err(format!("integer overflow: {}", quote::quoted(text.as_bytes())));
            }
            float = Some(value);
            (int, uint) = (exact_int(value), exact_uint(value));
        }
        if float.is_none() {
            return Err(format!(
                "illegal number syntax: {}",
                quote::quoted(text.as_bytes())
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            int,
            uint,
            float,
            complex: None,
        })
    }

    fn of_complex(text: &str, real: f64, imaginary: f64) -> Self {
        let float = (imaginary == 0.0).then_some(real);
        Self {
            text: text.to_owned(),
            int: float.and_then(exact_int),
            uint: float.and_then(exact_uint),
            float,
            complex: Some((real, imaginary)),
        }
    }

    /// Whether the constant is written as a float.
    pub(crate) fn looks_float(&self) -> bool {
        let hex = self
            .text
            .get(..2)
            .is_some_and(|head| head.eq_ignore_ascii_case("0x"));
        let markers: &[char] = if hex {
            &['p', 'P']
        } else {
            &['.', 'e', 'E', 'p', 'P']
        };
        !self.text.starts_with('\'') && self.text.contains(markers)
    }
}

#[expect(clippy::float_cmp, reason = "asks whether the conversion is exact")]
fn exact_int(value: f64) -> Option<i64> {
    (value as i64 as f64 == value).then_some(value as i64)
}

#[expect(clippy::float_cmp, reason = "asks whether the conversion is exact")]
fn exact_uint(value: f64) -> Option<u64> {
    (value as u64 as f64 == value).then_some(value as u64)
}

/// `strconv.ParseInt` with base 0.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = i128::from(parse_uint(digits)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// `strconv.ParseUint` with base 0: prefixes and underscores between digits.
pub(crate) fn parse_uint(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        [b'0', _, ..] => (8, &text[1..]),
        _ => (10, text),
    };
    if !underscores_ok(text) || digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), radix).ok()
}

/// Underscores must stand between digits, or between the prefix and a digit, and only with a prefix or in base ten.
fn underscores_ok(text: &str) -> bool {
    if !text.contains('_') {
        return true;
    }
    let bytes = text.as_bytes();
    let prefixed = bytes.len() >= 2 && bytes[0] == b'0' && bytes[1].is_ascii_alphabetic();
    if !prefixed {
        // `1_000` without a prefix is for literals with base 0 only, and those may not start with zero alone
        return bytes
            .iter()
            .enumerate()
            .all(|(at, &byte)| byte != b'_' || between_digits(bytes, at));
    }
    bytes
        .iter()
        .enumerate()
        .all(|(at, &byte)| byte != b'_' || (at == 2 && bytes.len() > 3) || between_digits(bytes, at))
}

fn between_digits(bytes: &[u8], at: usize) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    at > 0 && digit(at - 1) && digit(at + 1)
}

/// `strconv.ParseFloat` for what templates write: decimal or hexadecimal, underscores only with a prefix.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.trim_start_matches(['+', '-']);
    if text.len() - unsigned.len() > 1 {
        return None;
    }
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if unsigned
        .get(..2)
        .is_some_and(|head| head.eq_ignore_ascii_case("0x"))
    {
        return parse_hexadecimal(&unsigned[2..].replace('_', "")).map(|value| sign * value);
    }
    if !underscores_ok(unsigned) {
        return None;
    }
    let unsigned = unsigned.replace('_', "");
    let shape = unsigned
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    if !shape {
        return None;
    }
    let value: f64 = unsigned.parse().ok()?;
    value.is_finite().then_some(sign * value)
}

/// Hexadecimal digits with a point and a binary exponent, which is required.
fn parse_hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = whole.chars().chain(fraction.chars());
    let value = digits.into_iter().try_fold(0.0f64, |value, digit| {
        Some(value.mul_add(16.0, f64::from(digit.to_digit(16)?)))
    })?;
    let exponent: i32 = exponent.parse().ok()?;
    let value = value * 2f64.powi(exponent.checked_sub(4 * fraction.len() as i32)?);
    value.is_finite().then_some(value)
}
