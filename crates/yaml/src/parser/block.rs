use super::{Event, EventKind, Parser, State};
use crate::error::Error;
use crate::scanner::TokenKind;

impl<'a> Parser<'a> {
    pub(super) fn parse_block_sequence_entry(&mut self, first: bool) -> Result<Event<'a>, Error> {
        if first {
            self.begin_collection()?;
        }
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry => {
                let end = self.scanner.take()?.end;
                let empty = matches!(
                    self.scanner.peek()?.kind,
                    TokenKind::BlockEntry | TokenKind::BlockEnd
                );
                if empty {
                    self.state = State::BlockSequenceEntry;
                    return Ok(Self::empty_scalar(end));
                }
                self.states.push(State::BlockSequenceEntry);
                self.parse_node(true, false)
            }
            TokenKind::BlockEnd => self.end_collection(EventKind::SequenceEnd),
            _ => self.unexpected("did not find expected '-' indicator"),
        }
    }

    /// A sequence at the column of its key, which has no token of its own for its end.
    pub(super) fn parse_indentless_sequence_entry(&mut self) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        let start = token.start;
        if !matches!(token.kind, TokenKind::BlockEntry) {
            self.return_to_parent();
            return Ok(Event {
                kind: EventKind::SequenceEnd,
                start,
            });
        }
        let end = self.scanner.take()?.end;
        let empty = matches!(
            self.scanner.peek()?.kind,
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
        );
        if empty {
            self.state = State::IndentlessSequenceEntry;
            return Ok(Self::empty_scalar(end));
        }
        self.states.push(State::IndentlessSequenceEntry);
        self.parse_node(true, false)
    }

    pub(super) fn parse_block_mapping_key(&mut self, first: bool) -> Result<Event<'a>, Error> {
        if first {
            self.begin_collection()?;
        }
        match self.scanner.peek()?.kind {
            TokenKind::Key => {
                let end = self.scanner.take()?.end;
                if self.is_block_node_missing()? {
                    self.state = State::BlockMappingValue;
                    return Ok(Self::empty_scalar(end));
                }
                self.states.push(State::BlockMappingValue);
                self.parse_node(true, true)
            }
            TokenKind::BlockEnd => self.end_collection(EventKind::MappingEnd),
            _ => self.unexpected("did not find expected key"),
        }
    }

    pub(super) fn parse_block_mapping_value(&mut self) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        let start = token.start;
        if !matches!(token.kind, TokenKind::Value) {
            self.state = State::BlockMappingKey;
            return Ok(Self::empty_scalar(start));
        }
        let end = self.scanner.take()?.end;
        if self.is_block_node_missing()? {
            self.state = State::BlockMappingKey;
            return Ok(Self::empty_scalar(end));
        }
        self.states.push(State::BlockMappingKey);
        self.parse_node(true, true)
    }

    fn is_block_node_missing(&mut self) -> Result<bool, Error> {
        let kind = &self.scanner.peek()?.kind;
        Ok(matches!(
            kind,
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
        ))
    }
}
