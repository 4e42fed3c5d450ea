use std::borrow::Cow;

use super::{ScalarStyle, Scanner, Token, TokenKind};
use crate::error::Error;

/// What a byte may mean within a plain scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing special.
    Text,
    /// A blank, a line break or the end.
    Stop,
    /// Ends the scalar when a blank follows.
    Colon,
    /// Ends the scalar in a flow collection.
    Flow,
    /// May begin a line break of several bytes.
    Multibyte,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut classes = [Class::Text; 256];
    classes[0] = Class::Stop;
    classes[b' ' as usize] = Class::Stop;
    classes[b'\t' as usize] = Class::Stop;
    classes[b'\n' as usize] = Class::Stop;
    classes[b'\r' as usize] = Class::Stop;
    classes[b':' as usize] = Class::Colon;
    classes[b',' as usize] = Class::Flow;
    classes[b'?' as usize] = Class::Flow;
    classes[b'[' as usize] = Class::Flow;
    classes[b']' as usize] = Class::Flow;
    classes[b'{' as usize] = Class::Flow;
    classes[b'}' as usize] = Class::Flow;
    classes[0xC2] = Class::Multibyte;
    classes[0xE2] = Class::Multibyte;
    classes
}

impl<'a> Scanner<'a> {
    pub(super) fn scan_plain_scalar(&mut self) -> Result<Token<'a>, Error> {
        let indent = self.indent + 1;
        let start = self.cursor.mark();
        let mut end = start;
        let mut scalar = Folding::new(self.cursor.position());
        while !self.cursor.is_document_indicator() && self.cursor.peek(0) != b'#' {
            let run = self.cursor.position();
            self.skip_plain_run();
            if self.cursor.position() > run {
                scalar.run(
                    self.cursor.slice(scalar.from, scalar.to),
                    run,
                    self.cursor.position(),
                );
                end = self.cursor.mark();
            }
            if !self.cursor.is_blank(0) && !self.cursor.is_break(0) {
                break;
            }
            loop {
                if self.cursor.is_blank(0) {
                    if scalar.is_broken() && self.column() < indent && self.cursor.peek(0) == b'\t' {
                        return Err(self.error(start, "found a tab character that violates indentation"));
                    }
                    self.cursor.skip_ascii(1);
                } else {
                    match self.cursor.read_break() {
                        "" => break,
                        kept => scalar.breaks.push_str(kept),
                    }
                }
            }
            if !self.is_in_flow() && self.column() < indent {
                break;
            }
        }
        if scalar.is_broken() {
            self.simple_key_allowed = true;
        }
        let last = self.cursor.slice(scalar.from, scalar.to);
        let kind = TokenKind::Scalar(scalar.finish(last), ScalarStyle::Plain);
        Ok(Token { kind, start, end })
    }

    /// Passes what belongs to the scalar up to a blank or an indicator.
    fn skip_plain_run(&mut self) {
        let from = self.cursor.position();
        let mut offset = 0;
        loop {
            let ends = match CLASSES[usize::from(self.cursor.peek(offset))] {
                Class::Text => false,
                Class::Stop => true,
                Class::Colon => self.cursor.is_blank_break_or_end(offset + 1),
                Class::Flow => self.is_in_flow(),
                Class::Multibyte => self.cursor.is_break(offset),
            };
            if ends {
                break;
            }
            offset += 1;
        }
        self.cursor.advance_to(from + offset);
    }
}

/// A scalar of one line is a part of the text; one of several lines is put together.
struct Folding {
    /// The lines before the current one.
    folded: String,
    /// The current line, as positions of the text.
    from: usize,
    to: usize,
    /// The line breaks read since the last character.
    breaks: String,
}

impl Folding {
    fn new(from: usize) -> Self {
        Self {
            folded: String::new(),
            from,
            to: from,
            breaks: String::new(),
        }
    }

    fn is_broken(&self) -> bool {
        !self.breaks.is_empty()
    }

    /// Takes in a run of characters; `line` is what the current line held before.
    fn run(&mut self, line: &str, from: usize, to: usize) {
        if self.is_broken() {
            self.folded.push_str(line);
            push_folded(&mut self.folded, &self.breaks);
            self.breaks.clear();
            self.from = from;
        }
        self.to = to;
    }

    fn finish(self, last: &str) -> Cow<'_, str> {
        if self.folded.is_empty() {
            return Cow::Borrowed(last);
        }
        let mut folded = self.folded;
        folded.push_str(last);
        Cow::Owned(folded)
    }
}

/// Appends what folding leaves of line breaks: one becomes a space, of several all but the first stay.
pub(super) fn push_folded(text: &mut String, breaks: &str) {
    match breaks.strip_prefix('\n') {
        Some("") => text.push(' '),
        Some(rest) => text.push_str(rest),
        None => text.push_str(breaks),
    }
}
