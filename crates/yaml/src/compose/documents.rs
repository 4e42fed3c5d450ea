use std::borrow::Cow;

use serde_json::Value;

use super::{Options, direct, tree::Tree, v2, v3};
use crate::Reader;
use crate::error::Error;
use crate::input::Input;
use crate::parser::{EventKind, Parser};

/// One document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its content, as JSON sees it.
    pub value: Value,
    /// Line on which its content starts, from 1.
    pub line: usize,
}

/// The documents of a text.
#[derive(Debug)]
pub struct Documents<'a> {
    options: Options,
    source: Source<'a>,
}

#[derive(Debug)]
enum Source<'a> {
    /// Read as they are asked for.
    Text(Box<Parser<'a>>),
    /// Read already, because their text had to be decoded first.
    Done(std::vec::IntoIter<Result<Document, Error>>),
}

impl<'a> Documents<'a> {
    pub(super) fn new(text: &'a [u8], options: Options) -> Self {
        let source = match options.check_size(text) {
            Err(error) => Source::Done(vec![Err(error)].into_iter()),
            Ok(()) => Source::of(Input::decode(text), &options),
        };
        Self { options, source }
    }
}

impl<'a> Source<'a> {
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

impl Iterator for Documents<'_> {
    type Item = Result<Document, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Text(parser) => next(parser, &self.options).transpose(),
            Source::Done(documents) => documents.next(),
        }
    }
}

/// The next document, if there is one. After an error of the syntax there is none.
pub(super) fn next(parser: &mut Parser<'_>, options: &Options) -> Result<Option<Document>, Error> {
    let parsed = parse(parser, options).inspect_err(|_| parser.stop())?;
    let tree = match parsed {
        Parsed::End => return Ok(None),
        Parsed::Document(document) => return Ok(Some(document)),
        Parsed::Tree(tree) => tree,
    };
    let value = match options.reader {
        Reader::V2 => v2::decode(&tree, options),
        Reader::V3 => v3::decode(&tree, options),
    }?;
    let line = tree.line();
    Ok(Some(Document { value, line }))
}

/// What was read of one document.
enum Parsed<'a> {
    End,
    Document(Document),
    Tree(Tree<'a>),
}

fn parse<'a>(parser: &mut Parser<'a>, options: &Options) -> Result<Parsed<'a>, Error> {
    loop {
        match parser.next()?.kind {
            EventKind::StreamEnd => return Ok(Parsed::End),
            EventKind::DocumentStart => break,
            _ => {}
        }
    }
    let mut ahead = parser.clone();
    if let Some(document) = direct::build(&mut ahead, options)? {
        *parser = ahead;
        return Ok(Parsed::Document(document));
    }
    Tree::build(parser, options).map(Parsed::Tree)
}
