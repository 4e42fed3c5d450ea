//! Flags, width and precision of a verb.

use crate::text::rune;

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are the flags of a format")]
pub(super) struct Flags {
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    pub(super) minus: bool,
    pub(super) plus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
}

impl Flags {
    /// Appends a text, filled up to the width.
    pub(super) fn pad(&self, out: &mut Vec<u8>, text: &[u8]) {
        let missing = self.width.unwrap_or(0).saturating_sub(rune::count(text));
        if self.minus {
            out.extend_from_slice(text);
            out.extend(std::iter::repeat_n(b' ', missing));
        } else {
            let fill = if self.zero { b'0' } else { b' ' };
            out.extend(std::iter::repeat_n(fill, missing));
            out.extend_from_slice(text);
        }
    }

    /// Appends a text that is never filled up with zeros.
    pub(super) fn pad_with_spaces(&self, out: &mut Vec<u8>, text: &[u8]) {
        Self { zero: false, ..*self }.pad(out, text);
    }

    /// The text cut to as many runes as the precision says.
    pub(super) fn truncate<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let end = self.precision.and_then(|most| rune::runes(text).nth(most));
        end.map_or(text, |(end, ..)| &text[..end])
    }
}
