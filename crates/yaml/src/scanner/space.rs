use super::{Scanner, TokenKind};
use crate::Reader;

impl Scanner<'_> {
    /// Passes blanks, comments and line breaks up to the next token.
    pub(super) fn skip_to_token(&mut self) {
        loop {
            // a tab may not indent
            if self.is_in_flow() || !self.simple_key_allowed {
                self.cursor.skip_blanks();
            } else {
                self.cursor.skip_spaces();
            }
            if self.cursor.peek(0) == b'#' {
                self.skip_comments();
            }
            if self.cursor.read_break().is_empty() {
                return;
            }
            if !self.is_in_flow() {
                self.simple_key_allowed = true;
            }
        }
    }

    /// Passes the comment that begins here and, as v3 reads comments, those on the lines that follow, where it
    /// lets tabs stand before the `#`.
    fn skip_comments(&mut self) {
        self.cursor.skip_to_line_end();
        while self.reader == Reader::V3 {
            let Some(offset) = self.next_comment() else {
                return;
            };
            let position = self.cursor.position() + offset;
            while self.cursor.position() < position {
                if self.cursor.read_break().is_empty() {
                    self.cursor.skip();
                }
            }
            self.cursor.skip_to_line_end();
        }
    }

    /// How far away a comment begins, if nothing but space is before it.
    fn next_comment(&self) -> Option<usize> {
        // what stands at the cursor is the break that ended the comment before
        for offset in 1..512 {
            match self.cursor.peek(offset) {
                b' ' | b'\t' | b'\n' | b'\r' => {}
                b'#' => return Some(offset),
                _ => return None,
            }
        }
        None
    }

    /// v3 reads a comment together with the token before it, whatever blanks are between.
    pub(super) fn skip_line_comment(&mut self) {
        if self.reader != Reader::V3 || !matches!(self.cursor.peek(0), b' ' | b'\t' | b'#') {
            return;
        }
        if let Some(token) = self.tokens.back()
            && matches!(token.kind, TokenKind::BlockEntry)
        {
            return;
        }
        let mut offset = 0;
        while self.cursor.is_blank(offset) {
            offset += 1;
        }
        if self.cursor.peek(offset) == b'#' && offset < 512 && !self.cursor.is_first_on_line() {
            self.cursor.skip_to_line_end();
        }
    }
}
