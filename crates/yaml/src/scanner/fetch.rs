use super::{MAX_DEPTH, ScalarStyle, Scanner, Token, TokenKind};
use crate::error::{Error, Mark};

impl<'a> Scanner<'a> {
    /// Scans one token and puts it, and what must stand before it, into the queue.
    pub(super) fn fetch_token(&mut self) -> Result<(), Error> {
        if !self.started {
            self.started = true;
            self.push(TokenKind::StreamStart, self.cursor.mark());
            return Ok(());
        }
        self.skip_to_token();
        if let Some(error) = self.failure_reached(0) {
            return Err(error);
        }
        self.unroll_indent(self.column());
        let first = self.cursor.peek(0);
        if self.cursor.is_end() {
            return self.fetch_stream_end();
        }
        if self.column() == 0 {
            match first {
                b'%' => return self.fetch_directive(),
                b'-' if self.cursor.is_marker(b'-') => {
                    return self.fetch_document_indicator(TokenKind::DocumentStart);
                }
                b'.' if self.cursor.is_marker(b'.') => {
                    return self.fetch_document_indicator(TokenKind::DocumentEnd);
                }
                _ => {}
            }
        }
        self.fetch_content(first)?;
        self.skip_line_comment();
        Ok(())
    }

    fn fetch_content(&mut self, first: u8) -> Result<(), Error> {
        let in_flow = self.is_in_flow();
        match first {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_blank_break_or_end(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_blank_break_or_end(1) => self.fetch_key(),
            b':' if in_flow || self.cursor.is_blank_break_or_end(1) => self.fetch_value(),
            b'*' => self.fetch_scanned(|scanner| scanner.scan_anchor(TokenKind::Alias)),
            b'&' => self.fetch_scanned(|scanner| scanner.scan_anchor(TokenKind::Anchor)),
            b'!' => self.fetch_scanned(Self::scan_tag),
            b'|' if !in_flow => self.fetch_block_scalar(ScalarStyle::Literal),
            b'>' if !in_flow => self.fetch_block_scalar(ScalarStyle::Folded),
            b'\'' => self.fetch_scanned(|scanner| scanner.scan_quoted_scalar(ScalarStyle::SingleQuoted)),
            b'"' => self.fetch_scanned(|scanner| scanner.scan_quoted_scalar(ScalarStyle::DoubleQuoted)),
            b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => {
                Err(self.error(self.cursor.mark(), "found character that cannot start any token"))
            }
            _ => self.fetch_scanned(Self::scan_plain_scalar),
        }
    }

    /// Puts `opening` before the token of this number when the block is deeper than the one before.
    fn roll_indent(
        &mut self,
        column: usize,
        number: usize,
        opening: TokenKind<'a>,
        place: Mark,
    ) -> Result<(), Error> {
        let column = column as isize;
        if self.is_in_flow() || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(self.error(place, format!("exceeded max depth of {MAX_DEPTH}")));
        }
        self.insert(number, opening, place);
        Ok(())
    }

    /// Ends the blocks that are deeper than `column`.
    fn unroll_indent(&mut self, column: isize) {
        if self.is_in_flow() {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.cursor.mark());
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Error> {
        self.cursor.force_new_line();
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(TokenKind::StreamEnd, self.cursor.mark());
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Error> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_directive()?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind<'a>) -> Result<(), Error> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    /// Pushes a token of ASCII that stands here.
    fn push_indicator(&mut self, kind: TokenKind<'a>, length: usize) {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(length);
        self.push(kind, start);
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'a>) -> Result<(), Error> {
        self.save_simple_key()?;
        self.enter_flow_level();
        if self.flow_levels.len() > MAX_DEPTH {
            return Err(self.error(self.cursor.mark(), format!("exceeded max depth of {MAX_DEPTH}")));
        }
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'a>) -> Result<(), Error> {
        self.remove_simple_key()?;
        self.leave_flow_level();
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Error> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Error> {
        // within a flow collection the parser finds the mistake and knows more about the place
        if !self.is_in_flow() {
            let problem = "block sequence entries are not allowed in this context";
            self.start_block(TokenKind::BlockSequenceStart, problem)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Error> {
        if !self.is_in_flow() {
            let problem = "mapping keys are not allowed in this context";
            self.start_block(TokenKind::BlockMappingStart, problem)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = !self.is_in_flow();
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Error> {
        if let Some(key) = self.take_simple_key()? {
            self.insert(key.token_number, TokenKind::Key, key.mark);
            let column = key.mark.column as usize;
            self.roll_indent(column, key.token_number, TokenKind::BlockMappingStart, key.mark)?;
            self.simple_key_allowed = false;
        } else {
            if !self.is_in_flow() {
                let problem = "mapping values are not allowed in this context";
                self.start_block(TokenKind::BlockMappingStart, problem)?;
            }
            self.simple_key_allowed = !self.is_in_flow();
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    /// An indicator outside of flow collections: begins a block if it is deeper than the one before.
    fn start_block(&mut self, opening: TokenKind<'a>, problem: &str) -> Result<(), Error> {
        if !self.simple_key_allowed {
            return Err(self.error(self.cursor.mark(), problem));
        }
        self.roll_indent(
            self.cursor.column(),
            self.next_number(),
            opening,
            self.cursor.mark(),
        )
    }

    /// A token that may begin a simple key, and after which none may begin.
    fn fetch_scanned(
        &mut self,
        scan: impl FnOnce(&mut Self) -> Result<Token<'a>, Error>,
    ) -> Result<(), Error> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = scan(self)?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: ScalarStyle) -> Result<(), Error> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let token = self.scan_block_scalar(style)?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn scan_anchor(&mut self, kind: fn(&'a str) -> TokenKind<'a>) -> Result<Token<'a>, Error> {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        let from = self.cursor.position();
        self.skip_word();
        let name = self.cursor.since(from);
        let ends = self.cursor.is_blank_break_or_end(0)
            || matches!(
                self.cursor.peek(0),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if name.is_empty() || !ends {
            return Err(self.error(start, "did not find expected alphabetic or numeric character"));
        }
        Ok(Token {
            kind: kind(name),
            start,
            end: self.cursor.mark(),
        })
    }
}
