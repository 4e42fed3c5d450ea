//! The few of Go's formatting rules that show in the server's texts and in `fieldsV1`.

use std::fmt::{self, Write};

/// Writes a float as Go's `%v`: the shortest digits, with an exponent from a million on.
pub(super) fn write_float(number: f64, out: &mut impl Write) -> fmt::Result {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return out.write_str(&scientific);
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        write!(out, "{number}")
    } else {
        write_scientific(digits, exponent, out)
    }
}

/// Writes a float as Go's JSON encoders do: plain digits but for the very small and the very large.
pub(super) fn write_json_float(number: f64, out: &mut impl Write) -> fmt::Result {
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let scientific = format!("{number:e}");
        if let Some((digits, exponent)) = scientific.split_once('e') {
            return write_scientific(digits, exponent.parse().unwrap_or_default(), out);
        }
    }
    write!(out, "{number}")
}

/// At least two digits of exponent, with a sign.
fn write_scientific(digits: &str, exponent: i32, out: &mut impl Write) -> fmt::Result {
    let sign = if exponent < 0 { '-' } else { '+' };
    write!(out, "{digits}e{sign}{:02}", exponent.abs())
}

/// Writes a string as Go's `%q`.
pub(super) fn write_quoted(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\u{07}' => out.write_str("\\a")?,
            '\u{08}' => out.write_str("\\b")?,
            '\u{0c}' => out.write_str("\\f")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{0b}' => out.write_str("\\v")?,
            c if is_printable(c) => out.write_char(c)?,
            c if u32::from(c) < 0x80 => write!(out, "\\x{:02x}", u32::from(c))?,
            c if u32::from(c) < 0x1_0000 => write!(out, "\\u{:04x}", u32::from(c))?,
            c => write!(out, "\\U{:08x}", u32::from(c))?,
        }
    }
    out.write_char('"')
}

fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    // after another character, so that a combining mark counts as printable
    let mut text = String::from("a");
    text.push(character);
    !character.is_whitespace() && text.escape_debug().nth(1) != Some('\\')
}

/// Whether a JSON string must be safe to stand in HTML, as the server's encoder writes values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Html {
    /// `<`, `>`, `&` and the two line separators are escaped.
    Escaped,
    /// They are written as they are.
    Plain,
}

/// Writes a JSON string as the server's encoder does.
pub(crate) fn write_json_string(text: &str, html: Html, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if html == Html::Escaped => {
                write!(out, "\\u{:04x}", u32::from(character))?;
            }
            c if c < ' ' => write!(out, "\\u{:04x}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    #[test]
    fn floats_print_as_go_prints_them() {
        let floats = [
            (80.0, "80", "80"),
            (999_999.0, "999999", "999999"),
            (1_000_000.0, "1e+06", "1000000"),
            (1_234_567.0, "1.234567e+06", "1234567"),
            (1e21, "1e+21", "1e+21"),
            (1.5, "1.5", "1.5"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "0.00001"),
            (-1.25e-7, "-1.25e-07", "-1.25e-07"),
        ];
        for (number, text, json) in floats {
            assert_eq!(written(|out| write_float(number, out)), text);
            assert_eq!(written(|out| write_json_float(number, out)), json);
        }
    }

    #[test]
    fn strings_are_quoted_as_go_quotes_them() {
        assert_eq!(
            written(|out| write_quoted("a\"\u{1}\n\u{e9}\u{200b}", out)),
            "\"a\\\"\\x01\\n\u{e9}\\u200b\""
        );
    }

    #[test]
    fn json_strings_are_safe_for_html() {
        assert_eq!(
            written(|out| write_json_string("<a>&\u{2028}\u{e9}", Html::Escaped, out)),
            "\"\\u003ca\\u003e\\u0026\\u2028\u{e9}\""
        );
    }
}
