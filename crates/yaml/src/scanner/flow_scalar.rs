use std::borrow::Cow;

use super::plain_scalar::push_folded;
use super::{ScalarStyle, Scanner, Token, TokenKind};
use crate::error::{Error, Mark};

/// What has been read of a quoted scalar: a part of the text as long as that is what it says.
struct Quoted {
    text: String,
    /// Where the part of the text begins that is not in `text` yet.
    from: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn scan_quoted_scalar(&mut self, style: ScalarStyle) -> Result<Token<'a>, Error> {
        let quote = if style == ScalarStyle::SingleQuoted {
            b'\''
        } else {
            b'"'
        };
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        let mut scalar = Quoted {
            text: String::new(),
            from: self.cursor.position(),
        };
        loop {
            if self.cursor.is_document_indicator() {
                return Err(self.error(start, "found unexpected document indicator"));
            }
            if self.cursor.is_end() {
                return Err(self.error(start, "found unexpected end of stream"));
            }
            let escaped_break = self.scan_quoted_run(quote, start, &mut scalar)?;
            if self.cursor.peek(0) == quote {
                break;
            }
            self.scan_quoted_space(escaped_break, &mut scalar);
        }
        let last = self.cursor.since(scalar.from);
        self.cursor.skip_ascii(1);
        let value = if scalar.text.is_empty() {
            Cow::Borrowed(last)
        } else {
            scalar.text.push_str(last);
            Cow::Owned(scalar.text)
        };
        Ok(Token {
            kind: TokenKind::Scalar(value, style),
            start,
            end: self.cursor.mark(),
        })
    }

    /// Reads up to a blank, a line break or the closing quote; says whether it ended with an escaped line break.
    fn scan_quoted_run(&mut self, quote: u8, start: Mark, scalar: &mut Quoted) -> Result<bool, Error> {
        loop {
            self.skip_quoted_text(quote);
            if self.cursor.is_blank_break_or_end(0) {
                return Ok(false);
            }
            if quote == b'\'' {
                if self.cursor.peek(1) != b'\'' {
                    return Ok(false);
                }
                self.cursor.skip_ascii(1);
                scalar.text.push_str(self.cursor.since(scalar.from));
                self.cursor.skip_ascii(1);
                scalar.from = self.cursor.position();
                continue;
            }
            if self.cursor.peek(0) == b'"' {
                return Ok(false);
            }
            scalar.text.push_str(self.cursor.since(scalar.from));
            if self.cursor.is_break(1) {
                self.cursor.skip_ascii(1);
                self.cursor.read_break();
                scalar.from = self.cursor.position();
                return Ok(true);
            }
            self.scan_escape(start, &mut scalar.text)?;
            scalar.from = self.cursor.position();
        }
    }

    /// Passes characters that stand for themselves.
    fn skip_quoted_text(&mut self, quote: u8) {
        let from = self.cursor.position();
        let mut offset = 0;
        loop {
            let ends = match self.cursor.peek(offset) {
                0 | b' ' | b'\t' | b'\n' | b'\r' => true,
                b'\\' => quote == b'"',
                0xC2 | 0xE2 => self.cursor.is_break(offset),
                byte => byte == quote,
            };
            if ends {
                break;
            }
            offset += 1;
        }
        self.cursor.advance_to(from + offset);
    }

    /// Reads blanks and line breaks; blanks stay unless a line break is next to them.
    fn scan_quoted_space(&mut self, escaped_break: bool, scalar: &mut Quoted) {
        let from = self.cursor.position();
        let mut breaks = String::new();
        let mut broken = escaped_break;
        loop {
            if self.cursor.is_blank(0) {
                self.cursor.skip_ascii(1);
                continue;
            }
            match self.cursor.read_break() {
                "" => break,
                kept => {
                    if !broken {
                        scalar.text.push_str(self.cursor.slice(scalar.from, from));
                    }
                    broken = true;
                    breaks.push_str(kept);
                }
            }
        }
        if broken {
            if escaped_break {
                scalar.text.push_str(&breaks);
            } else {
                push_folded(&mut scalar.text, &breaks);
            }
            scalar.from = self.cursor.position();
        }
    }

    fn scan_escape(&mut self, start: Mark, text: &mut String) -> Result<(), Error> {
        let digits = match self.cursor.peek(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            byte => {
                let character =
                    escaped(byte).ok_or_else(|| self.error(start, "found unknown escape character"))?;
                text.push(character);
                self.cursor.skip_ascii(2);
                return Ok(());
            }
        };
        self.cursor.skip_ascii(2);
        let mut value: u32 = 0;
        for offset in 0..digits {
            let digit = char::from(self.cursor.peek(offset))
                .to_digit(16)
                .ok_or_else(|| self.error(start, "did not find expected hexdecimal number"))?;
            value = value << 4 | digit;
        }
        let character = char::from_u32(value)
            .ok_or_else(|| self.error(start, "found invalid Unicode character escape code"))?;
        text.push(character);
        self.cursor.skip_ascii(digits);
        Ok(())
    }
}

/// The character for which a backslash and this byte stand.
fn escaped(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
