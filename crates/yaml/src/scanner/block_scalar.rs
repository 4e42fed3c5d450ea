use std::borrow::Cow;

use super::{ScalarStyle, Scanner, Token, TokenKind};
use crate::error::{Error, Mark};

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl<'a> Scanner<'a> {
    pub(super) fn scan_block_scalar(&mut self, style: ScalarStyle) -> Result<Token<'a>, Error> {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        let (chomping, increment) = self.scan_block_header(start)?;
        let mut indent = match increment {
            0 => 0,
            increment => self.indent.max(0) + increment,
        };
        let mut end = self.cursor.mark();
        let mut text = String::new();
        let mut breaks = String::new();
        self.scan_indentation(&mut indent, &mut breaks, start, &mut end)?;
        let mut leading_break = "";
        let mut after_blank = false;
        while self.column() == indent && !self.cursor.is_end() {
            let blank = self.cursor.is_blank(0);
            if style == ScalarStyle::Folded && !after_blank && !blank && leading_break == "\n" {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(leading_break);
            }
            text.push_str(&breaks);
            breaks.clear();
            after_blank = blank;
            let from = self.cursor.position();
            self.cursor.skip_to_line_end();
            text.push_str(self.cursor.since(from));
            leading_break = self.cursor.read_break();
            self.scan_indentation(&mut indent, &mut breaks, start, &mut end)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(leading_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        let kind = TokenKind::Scalar(Cow::Owned(text), style);
        Ok(Token { kind, start, end })
    }

    /// Reads what follows the `|` or `>` on its line: chomping and, from 1, how far the text is indented.
    fn scan_block_header(&mut self, start: Mark) -> Result<(Chomping, isize), Error> {
        let mut chomping = self.scan_chomping();
        let mut increment = 0;
        if self.cursor.peek(0).is_ascii_digit() {
            increment = isize::from(self.cursor.peek(0) - b'0');
            if increment == 0 {
                return Err(self.error(start, "found an indentation indicator equal to 0"));
            }
            self.cursor.skip_ascii(1);
            chomping = chomping.or_else(|| self.scan_chomping());
        }
        self.cursor.skip_blanks();
        if self.cursor.peek(0) == b'#' {
            self.cursor.skip_to_line_end();
        }
        if !self.cursor.is_break_or_end(0) {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        self.cursor.read_break();
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.cursor.peek(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.cursor.skip_ascii(1);
        Some(chomping)
    }

    /// Passes indentation and empty lines; without a known indent, that of the first line with text is it.
    fn scan_indentation(
        &mut self,
        indent: &mut isize,
        breaks: &mut String,
        start: Mark,
        end: &mut Mark,
    ) -> Result<(), Error> {
        *end = self.cursor.mark();
        let mut widest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.cursor.peek(0) == b' ' {
                self.cursor.skip_ascii(1);
            }
            widest = widest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.cursor.peek(0) == b'\t' {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.error(start, problem));
            }
            match self.cursor.read_break() {
                "" => break,
                kept => breaks.push_str(kept),
            }
            *end = self.cursor.mark();
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}
