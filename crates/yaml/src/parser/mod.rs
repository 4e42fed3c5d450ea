//! Tokens to events: the grammar, as a state machine that needs no stack of the machine's.

mod block;
mod document;
mod event;
mod flow;
mod node;

pub(crate) use event::{Event, EventKind, Properties};

use crate::Reader;
use crate::error::{Error, Mark, Stage};
use crate::input::Failure;
use crate::scanner::{ScalarStyle, Scanner, Token, TokenKind};

/// What the parser expects next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    StreamStart,
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequenceEntryMappingKey,
    FlowSequenceEntryMappingValue,
    FlowSequenceEntryMappingEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

#[derive(Clone, Debug)]
struct TagDirective {
    handle: String,
    prefix: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    /// Where the collections began that are open.
    marks: Vec<Mark>,
    tag_directives: Vec<TagDirective>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, failure: Option<Failure>, reader: Reader) -> Self {
        Self {
            scanner: Scanner::new(text, failure, reader),
            state: State::StreamStart,
            states: Vec::with_capacity(16),
            marks: Vec::with_capacity(16),
            tag_directives: Vec::new(),
        }
    }

    pub(crate) fn reader(&self) -> Reader {
        self.scanner.reader()
    }

    /// The next event; after the end of the stream there are only more ends.
    pub(crate) fn next(&mut self) -> Result<Event<'a>, Error> {
        match self.state {
            State::StreamStart => self.parse_stream_start(),
            State::ImplicitDocumentStart => self.parse_document_start(true),
            State::DocumentStart => self.parse_document_start(false),
            State::DocumentContent => self.parse_document_content(),
            State::DocumentEnd => self.parse_document_end(),
            State::BlockNode => self.parse_node(true, false),
            State::BlockSequenceFirstEntry => self.parse_block_sequence_entry(true),
            State::BlockSequenceEntry => self.parse_block_sequence_entry(false),
            State::IndentlessSequenceEntry => self.parse_indentless_sequence_entry(),
            State::BlockMappingFirstKey => self.parse_block_mapping_key(true),
            State::BlockMappingKey => self.parse_block_mapping_key(false),
            State::BlockMappingValue => self.parse_block_mapping_value(),
            State::FlowSequenceFirstEntry => self.parse_flow_sequence_entry(true),
            State::FlowSequenceEntry => self.parse_flow_sequence_entry(false),
            State::FlowSequenceEntryMappingKey => self.parse_flow_pair_key(),
            State::FlowSequenceEntryMappingValue => self.parse_flow_pair_value(),
            State::FlowSequenceEntryMappingEnd => self.parse_flow_pair_end(),
            State::FlowMappingFirstKey => self.parse_flow_mapping_key(true),
            State::FlowMappingKey => self.parse_flow_mapping_key(false),
            State::FlowMappingValue => self.parse_flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.parse_flow_mapping_value(true),
            State::End => Ok(Event {
                kind: EventKind::StreamEnd,
                start: Mark::default(),
            }),
        }
    }

    /// Gives up: there are no more events.
    pub(crate) fn stop(&mut self) {
        self.state = State::End;
    }

    /// Goes back to what was expected before the node began.
    fn return_to_parent(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// Ends the collection whose last token comes next.
    fn end_collection(&mut self, kind: EventKind<'a>) -> Result<Event<'a>, Error> {
        let token = self.scanner.take()?;
        self.return_to_parent();
        self.marks.pop();
        Ok(Event {
            kind,
            start: token.start,
        })
    }

    /// Passes the token that begins a collection.
    fn begin_collection(&mut self) -> Result<(), Error> {
        let token = self.scanner.take()?;
        self.marks.push(token.start);
        Ok(())
    }

    /// A value that is not written.
    fn empty_scalar(place: Mark) -> Event<'a> {
        Event {
            kind: EventKind::Scalar {
                properties: Properties::default(),
                value: "".into(),
                style: ScalarStyle::Plain,
            },
            start: place,
        }
    }

    fn error(&self, context: Option<Mark>, place: Mark, problem: &str) -> Error {
        Error::syntax(self.reader(), Stage::Parser, context, place, problem)
    }

    /// The next token, of which something else was expected, within the collection that is open.
    fn unexpected(&mut self, problem: &str) -> Result<Event<'a>, Error> {
        let place = self.scanner.peek()?.start;
        let context = self.marks.pop();
        Err(self.error(context, place, problem))
    }

    fn parse_stream_start(&mut self) -> Result<Event<'a>, Error> {
        let token = self.scanner.take()?;
        self.state = State::ImplicitDocumentStart;
        Ok(Event {
            kind: EventKind::StreamStart,
            start: token.start,
        })
    }
}

impl Token<'_> {
    fn is_directive(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective { .. }
        )
    }
}
