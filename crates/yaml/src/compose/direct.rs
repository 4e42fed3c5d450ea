use std::borrow::Cow;

use super::Options;
use super::documents::Content;
use super::output::Output;
use crate::error::Error;
use crate::parser::{EventKind, Parser, Properties};
use crate::resolve::{Resolved, resolve};
use crate::scanner::ScalarStyle;
use crate::{Reader, Tag};

/// A collection that is open.
enum Frame<O: Output> {
    Sequence(Vec<O>),
    Mapping {
        entries: O::Entries,
        key: Option<(String, Tag)>,
    },
}

/// Why a document cannot be built as it is parsed.
enum Obstacle {
    /// The text is wrong.
    Syntax(Error),
    /// It needs a tree: for anchors and merges, or to say what is wrong with its values.
    NeedsTree,
}

impl From<Error> for Obstacle {
    fn from(error: Error) -> Self {
        Self::Syntax(error)
    }
}

/// Builds the document whose start has been read; `None` when that needs a tree.
pub(super) fn build<O: Output>(
    parser: &mut Parser<'_>,
    options: &Options,
) -> Result<Option<Content<O>>, Error> {
    let mut builder = Builder {
        options,
        frames: Vec::with_capacity(16),
    };
    match builder.run(parser) {
        Ok(content) => Ok(Some(content)),
        Err(Obstacle::NeedsTree) => Ok(None),
        Err(Obstacle::Syntax(error)) => Err(error),
    }
}

struct Builder<'o, O: Output> {
    options: &'o Options,
    frames: Vec<Frame<O>>,
}

impl<O: Output> Builder<'_, O> {
    fn run(&mut self, parser: &mut Parser<'_>) -> Result<Content<O>, Obstacle> {
        let mut line = None;
        loop {
            let event = parser.next()?;
            let line = *line.get_or_insert(event.start.line as usize + 1);
            let finished = match event.kind {
                EventKind::Scalar {
                    properties,
                    value,
                    style,
                } => self.scalar(&properties, value, style)?,
                EventKind::SequenceStart { properties } => {
                    self.open(&properties, Frame::Sequence(Vec::new()))?;
                    None
                }
                EventKind::MappingStart { properties } => {
                    let entries = O::Entries::default();
                    self.open(&properties, Frame::Mapping { entries, key: None })?;
                    None
                }
                EventKind::SequenceEnd | EventKind::MappingEnd => self.close(),
                _ => return Err(Obstacle::NeedsTree),
            };
            let Some(value) = finished else { continue };
            if let Some(value) = self.put(value)? {
                // the end of the document, which may still be wrong
                parser.next()?;
                return Ok(Content { value, line });
            }
        }
    }

    /// A scalar, unless it is a key, which is kept until its value comes.
    fn scalar(
        &mut self,
        properties: &Properties<'_>,
        text: Cow<'_, str>,
        style: ScalarStyle,
    ) -> Result<Option<O>, Obstacle> {
        let is_merge = style == ScalarStyle::Plain && text == "<<";
        if properties.anchor.is_some() || is_merge {
            return Err(Obstacle::NeedsTree);
        }
        let resolved = resolve(self.options.reader, properties.tag.as_deref(), style, &text)
            .map_err(|_| Obstacle::NeedsTree)?;
        if let Some(Frame::Mapping { key: key @ None, .. }) = self.frames.last_mut() {
            let text = match (resolved, self.options.reader) {
                // v3 looks at the tags of keys
                _ if properties.tag.is_some() => return Err(Obstacle::NeedsTree),
                (Resolved::Text, _) => text.into_owned(),
                (Resolved::Bool(value), Reader::V2) => value.to_string(),
                (Resolved::Int(value), Reader::V2) => value.to_string(),
                _ => return Err(Obstacle::NeedsTree),
            };
            *key = Some((text, Tag::Str));
            return Ok(None);
        }
        O::scalar(resolved, text)
            .map(|scalar| {
                Some(if style == ScalarStyle::Folded && self.options.reprinted {
                    scalar.reprinted()
                } else {
                    scalar
                })
            })
            .map_err(|_| Obstacle::NeedsTree)
    }

    fn open(&mut self, properties: &Properties<'_>, frame: Frame<O>) -> Result<(), Obstacle> {
        let is_key = matches!(self.frames.last(), Some(Frame::Mapping { key: None, .. }));
        let too_deep = self.frames.len() >= self.options.max_depth;
        if properties.anchor.is_some() || is_key || too_deep {
            return Err(Obstacle::NeedsTree);
        }
        self.frames.push(frame);
        Ok(())
    }

    fn close(&mut self) -> Option<O> {
        self.frames.pop().map(|frame| match frame {
            Frame::Sequence(items) => O::sequence(items),
            Frame::Mapping { entries, .. } => O::mapping(entries),
        })
    }

    /// Puts a value into the open collection; gives it back when there is none.
    fn put(&mut self, value: O) -> Result<Option<O>, Obstacle> {
        match self.frames.last_mut() {
            None => return Ok(Some(value)),
            Some(Frame::Sequence(items)) => items.push(value),
            Some(Frame::Mapping { entries, key }) => {
                let Some((key, tag)) = key.take() else {
                    return Err(Obstacle::NeedsTree);
                };
                let unique = self.options.strict || self.options.reader == Reader::V3;
                if O::insert(entries, key, tag, value) && unique {
                    return Err(Obstacle::NeedsTree);
                }
            }
        }
        Ok(None)
    }
}
