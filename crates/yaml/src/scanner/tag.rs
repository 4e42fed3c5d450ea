use super::{Scanner, Token, TokenKind};
use crate::error::{Error, Mark};

impl<'a> Scanner<'a> {
    pub(super) fn scan_tag(&mut self) -> Result<Token<'a>, Error> {
        let start = self.cursor.mark();
        let (handle, suffix) = if self.cursor.peek(1) == b'<' {
            self.cursor.skip_ascii(2);
            let suffix = self.scan_tag_uri("", start)?;
            if self.cursor.peek(0) != b'>' {
                return Err(self.error(start, "did not find the expected '>'"));
            }
            self.cursor.skip_ascii(1);
            ("", suffix)
        } else {
            self.scan_short_tag(start)?
        };
        if !self.cursor.is_blank_break_or_end(0) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(Token {
            kind: TokenKind::Tag { handle, suffix },
            start,
            end: self.cursor.mark(),
        })
    }

    /// `!suffix`, `!!suffix` or `!handle!suffix`; `!` alone is a tag without a handle.
    fn scan_short_tag(&mut self, start: Mark) -> Result<(&'a str, String), Error> {
        let handle = self.scan_tag_handle(false, start)?;
        if handle.len() > 1 && handle.ends_with('!') {
            return Ok((handle, self.scan_tag_uri("", start)?));
        }
        let suffix = self.scan_tag_uri(handle, start)?;
        if suffix.is_empty() {
            return Ok(("", "!".to_owned()));
        }
        Ok(("!", suffix))
    }

    pub(super) fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Result<&'a str, Error> {
        if self.cursor.peek(0) != b'!' {
            return Err(self.error(start, "did not find expected '!'"));
        }
        let from = self.cursor.position();
        self.cursor.skip_ascii(1);
        self.skip_word();
        if self.cursor.peek(0) == b'!' {
            self.cursor.skip_ascii(1);
        } else if directive && self.cursor.since(from) != "!" {
            return Err(self.error(start, "did not find expected '!'"));
        }
        Ok(self.cursor.since(from))
    }

    /// Reads the rest of a tag. `head` is a handle that turned out to be the start of the tag.
    pub(super) fn scan_tag_uri(&mut self, head: &str, start: Mark) -> Result<String, Error> {
        let mut uri = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut found = !head.is_empty();
        while is_uri_byte(self.cursor.peek(0)) {
            if self.cursor.peek(0) == b'%' {
                self.scan_uri_escapes(start, &mut uri)?;
            } else {
                uri.push(self.cursor.peek(0));
                self.cursor.skip_ascii(1);
            }
            found = true;
        }
        if !found {
            return Err(self.error(start, "did not find expected tag URI"));
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// Reads one character that is written as `%` and two digits for each of its bytes.
    fn scan_uri_escapes(&mut self, start: Mark, uri: &mut Vec<u8>) -> Result<(), Error> {
        let mut left = None;
        while left != Some(0) {
            let octet = self
                .peek_octet()
                .ok_or_else(|| self.error(start, "did not find URI escaped octet"))?;
            left = match left {
                None => Some(
                    width(octet)
                        .ok_or_else(|| self.error(start, "found an incorrect leading UTF-8 octet"))?
                        - 1,
                ),
                Some(_) if octet & 0xC0 != 0x80 => {
                    return Err(self.error(start, "found an incorrect trailing UTF-8 octet"));
                }
                Some(left) => Some(left - 1),
            };
            uri.push(octet);
            self.cursor.skip_ascii(3);
        }
        Ok(())
    }

    fn peek_octet(&self) -> Option<u8> {
        let digit = |offset| char::from(self.cursor.peek(offset)).to_digit(16);
        if self.cursor.peek(0) != b'%' {
            return None;
        }
        u8::try_from(digit(1)? << 4 | digit(2)?).ok()
    }

    /// Passes letters, digits, `_` and `-`.
    pub(super) fn skip_word(&mut self) {
        while is_word_byte(self.cursor.peek(0)) {
            self.cursor.skip_ascii(1);
        }
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_uri_byte(byte: u8) -> bool {
    is_word_byte(byte) || (byte != 0 && b";/?:@&=+$,.!~*'()[]%".contains(&byte))
}

/// How many bytes a character takes that begins with this one.
fn width(octet: u8) -> Option<usize> {
    match octet {
        0x00..=0x7F => Some(1),
        0xC0..=0xDF => Some(2),
        0xE0..=0xEF => Some(3),
        0xF0..=0xF7 => Some(4),
        _ => None,
    }
}
