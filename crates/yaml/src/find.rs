use std::fmt;

use crate::Reader;
use crate::error::{Error, Mark};
use crate::input::Input;
use crate::parser::{EventKind, Parser};

/// A step on the way from a document's root to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Field(String),
    /// To an item of a list.
    Index(usize),
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Self::Field(name.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A way from a document's root, as in `labels[1].pairs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<'a>(pub &'a [Step]);

/// What [`find`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The way to it.
    pub path: Vec<Step>,
    /// Line of its key, or of the item of a list, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The first node of the first document for which `wanted` holds, which gets the way to it, and its text if it is a
/// scalar. What anchors repeat is seen once, where it is written; so is all that stands before an error.
pub fn find(
    text: &[u8],
    reader: Reader,
    mut wanted: impl FnMut(&[Step], Option<&str>) -> bool,
) -> Option<Found> {
    let input = Input::decode(text);
    let mut parser = Parser::new(&input.text, input.failure, reader);
    let mut walk = Walk::default();
    loop {
        let node = walk.next(&mut parser).ok()??;
        if wanted(&walk.path, node.text.as_deref()) {
            return Some(Found {
                path: walk.path,
                line: node.mark.line as usize + 1,
                column: node.mark.column as usize + 1,
            });
        }
        walk.open.extend(node.opens);
    }
}

/// A collection that is being read.
enum Open {
    Sequence { next: usize },
    Mapping,
}

struct Node {
    mark: Mark,
    text: Option<String>,
    opens: Option<Open>,
}

#[derive(Default)]
struct Walk {
    open: Vec<Open>,
    path: Vec<Step>,
}

impl Walk {
    /// The next value of the first document, with the way to it in `path`; none at its end.
    fn next(&mut self, parser: &mut Parser<'_>) -> Result<Option<Node>, Error> {
        let mut key: Option<Mark> = None;
        loop {
            let event = parser.next()?;
            let (text, opens) = match event.kind {
                EventKind::DocumentEnd | EventKind::StreamEnd => return Ok(None),
                EventKind::StreamStart | EventKind::DocumentStart => continue,
                EventKind::SequenceEnd | EventKind::MappingEnd => {
                    self.open.pop();
                    self.path.truncate(self.open.len().saturating_sub(1));
                    continue;
                }
                EventKind::Scalar { value, .. } => (Some(value.into_owned()), None),
                EventKind::Alias(_) => (None, None),
                EventKind::SequenceStart { .. } => (None, Some(Open::Sequence { next: 0 })),
                EventKind::MappingStart { .. } => (None, Some(Open::Mapping)),
            };
            if key.is_none() {
                self.path.truncate(self.open.len().saturating_sub(1));
            }
            match self.open.last_mut() {
                Some(Open::Mapping) if key.is_none() => {
                    if opens.is_some() {
                        // a key that is no scalar: nothing has a name from here on
                        return Ok(None);
                    }
                    self.path.push(Step::Field(text.unwrap_or_default()));
                    key = Some(event.start);
                    continue;
                }
                Some(Open::Sequence { next }) => {
                    self.path.push(Step::Index(*next));
                    *next += 1;
                }
                _ => {}
            }
            let mark = key.unwrap_or(event.start);
            return Ok(Some(Node { mark, text, opens }));
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if position == 0 => write!(f, "{name}")?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a: 1\nb:\n- x\n- {c: [d, e]}\n-\n  - f\ng: {h: i}\n---\nj: k\n";

    #[test]
    fn all_nodes_have_their_path_and_line() {
        let mut seen = Vec::new();
        find(TEXT.as_bytes(), Reader::V2, |path, text| {
            seen.push(format!("{}={}", Path(path), text.unwrap_or("…")));
            false
        });
        let expected = "=… a=1 b=… b[0]=x b[1]=… b[1].c=… b[1].c[0]=d b[1].c[1]=e b[2]=… b[2][0]=f g=… g.h=i";
        assert_eq!(seen.join(" "), expected);
    }

    #[test]
    fn a_field_is_where_its_key_is() {
        let found = |wanted: &str| {
            find(TEXT.as_bytes(), Reader::V2, |path, _| {
                Path(path).to_string() == wanted
            })
            .map(|found| (found.line, found.column))
        };
        assert_eq!(found("g.h"), Some((7, 5)));
        assert_eq!(found("b[2][0]"), Some((6, 5)));
        assert_eq!(found("j"), None);
    }

    #[test]
    fn what_stands_before_an_error_is_found() {
        let found = find(b"a: 1\nb: [\n", Reader::V2, |path, _| {
            Path(path).to_string() == "a"
        });
        assert_eq!(found.map(|found| found.line), Some(1));
    }
}
