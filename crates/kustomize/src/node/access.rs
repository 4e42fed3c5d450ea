use std::fmt;

use yaml::{Node, Reader, Scalar, Tag};

use super::print;
use crate::error::{Error, Result};

/// The three shapes of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Sequence,
    Mapping,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "ScalarNode",
            Self::Sequence => "SequenceNode",
            Self::Mapping => "MappingNode",
        })
    }
}

/// Fails unless the node is of that kind; null is of every kind.
pub(crate) fn expect(node: &Node, kind: Kind) -> Result<()> {
    if !node.is_null() && node.kind() != kind {
        let outline = format!("wrong node kind: expected {kind} but got {}", node.kind());
        let message = format!("{outline}: node contents:\n{}", print(node));
        return Err(Error::quoting(message, outline));
    }
    Ok(())
}

/// What the crate asks of a node, beyond its fields.
pub(crate) trait Access {
    fn null() -> Self;
    fn string(text: impl Into<String>) -> Self;
    fn plain(text: impl Into<String>) -> Self;
    fn int(number: i64) -> Self;
    fn bool(value: bool) -> Self;
    fn empty(kind: Kind) -> Self;
    fn kind(&self) -> Kind;
    fn is_null(&self) -> bool;
    fn is_empty_mapping(&self) -> bool;
    fn is_null_or_empty(&self) -> bool;
    fn is_string(&self) -> bool;
    /// The text of a scalar, that of null included; empty for lists and maps.
    fn text(&self) -> &str;
    /// The text of a scalar, but nothing for null.
    fn value_text(&self) -> &str;
    fn entries(&self) -> &[(Scalar, Node)];
    fn items(&self) -> &[Node];
    fn get(&self, field: &str) -> Option<&Node>;
    fn get_mut(&mut self, field: &str) -> Option<&mut Node>;
    /// Sets a field of a map, in its place when it is there already; null becomes a map first.
    fn set(&mut self, field: &str, value: Node);
    fn remove(&mut self, field: &str) -> Option<Node>;
    /// Puts another text into a scalar; what was a string stays one.
    fn set_text(&mut self, text: impl Into<String>);
}

impl Access for Node {
    fn null() -> Self {
        scalar("null", Tag::Null)
    }

    fn string(text: impl Into<String>) -> Self {
        scalar(text, Tag::Str)
    }

    fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        let tag = yaml::resolve(&text, Reader::V3);
        scalar(text, tag)
    }

    fn int(number: i64) -> Self {
        scalar(number.to_string(), Tag::Int)
    }

    fn bool(value: bool) -> Self {
        scalar(value.to_string(), Tag::Bool)
    }

    fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Scalar => Self::string(""),
            Kind::Sequence => Self::Sequence(Vec::new()),
            Kind::Mapping => Self::Mapping(Vec::new()),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Scalar(_) => Kind::Scalar,
            Self::Sequence(_) => Kind::Sequence,
            Self::Mapping(_) => Kind::Mapping,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(Scalar { tag: Tag::Null, .. }))
    }

    fn is_empty_mapping(&self) -> bool {
        self.is_null() || matches!(self, Self::Mapping(entries) if entries.is_empty())
    }

    fn is_null_or_empty(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.tag == Tag::Null,
            Self::Sequence(items) => items.is_empty(),
            Self::Mapping(entries) => entries.is_empty(),
        }
    }

    fn is_string(&self) -> bool {
        matches!(self, Self::Scalar(Scalar { tag: Tag::Str, .. }))
    }

    fn text(&self) -> &str {
        match self {
            Self::Scalar(scalar) => &scalar.text,
            _ => "",
        }
    }

    fn value_text(&self) -> &str {
        if self.is_null() { "" } else { self.text() }
    }

    fn entries(&self) -> &[(Scalar, Node)] {
        match self {
            Self::Mapping(entries) => entries,
            _ => &[],
        }
    }

    fn items(&self) -> &[Node] {
        match self {
            Self::Sequence(items) => items,
            _ => &[],
        }
    }

    fn get(&self, field: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|(key, _)| key.text == field)
            .map(|(_, value)| value)
    }

    fn get_mut(&mut self, field: &str) -> Option<&mut Node> {
        match self {
            Self::Mapping(entries) => entries
                .iter_mut()
                .find(|(key, _)| key.text == field)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    fn set(&mut self, field: &str, value: Node) {
        if let Some(old) = self.get_mut(field) {
            *old = value;
            return;
        }
        if self.is_null() {
            *self = Self::empty(Kind::Mapping);
        }
        if let Self::Mapping(entries) = self {
            let key = Scalar {
                text: field.to_owned(),
                tag: Tag::Str,
            };
            entries.push((key, value));
        }
    }

    fn remove(&mut self, field: &str) -> Option<Node> {
        let Self::Mapping(entries) = self else {
            return None;
        };
        let index = entries.iter().position(|(key, _)| key.text == field)?;
        Some(entries.remove(index).1)
    }

    fn set_text(&mut self, text: impl Into<String>) {
        *self = if self.is_string() {
            Self::string(text)
        } else {
            Self::plain(text)
        };
    }
}

fn scalar(text: impl Into<String>, tag: Tag) -> Node {
    Node::Scalar(Scalar {
        text: text.into(),
        tag,
    })
}
