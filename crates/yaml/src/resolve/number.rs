use std::borrow::Cow;

use serde_json::Number;

use super::Resolved;
use crate::Reader;

/// A text that begins with a sign or a digit, as a number.
pub(super) fn number(reader: Reader, text: &str) -> Option<Resolved> {
    let plain = if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    };
    prefixed_integer(&plain)
        .or_else(|| is_float(&plain).then(|| float(&plain))?.map(Resolved::Float))
        .or_else(|| signed_digits(&plain, "0b", 2))
        .or_else(|| match reader {
            Reader::V2 => None,
            Reader::V3 => signed_digits(&plain, "0o", 8),
        })
}

/// An integer with the base that its prefix names, as Go's `ParseInt` reads it with base 0.
fn prefixed_integer(text: &str) -> Option<Resolved> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("+", &text[1..]),
        _ => ("", text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let value = magnitude(digits, base)?;
    match sign {
        "-" => 0i64.checked_sub_unsigned(value).map(Resolved::Int),
        "+" => i64::try_from(value).ok().map(Resolved::Int),
        _ => Some(i64::try_from(value).map_or(Resolved::Uint(value), Resolved::Int)),
    }
}

/// `0b` or `0o` and digits that may have a sign of their own; go-yaml takes those too.
fn signed_digits(text: &str, prefix: &str, base: u32) -> Option<Resolved> {
    if let Some(digits) = text.strip_prefix('-').and_then(|text| text.strip_prefix(prefix)) {
        return 0i64
            .checked_sub_unsigned(magnitude(digits, base)?)
            .map(Resolved::Int);
    }
    let digits = text.strip_prefix(prefix)?;
    if let Some(digits) = digits.strip_prefix('-') {
        return 0i64
            .checked_sub_unsigned(magnitude(digits, base)?)
            .map(Resolved::Int);
    }
    i64::try_from(magnitude(digits.strip_prefix('+')?, base)?)
        .ok()
        .map(Resolved::Int)
}

/// Digits without a sign.
fn magnitude(digits: &str, base: u32) -> Option<u64> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, base).ok()
}

/// Whether a text has the form of a decimal number.
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => !mantissa.is_empty() && is_digits(mantissa),
    };
    exponent_fits && mantissa_fits
}

/// A text that begins with a dot, as a number.
pub(super) fn dotted_float(text: &str) -> Option<f64> {
    if is_float(text) { float(text) } else { None }
}

/// A decimal number that is not too large.
fn float(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number as it is after Go has written it as JSON and read it again: whole numbers are integers. JSON has
/// neither infinities nor NaN.
pub(crate) fn json_number(number: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Some(Number::from(number as i64));
    }
    // the shortest digits that stand for the number, padded with zeros
    if number.fract() == 0.0 && number.abs() < 1e20 {
        let digits = number.to_string();
        if let Ok(integer) = digits.parse::<i64>() {
            return Some(Number::from(integer));
        }
        if let Ok(integer) = digits.parse::<u64>() {
            return Some(Number::from(integer));
        }
    }
    Number::from_f64(number)
}
