use std::borrow::Cow;

use serde_json::Value;

use super::output::Output;
use super::tree::Tree;
use super::{Options, direct, v2, v3};
use crate::error::Error;
use crate::input::Input;
use crate::parser::{EventKind, Parser};
use crate::{Node, NodeDocument, Reader};

/// One document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its content, as JSON sees it.
    pub value: Value,
    /// Line on which its content starts, from 1.
    pub line: usize,
}

/// What one document holds.
#[derive(Debug)]
pub(super) struct Content<O> {
    pub(super) value: O,
    pub(super) line: usize,
}

/// The documents of a text, as values.
#[derive(Debug)]
pub struct Documents<'a>(Stream<'a, Value>);

impl<'a> Documents<'a> {
    pub(super) fn new(text: &'a [u8], options: Options) -> Self {
        Self(Stream::new(text, options))
    }
}

impl Iterator for Documents<'_> {
    type Item = Result<Document, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let content = self.0.next()?;
        Some(content.map(|Content { value, line }| Document { value, line }))
    }
}

/// The documents of a text, as nodes.
#[derive(Debug)]
pub struct NodeDocuments<'a>(Stream<'a, Node>);

impl<'a> NodeDocuments<'a> {
    pub(super) fn new(text: &'a [u8], options: Options) -> Self {
        Self(Stream::new(text, options))
    }
}

impl Iterator for NodeDocuments<'_> {
    type Item = Result<NodeDocument, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let content = self.0.next()?;
        Some(content.map(|Content { value, line }| NodeDocument { node: value, line }))
    }
}

#[derive(Debug)]
struct Stream<'a, O> {
    options: Options,
    source: Source<'a, O>,
}

#[derive(Debug)]
enum Source<'a, O> {
    /// Read as they are asked for.
    Text(Box<Parser<'a>>),
    /// Read already, because their text had to be decoded first.
    Done(std::vec::IntoIter<Result<Content<O>, Error>>),
}

impl<'a, O: Output> Stream<'a, O> {
    fn new(text: &'a [u8], options: Options) -> Self {
        let source = match options.check_size(text) {
            Err(error) => Source::Done(vec![Err(error)].into_iter()),
            Ok(()) => Source::of(Input::decode(text), &options),
        };
        Self { options, source }
    }

    fn next(&mut self) -> Option<Result<Content<O>, Error>> {
        match &mut self.source {
            Source::Text(parser) => next(parser, &self.options).transpose(),
            Source::Done(documents) => documents.next(),
        }
    }
}

impl<'a, O: Output> Source<'a, O> {
    fn of(input: Input<'a>, options: &Options) -> Self {
        let failure = input.failure;
        match input.text {
            Cow::Borrowed(text) => Self::Text(Box::new(Parser::new(text, failure, options.reader))),
            Cow::Owned(text) => {
                let mut parser = Parser::new(&text, failure, options.reader);
                let documents: Vec<_> =
                    std::iter::from_fn(|| next(&mut parser, options).transpose()).collect();
                Self::Done(documents.into_iter())
            }
        }
    }
}

/// The next document, if there is one. After an error of the syntax there is none.
pub(super) fn next<O: Output>(
    parser: &mut Parser<'_>,
    options: &Options,
) -> Result<Option<Content<O>>, Error> {
    let parsed = parse(parser, options).inspect_err(|_| parser.stop())?;
    let tree = match parsed {
        Parsed::End => return Ok(None),
        Parsed::Content(content) => return Ok(Some(content)),
        Parsed::Tree(tree) => tree,
    };
    let value = match options.reader {
        Reader::V2 => v2::decode(&tree, options),
        Reader::V3 => v3::decode(&tree, options),
    }?;
    let line = tree.line();
    Ok(Some(Content { value, line }))
}

/// What was read of one document.
enum Parsed<'a, O> {
    End,
    Content(Content<O>),
    Tree(Tree<'a>),
}

fn parse<'a, O: Output>(parser: &mut Parser<'a>, options: &Options) -> Result<Parsed<'a, O>, Error> {
    loop {
        match parser.next()?.kind {
            EventKind::StreamEnd => return Ok(Parsed::End),
            EventKind::DocumentStart => break,
            _ => {}
        }
    }
    let mut ahead = parser.clone();
    if let Some(content) = direct::build(&mut ahead, options)? {
        *parser = ahead;
        return Ok(Parsed::Content(content));
    }
    Tree::build(parser, options).map(Parsed::Tree)
}
