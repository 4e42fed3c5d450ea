use super::{Event, EventKind, Parser, Properties, State};
use crate::error::Error;
use crate::scanner::TokenKind;

impl<'a> Parser<'a> {
    pub(super) fn parse_flow_sequence_entry(&mut self, first: bool) -> Result<Event<'a>, Error> {
        if first {
            self.begin_collection()?;
        }
        if !matches!(self.scanner.peek()?.kind, TokenKind::FlowSequenceEnd) {
            if !first {
                if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry) {
                    return self.unexpected("did not find expected ',' or ']'");
                }
                self.scanner.take()?;
            }
            match self.scanner.peek()?.kind {
                TokenKind::Key => return self.begin_flow_pair(),
                TokenKind::FlowSequenceEnd => {}
                _ => {
                    self.states.push(State::FlowSequenceEntry);
                    return self.parse_node(false, false);
                }
            }
        }
        self.end_collection(EventKind::SequenceEnd)
    }

    /// A mapping of one entry, `[key: value]`.
    fn begin_flow_pair(&mut self) -> Result<Event<'a>, Error> {
        let start = self.scanner.take()?.start;
        self.state = State::FlowSequenceEntryMappingKey;
        Ok(Event {
            kind: EventKind::MappingStart {
                properties: Properties::default(),
            },
            start,
        })
    }

    pub(super) fn parse_flow_pair_key(&mut self) -> Result<Event<'a>, Error> {
        match self.scanner.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // libyaml passes the token here, whatever it is, and so do its heirs
                let end = self.scanner.take()?.end;
                self.state = State::FlowSequenceEntryMappingValue;
                Ok(Self::empty_scalar(end))
            }
            _ => {
                self.states.push(State::FlowSequenceEntryMappingValue);
                self.parse_node(false, false)
            }
        }
    }

    pub(super) fn parse_flow_pair_value(&mut self) -> Result<Event<'a>, Error> {
        if matches!(self.scanner.peek()?.kind, TokenKind::Value) {
            self.scanner.take()?;
            let kind = &self.scanner.peek()?.kind;
            if !matches!(kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                self.states.push(State::FlowSequenceEntryMappingEnd);
                return self.parse_node(false, false);
            }
        }
        self.state = State::FlowSequenceEntryMappingEnd;
        let place = self.scanner.peek()?.start;
        Ok(Self::empty_scalar(place))
    }

    pub(super) fn parse_flow_pair_end(&mut self) -> Result<Event<'a>, Error> {
        let start = self.scanner.peek()?.start;
        self.state = State::FlowSequenceEntry;
        Ok(Event {
            kind: EventKind::MappingEnd,
            start,
        })
    }

    pub(super) fn parse_flow_mapping_key(&mut self, first: bool) -> Result<Event<'a>, Error> {
        if first {
            self.begin_collection()?;
        }
        if !matches!(self.scanner.peek()?.kind, TokenKind::FlowMappingEnd) {
            if !first {
                if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry) {
                    return self.unexpected("did not find expected ',' or '}'");
                }
                self.scanner.take()?;
            }
            match self.scanner.peek()?.kind {
                TokenKind::Key => {
                    self.scanner.take()?;
                    return self.parse_flow_node(State::FlowMappingValue);
                }
                TokenKind::FlowMappingEnd => {}
                _ => {
                    self.states.push(State::FlowMappingEmptyValue);
                    return self.parse_node(false, false);
                }
            }
        }
        self.end_collection(EventKind::MappingEnd)
    }

    pub(super) fn parse_flow_mapping_value(&mut self, empty: bool) -> Result<Event<'a>, Error> {
        if !empty && matches!(self.scanner.peek()?.kind, TokenKind::Value) {
            self.scanner.take()?;
            let kind = &self.scanner.peek()?.kind;
            if !matches!(kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                self.states.push(State::FlowMappingKey);
                return self.parse_node(false, false);
            }
        }
        self.state = State::FlowMappingKey;
        let place = self.scanner.peek()?.start;
        Ok(Self::empty_scalar(place))
    }

    /// The key of a flow mapping, which may be missing; `then` is what follows it.
    fn parse_flow_node(&mut self, then: State) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        let missing = matches!(
            token.kind,
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd
        );
        if missing {
            let place = token.start;
            self.state = then;
            return Ok(Self::empty_scalar(place));
        }
        self.states.push(then);
        self.parse_node(false, false)
    }
}
