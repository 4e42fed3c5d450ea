//! Cuts the text of a template into tokens.

use std::borrow::Cow;

use super::token::{Token, TokenKind};
use crate::text::rune;

const LEFT: &[u8] = b"{{";
pub(super) const RIGHT: &[u8] = b"}}";
const COMMENT_START: &[u8] = b"/*";
const COMMENT_END: &[u8] = b"*/";
/// A trim marker and the space that belongs to it.
pub(super) const TRIM_MARKER: usize = 2;

/// The lexer; it stops at the first error.
#[derive(Debug)]
pub(crate) struct Lexer<'t> {
    pub(super) input: &'t [u8],
    pub(super) position: usize,
    pub(super) start: usize,
    pub(super) line: usize,
    start_line: usize,
    in_action: bool,
    pub(super) parens: usize,
    failed: bool,
    /// Whether `break` and `continue` are keywords: not where functions have these names.
    pub(super) loop_keywords: bool,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(input: &'t [u8], loop_keywords: bool) -> Self {
        Self {
            input,
            position: 0,
            start: 0,
            line: 1,
            start_line: 1,
            in_action: false,
            parens: 0,
            failed: false,
            loop_keywords,
        }
    }

    /// The next token; after the end or an error it is `Eof` for ever.
    pub(crate) fn next_token(&mut self) -> Token<'t> {
        if self.failed {
            return Token {
                kind: TokenKind::Eof,
                position: 0,
                line: self.start_line,
                text: Cow::Borrowed(b"EOF"),
            };
        }
        if self.in_action {
            self.action()
        } else {
            self.text()
        }
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        self.input.get(self.position..).unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let (rune, width) = rune::decode(self.rest())?;
        self.position += width;
        if rune == '\n' {
            self.line += 1;
        }
        Some(rune)
    }

    pub(super) fn peek(&self) -> Option<char> {
        rune::decode(self.rest()).map(|(rune, _)| rune)
    }

    pub(super) fn accept(&mut self, valid: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|byte| valid.contains(byte));
        if found {
            self.position += 1;
        }
        found
    }

    pub(super) fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }

    pub(super) fn emit(&mut self, kind: TokenKind) -> Token<'t> {
        let text = Cow::Borrowed(&self.input[self.start..self.position]);
        let token = Token {
            kind,
            position: self.start,
            line: self.start_line,
            text,
        };
        self.start = self.position;
        self.start_line = self.line;
        token
    }

    /// Drops what lies between the start of the token and the position.
    fn ignore(&mut self) {
        self.line += newlines(&self.input[self.start..self.position]);
        self.start = self.position;
        self.start_line = self.line;
    }

    pub(super) fn error(&mut self, message: impl Into<String>) -> Token<'t> {
        self.failed = true;
        let text = Cow::Owned(message.into().into_bytes());
        Token {
            kind: TokenKind::Error,
            position: self.start,
            line: self.start_line,
            text,
        }
    }

    fn text(&mut self) -> Token<'t> {
        loop {
            let Some(ahead) = find(self.rest(), LEFT) else {
                return self.last_text();
            };
            if ahead > 0 {
                self.position += ahead;
                let mut trimmed = 0;
                if has_left_trim_marker(&self.input[self.position + LEFT.len()..]) {
                    let text = &self.input[self.start..self.position];
                    trimmed = text.len() - trim_end(text).len();
                }
                self.position -= trimmed;
                self.line += newlines(&self.input[self.start..self.position]);
                let token = self.emit(TokenKind::Text);
                self.position += trimmed;
                self.ignore();
                if !token.text.is_empty() {
                    return token;
                }
            }
            if let Some(token) = self.left_delimiter() {
                return token;
            }
        }
    }

    fn last_text(&mut self) -> Token<'t> {
        self.position = self.input.len();
        if self.position > self.start {
            self.line += newlines(&self.input[self.start..self.position]);
            return self.emit(TokenKind::Text);
        }
        Token {
            kind: TokenKind::Eof,
            position: self.start,
            line: self.start_line,
            text: Cow::Borrowed(b""),
        }
    }

    /// The opening of an action, or a comment, which gives no token.
    fn left_delimiter(&mut self) -> Option<Token<'t>> {
        self.position += LEFT.len();
        let marker = if has_left_trim_marker(self.rest()) {
            TRIM_MARKER
        } else {
            0
        };
        if self.rest()[marker..].starts_with(COMMENT_START) {
            self.position += marker;
            self.ignore();
            return self.comment();
        }
        let token = self.emit(TokenKind::LeftDelimiter);
        self.in_action = true;
        self.position += marker;
        self.ignore();
        self.parens = 0;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token<'t>> {
        self.position += COMMENT_START.len();
        let Some(end) = find(self.rest(), COMMENT_END) else {
            return Some(self.error("unclosed comment"));
        };
        self.position += end + COMMENT_END.len();
        let Some(trim) = self.at_right_delimiter() else {
            return Some(self.error("comment ends before closing delimiter"));
        };
        self.position += if trim { TRIM_MARKER } else { 0 } + RIGHT.len();
        if trim {
            self.skip_space();
        }
        self.ignore();
        None
    }

    fn skip_space(&mut self) {
        self.position += self.rest().iter().take_while(|&&byte| is_space(byte)).count();
    }

    /// Whether the action ends here, and if so whether with a trim marker.
    pub(super) fn at_right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_trim_marker(rest) && rest[TRIM_MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    pub(super) fn right_delimiter(&mut self, trim: bool) -> Token<'t> {
        if trim {
            self.position += TRIM_MARKER;
            self.ignore();
        }
        self.position += RIGHT.len();
        let token = self.emit(TokenKind::RightDelimiter);
        if trim {
            self.skip_space();
            self.ignore();
        }
        self.in_action = false;
        token
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn has_left_trim_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space(*space))
}

pub(super) fn has_right_trim_marker(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space(*space))
}

fn newlines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

/// Without white space at the end, as Go's grammar defines it: no form feeds.
fn trim_end(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .rposition(|&byte| !is_space(byte))
        .map_or(0, |last| last + 1);
    &text[..end]
}
