//! Bytes to text: finds the encoding as go-yaml does and the first byte that may not be there.

mod failure;
mod utf16;

use std::borrow::Cow;

pub(crate) use failure::Failure;

/// go-yaml reads in blocks of this many bytes, and reports a bad byte when it reads its block.
const BLOCK: usize = 512;

/// A text that can be scanned, up to where it stops being one.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    /// Valid characters only.
    pub(crate) text: Cow<'a, str>,
    /// Why the text ends early, if it does.
    pub(crate) failure: Option<Failure>,
}

impl<'a> Input<'a> {
    /// Decodes UTF-8, or UTF-16 with a byte order mark.
    pub(crate) fn decode(bytes: &'a [u8]) -> Self {
        match bytes {
            [0xFF, 0xFE, rest @ ..] => utf16::decode(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => utf16::decode(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => Self::utf8(rest),
            _ => Self::utf8(bytes),
        }
    }

    fn utf8(bytes: &'a [u8]) -> Self {
        let (text, failure) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                let text = std::str::from_utf8(valid).unwrap_or_default();
                (text, Some(Failure::of_utf8(rest)))
            }
        };
        match failure::first_control(text) {
            Some(offset) => Self::cut(text, offset, Some(Failure::ControlCharacter)),
            None => Self::cut(text, text.len(), failure),
        }
    }

    /// The text before the block in which a failure at `offset` lies.
    fn cut(text: &'a str, offset: usize, failure: Option<Failure>) -> Self {
        let end = match failure {
            // at the end of the text there is no block to wait for
            None | Some(Failure::Incomplete) => text.len(),
            Some(_) => text.floor_char_boundary(offset / BLOCK * BLOCK),
        };
        Self {
            text: Cow::Borrowed(&text[..end]),
            failure,
        }
    }
}
