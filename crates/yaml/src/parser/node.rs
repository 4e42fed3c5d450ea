use super::{Event, EventKind, Parser, Properties, State};
use crate::error::{Error, Mark};
use crate::scanner::{ScalarStyle, Token, TokenKind};

impl<'a> Parser<'a> {
    /// A node with its anchor and tag. `indentless` lets a sequence stand at the column of its key.
    pub(super) fn parse_node(&mut self, block: bool, indentless: bool) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        if let TokenKind::Alias(anchor) = token.kind {
            let token = self.scanner.take()?;
            self.return_to_parent();
            return Ok(Event {
                kind: EventKind::Alias(anchor),
                start: token.start,
            });
        }
        let start = token.start;
        let properties = match token.kind {
            TokenKind::Anchor(_) | TokenKind::Tag { .. } => self.parse_properties(start)?,
            _ => Properties::default(),
        };
        self.parse_content(block, indentless, start, properties)
    }

    fn parse_content(
        &mut self,
        block: bool,
        indentless: bool,
        start: Mark,
        properties: Properties<'a>,
    ) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        let (state, kind) = match token.kind {
            TokenKind::BlockEntry if indentless => (
                State::IndentlessSequenceEntry,
                EventKind::SequenceStart { properties },
            ),
            TokenKind::Scalar(..) => return self.parse_scalar(start, properties),
            TokenKind::FlowSequenceStart => (
                State::FlowSequenceFirstEntry,
                EventKind::SequenceStart { properties },
            ),
            TokenKind::FlowMappingStart => {
                (State::FlowMappingFirstKey, EventKind::MappingStart { properties })
            }
            TokenKind::BlockSequenceStart if block => (
                State::BlockSequenceFirstEntry,
                EventKind::SequenceStart { properties },
            ),
            TokenKind::BlockMappingStart if block => (
                State::BlockMappingFirstKey,
                EventKind::MappingStart { properties },
            ),
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                self.return_to_parent();
                let kind = EventKind::Scalar {
                    properties,
                    value: "".into(),
                    style: ScalarStyle::Plain,
                };
                return Ok(Event { kind, start });
            }
            _ => {
                let place = token.start;
                return Err(self.error(Some(start), place, "did not find expected node content"));
            }
        };
        self.state = state;
        Ok(Event { kind, start })
    }

    fn parse_scalar(&mut self, start: Mark, properties: Properties<'a>) -> Result<Event<'a>, Error> {
        let token = self.scanner.take()?;
        let TokenKind::Scalar(value, style) = token.kind else {
            return Err(self.error(Some(start), token.start, "did not find expected node content"));
        };
        self.return_to_parent();
        let kind = EventKind::Scalar {
            properties,
            value,
            style,
        };
        Ok(Event { kind, start })
    }

    /// An anchor and a tag, in either order.
    fn parse_properties(&mut self, start: Mark) -> Result<Properties<'a>, Error> {
        let mut anchor = None;
        let mut tag = None;
        loop {
            match self.scanner.peek()?.kind {
                TokenKind::Anchor(name) if anchor.is_none() => {
                    self.scanner.take()?;
                    anchor = Some(name);
                }
                TokenKind::Tag { .. } if tag.is_none() => tag = Some(self.scanner.take()?),
                // only now, because a mistake of the token that follows is told before one of the tag
                _ => break,
            }
        }
        let tag = tag.map(|token| self.expand_tag(token, start)).transpose()?;
        Ok(Properties { anchor, tag })
    }

    fn expand_tag(&self, token: Token<'a>, start: Mark) -> Result<Box<str>, Error> {
        let TokenKind::Tag { handle, suffix } = token.kind else {
            return Err(self.error(Some(start), token.start, "found undefined tag handle"));
        };
        if handle.is_empty() {
            return Ok(suffix.into());
        }
        match self.tag_prefix(handle) {
            Some(prefix) => Ok(format!("{prefix}{suffix}").into()),
            None => Err(self.error(Some(start), token.start, "found undefined tag handle")),
        }
    }
}
