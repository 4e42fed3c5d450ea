use serde_json::{Map, Value};

use super::{Document, Options};
use crate::Reader;
use crate::error::Error;
use crate::parser::{EventKind, Parser, Properties};
use crate::resolve::{Scalar, json_number, resolve};
use crate::scanner::ScalarStyle;

/// A collection that is open.
enum Frame {
    Sequence(Vec<Value>),
    Mapping {
        entries: Map<String, Value>,
        key: Option<String>,
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
pub(super) fn build(parser: &mut Parser<'_>, options: &Options) -> Result<Option<Document>, Error> {
    let mut builder = Builder {
        options,
        frames: Vec::with_capacity(16),
    };
    match builder.run(parser) {
        Ok(document) => Ok(Some(document)),
        Err(Obstacle::NeedsTree) => Ok(None),
        Err(Obstacle::Syntax(error)) => Err(error),
    }
}

struct Builder<'o> {
    options: &'o Options,
    frames: Vec<Frame>,
}

impl Builder<'_> {
    fn run(&mut self, parser: &mut Parser<'_>) -> Result<Document, Obstacle> {
        let mut line = None;
        loop {
            let event = parser.next()?;
            let line = *line.get_or_insert(event.start.line as usize + 1);
            let finished = match event.kind {
                EventKind::Scalar {
                    properties,
                    value,
                    style,
                } => {
                    if properties.anchor.is_some() {
                        return Err(Obstacle::NeedsTree);
                    }
                    if style == ScalarStyle::Plain && value == "<<" {
                        return Err(Obstacle::NeedsTree);
                    }
                    let scalar = resolve(self.options.reader, properties.tag.as_deref(), style, value)
                        .map_err(|_| Obstacle::NeedsTree)?;
                    if self.expects_key() {
                        self.key(scalar)?;
                        continue;
                    }
                    value_of(scalar)?
                }
                EventKind::SequenceStart { properties, .. } => {
                    self.open(&properties, Frame::Sequence(Vec::new()))?;
                    continue;
                }
                EventKind::MappingStart { properties, .. } => {
                    let frame = Frame::Mapping {
                        entries: Map::new(),
                        key: None,
                    };
                    self.open(&properties, frame)?;
                    continue;
                }
                EventKind::SequenceEnd | EventKind::MappingEnd => match self.frames.pop() {
                    Some(Frame::Sequence(items)) => Value::Array(items),
                    Some(Frame::Mapping { entries, .. }) => Value::Object(entries),
                    None => return Err(Obstacle::NeedsTree),
                },
                _ => return Err(Obstacle::NeedsTree),
            };
            if let Some(value) = self.put(finished)? {
                // the end of the document, which may still be wrong
                parser.next()?;
                return Ok(Document { value, line });
            }
        }
    }

    fn open(&mut self, properties: &Properties<'_>, frame: Frame) -> Result<(), Obstacle> {
        let too_deep = self.frames.len() >= self.options.max_depth;
        if properties.anchor.is_some() || self.expects_key() || too_deep {
            return Err(Obstacle::NeedsTree);
        }
        self.frames.push(frame);
        Ok(())
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Mapping { key: None, .. }))
    }

    fn key(&mut self, scalar: Scalar<'_>) -> Result<(), Obstacle> {
        let text = match scalar {
            Scalar::Str(text) => text.into_owned(),
            Scalar::Bool(value) if self.options.reader == Reader::V2 => value.to_string(),
            Scalar::Int(value) if self.options.reader == Reader::V2 => value.to_string(),
            _ => return Err(Obstacle::NeedsTree),
        };
        if let Some(Frame::Mapping { key, .. }) = self.frames.last_mut() {
            *key = Some(text);
        }
        Ok(())
    }

    /// Puts a value into the open collection; gives it back when there is none.
    fn put(&mut self, value: Value) -> Result<Option<Value>, Obstacle> {
        match self.frames.last_mut() {
            None => return Ok(Some(value)),
            Some(Frame::Sequence(items)) => items.push(value),
            Some(Frame::Mapping { entries, key }) => {
                let replaced = key.take().and_then(|key| entries.insert(key, value));
                let unique = self.options.strict || self.options.reader == Reader::V3;
                if replaced.is_some() && unique {
                    return Err(Obstacle::NeedsTree);
                }
            }
        }
        Ok(None)
    }
}

fn value_of(scalar: Scalar<'_>) -> Result<Value, Obstacle> {
    Ok(match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Int(value) => Value::from(value),
        Scalar::Uint(value) => Value::from(value),
        Scalar::Float(value) => json_number(value).map(Value::Number).ok_or(Obstacle::NeedsTree)?,
        Scalar::Timestamp(value) => value.json().map(Value::String).ok_or(Obstacle::NeedsTree)?,
        Scalar::Str(value) => Value::String(value.into_owned()),
        Scalar::Binary(bytes) => Value::String(super::walk::text_of(&bytes)),
    })
}
