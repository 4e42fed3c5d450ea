//! Tokens within an action.

use super::lexer::{Lexer, RIGHT, TRIM_MARKER, has_right_trim_marker, is_space};
use super::token::{Token, TokenKind};
use crate::text::rune;

impl<'t> Lexer<'t> {
    pub(super) fn action(&mut self) -> Token<'t> {
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

fn is_alphanumeric(rune: char) -> bool {
    rune == '_' || rune::is_letter(rune) || rune::is_digit(rune)
}
