//! Cuts the text of a template into tokens.

use std::borrow::Cow;

use super::token::{Token, TokenKind};
use crate::text::rune;

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";
const COMMENT_START: &[u8] = b"/*";
const COMMENT_END: &[u8] = b"*/";
/// A trim marker and the space that belongs to it.
const TRIM_MARKER: usize = 2;

/// The lexer; it stops at the first error.
#[derive(Debug)]
pub(crate) struct Lexer<'t> {
    input: &'t [u8],
    position: usize,
    start: usize,
    line: usize,
    start_line: usize,
    in_action: bool,
    parens: usize,
    failed: bool,
    /// Whether `break` and `continue` are keywords: not where functions have these names.
    loop_keywords: bool,
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

    fn rest(&self) -> &'t [u8] {
        self.input.get(self.position..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let (rune, width) = rune::decode(self.rest())?;
        self.position += width;
        if rune == '\n' {
            self.line += 1;
        }
        Some(rune)
    }

    fn peek(&self) -> Option<char> {
        rune::decode(self.rest()).map(|(rune, _)| rune)
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|byte| valid.contains(byte));
        if found {
            self.position += 1;
        }
        found
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }

    fn emit(&mut self, kind: TokenKind) -> Token<'t> {
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

    fn error(&mut self, message: impl Into<String>) -> Token<'t> {
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
    fn at_right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_trim_marker(rest) && rest[TRIM_MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn right_delimiter(&mut self, trim: bool) -> Token<'t> {
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

    fn action(&mut self) -> Token<'t> {
        if let Some(trim) = self.at_right_delimiter() {
            if self.parens == 0 {
                return self.right_delimiter(trim);
            }
            return self.error("unclosed left paren");
        }
        let before = self.position;
        let Some(rune) = self.next() else {
            return self.error("unclosed action");
        };
        match rune {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.emit(TokenKind::Assign),
            ':' if self.next() == Some('=') => self.emit(TokenKind::Declare),
            ':' => self.error("expected :="),
            '|' => self.emit(TokenKind::Pipe),
            '"' => self.quoted('"', TokenKind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', TokenKind::CharConstant, "unterminated character constant"),
            '`' => self.raw_string(),
            '$' => self.field_or_variable(TokenKind::Variable),
            '.' if self.rest().first().is_some_and(|byte| !byte.is_ascii_digit()) => {
                self.field_or_variable(TokenKind::Field)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.position = before;
                self.number()
            }
            '(' => {
                self.parens += 1;
                self.emit(TokenKind::LeftParen)
            }
            ')' if self.parens == 0 => self.error("unexpected right paren"),
            ')' => {
                self.parens -= 1;
                self.emit(TokenKind::RightParen)
            }
            _ if is_alphanumeric(rune) => self.identifier(),
            _ if rune.is_ascii() && rune::is_print(rune) => self.emit(TokenKind::Char),
            _ => self.error(format!("unrecognized character in action: {}", unicode(rune))),
        }
    }

    fn space(&mut self) -> Token<'t> {
        while self.rest().first().is_some_and(|&byte| is_space(byte)) {
            self.next();
        }
        // the last space may belong to a trim marker
        let last = self.position - 1;
        let tail = &self.input[last..];
        if has_right_trim_marker(tail) && tail[TRIM_MARKER..].starts_with(RIGHT) {
            if self.input[last] == b'\n' {
                self.line -= 1;
            }
            self.position = last;
            if self.position == self.start {
                return self.right_delimiter(true);
            }
        }
        self.emit(TokenKind::Space)
    }

    fn identifier(&mut self) -> Token<'t> {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        if !self.at_terminator() {
            return self.bad_character();
        }
        let word = &self.input[self.start..self.position];
        match TokenKind::keyword(word) {
            Some(TokenKind::Break | TokenKind::Continue) if !self.loop_keywords => {
                self.emit(TokenKind::Identifier)
            }
            Some(keyword) => self.emit(keyword),
            None if word == b"true" || word == b"false" => self.emit(TokenKind::Bool),
            None => self.emit(TokenKind::Identifier),
        }
    }

    fn field_or_variable(&mut self, kind: TokenKind) -> Token<'t> {
        if self.at_terminator() {
            return self.emit(if kind == TokenKind::Field {
                TokenKind::Dot
            } else {
                kind
            });
        }
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        if self.at_terminator() {
            self.emit(kind)
        } else {
            self.bad_character()
        }
    }

    fn bad_character(&mut self) -> Token<'t> {
        let shown = self.peek().map_or_else(String::new, unicode);
        self.error(format!("bad character {shown}"))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with(RIGHT),
        }
    }

    fn quoted(&mut self, end: char, kind: TokenKind, unterminated: &str) -> Token<'t> {
        loop {
            match self.next() {
                Some('\\') if self.next().is_some_and(|escaped| escaped != '\n') => {}
                None | Some('\\' | '\n') => return self.error(unterminated),
                Some(rune) if rune == end => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token<'t> {
        loop {
            match self.next() {
                None => return self.error("unterminated raw quoted string"),
                Some('`') => return self.emit(TokenKind::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Token<'t> {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || self.input[self.position - 1] != b'i' {
                return self.bad_number();
            }
            return self.emit(TokenKind::Complex);
        }
        self.emit(TokenKind::Number)
    }

    fn bad_number(&mut self) -> Token<'t> {
        let shown = crate::text::quote::quoted(&self.input[self.start..self.position]);
        self.error(format!("bad number syntax: {shown}"))
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        let mut exponent: &[u8] = b"eE";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
            } else if self.accept(b"oO") {
                (digits, exponent) = (b"01234567_", b"");
            } else if self.accept(b"bB") {
                (digits, exponent) = (b"01_", b"");
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

/// Go's `%#U`.
fn unicode(rune: char) -> String {
    let code = rune as u32;
    if rune::is_print(rune) {
        format!("U+{code:04X} '{rune}'")
    } else {
        format!("U+{code:04X}")
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn is_alphanumeric(rune: char) -> bool {
    rune == '_' || rune::is_letter(rune) || rune::is_digit(rune)
}

fn has_left_trim_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space(*space))
}

fn has_right_trim_marker(text: &[u8]) -> bool {
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
