//! Text to tokens, with libyaml's rules as go-yaml keeps them.
//!
//! A token may turn out to have been the start of a simple key only when the `:` behind it is found; until then
//! it waits in the queue, because a `Key` token (and the start of a mapping) may have to be put before it.

mod block_scalar;
mod cursor;
mod directive;
mod fetch;
mod flow_scalar;
mod plain_scalar;
mod simple_key;
mod space;
mod tag;
mod token;

use std::collections::VecDeque;

use cursor::Cursor;
use simple_key::{FlowLevel, SimpleKey};
pub(crate) use token::ScalarStyle;
pub(crate) use token::{Token, TokenKind};

use crate::Reader;
use crate::error::{Error, Mark, Stage};
use crate::input::Failure;

/// How deep blocks and how deep flow collections may nest; go-yaml's bound.
const MAX_DEPTH: usize = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    reader: Reader,
    cursor: Cursor<'a>,
    /// Why the text ends early, if it does.
    failure: Option<Failure>,
    tokens: VecDeque<Token<'a>>,
    /// How many tokens have left the queue.
    tokens_taken: usize,
    started: bool,
    /// Column of the current block; -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    flow_levels: Vec<FlowLevel>,
    simple_key_allowed: bool,
    /// Tokens that may be simple keys, at most one for each flow level, oldest first.
    simple_keys: VecDeque<SimpleKey>,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, failure: Option<Failure>, reader: Reader) -> Self {
        Self {
            reader,
            cursor: Cursor::new(text),
            failure,
            tokens: VecDeque::with_capacity(16),
            tokens_taken: 0,
            started: false,
            indent: -1,
            indents: Vec::with_capacity(16),
            flow_levels: Vec::new(),
            simple_key_allowed: true,
            simple_keys: VecDeque::with_capacity(4),
        }
    }

    pub(crate) fn reader(&self) -> Reader {
        self.reader
    }

    /// The next token, which stays. After the end of the stream there are only more ends.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<&Token<'a>, Error> {
        self.fill()?;
        Ok(self.tokens.front().expect("fill leaves a token"))
    }

    /// The next token.
    #[inline]
    pub(crate) fn take(&mut self) -> Result<Token<'a>, Error> {
        self.fill()?;
        self.tokens_taken += 1;
        Ok(self.tokens.pop_front().expect("fill leaves a token"))
    }

    /// Scans until the first token of the queue is sure to be the next.
    fn fill(&mut self) -> Result<(), Error> {
        // v3 looks two tokens further, for its comments; which of two errors it reports depends on that
        let ahead = match self.reader {
            Reader::V2 => 0,
            Reader::V3 => 2,
        };
        while self.tokens.len() <= ahead || self.head_may_be_key()? {
            self.fetch_token()?;
        }
        Ok(())
    }

    fn push(&mut self, kind: TokenKind<'a>, start: Mark) {
        let end = self.cursor.mark();
        self.tokens.push_back(Token { kind, start, end });
    }

    /// Puts a token of no length before the token of this number.
    fn insert(&mut self, number: usize, kind: TokenKind<'a>, place: Mark) {
        let token = Token {
            kind,
            start: place,
            end: place,
        };
        match number.checked_sub(self.tokens_taken) {
            Some(place) => self.tokens.insert(place, token),
            // it should have been waited for; go-yaml has no better place for it either
            None => self.tokens.push_back(token),
        }
    }

    fn is_in_flow(&self) -> bool {
        !self.flow_levels.is_empty()
    }

    /// The number that the next token pushed will have.
    fn next_number(&self) -> usize {
        self.tokens_taken + self.tokens.len()
    }

    fn column(&self) -> isize {
        self.cursor.column() as isize
    }

    /// A problem here, in something that began at `context`.
    fn error(&self, context: Mark, problem: impl Into<String>) -> Error {
        match self.failure_reached(4) {
            Some(error) => error,
            None => Error::syntax(
                self.reader,
                Stage::Scanner,
                Some(context),
                self.cursor.mark(),
                problem,
            ),
        }
    }

    /// The reason why the text ends early, once it has been read to within `margin` bytes of its end.
    fn failure_reached(&self, margin: usize) -> Option<Error> {
        let failure = self.failure?;
        self.cursor
            .is_near_end(margin)
            .then(|| Error::unplaced(self.cursor.mark(), failure.problem()))
    }
}
