//! A document as it is written: the text of each scalar beside what it resolves to, keys in their order.
//! Whoever edits a document before it becomes JSON needs it; anchors, aliases and merge keys are expanded.

use serde_json::{Map, Value};

use crate::{Error, Reader, documents};

/// What a scalar is: by its tag, or by how its plain text resolves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `false`; with [`Reader::V2`] also `yes`, `off` and their like.
    Bool,
    /// A number without a fraction.
    Int,
    /// A number with a fraction or an exponent, an infinity, or not a number.
    Float,
    /// A date, with or without a time.
    Timestamp,
    /// Everything else, and what is quoted.
    Str,
}

/// A scalar: its text after unescaping, folding and decoding, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// As written: `1.10` stays `1.10`, nothing stays empty.
    pub text: String,
    /// What it is.
    pub tag: Tag,
}

/// One node of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Self>),
    /// Keys and values, in the order written.
    Mapping(Vec<(Scalar, Self)>),
}

/// One document of a stream, as nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDocument {
    /// Its content.
    pub node: Node,
    /// Line on which it starts, from 1.
    pub line: usize,
}

/// The documents of a text as nodes, in order. After an error there are no more.
pub fn nodes(text: &[u8], reader: Reader) -> impl Iterator<Item = Result<NodeDocument, Error>> {
    documents(text, reader).map(|document| {
        document.map(|document| NodeDocument {
            node: Node::from(document.value),
            line: document.line,
        })
    })
}

/// What a plain scalar with this text is.
pub fn resolve(text: &str, reader: Reader) -> Tag {
    match documents(text.as_bytes(), reader).next() {
        None => Tag::Null,
        Some(Ok(document)) => match Node::from(document.value) {
            Node::Scalar(scalar) => scalar.tag,
            _ => Tag::Str,
        },
        Some(Err(_)) => Tag::Str,
    }
}

impl Node {
    /// As JSON sees it: numbers and timestamps in their one form, keys as text.
    pub fn into_value(self) -> Value {
        match self {
            Self::Scalar(scalar) => scalar.into_value(),
            Self::Sequence(items) => items.into_iter().map(Self::into_value).collect(),
            Self::Mapping(entries) => entries
                .into_iter()
                .map(|(key, value)| (key.text, value.into_value()))
                .collect::<Map<_, _>>()
                .into(),
        }
    }
}

impl Scalar {
    /// As JSON sees it.
    pub fn into_value(self) -> Value {
        match self.tag {
            Tag::Null => Value::Null,
            Tag::Str | Tag::Timestamp => Value::String(self.text),
            Tag::Bool | Tag::Int | Tag::Float => documents(self.text.as_bytes(), Reader::V3)
                .next()
                .and_then(Result::ok)
                .map_or(Value::Null, |document| document.value),
        }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        let scalar = |text: String, tag| Self::Scalar(Scalar { text, tag });
        match value {
            Value::Null => scalar("null".to_owned(), Tag::Null),
            Value::Bool(value) => scalar(value.to_string(), Tag::Bool),
            Value::Number(number) if number.is_f64() => scalar(number.to_string(), Tag::Float),
            Value::Number(number) => scalar(number.to_string(), Tag::Int),
            Value::String(text) => scalar(text, Tag::Str),
            Value::Array(items) => Self::Sequence(items.into_iter().map(Self::from).collect()),
            Value::Object(map) => Self::Mapping(
                map.into_iter()
                    .map(|(text, value)| (Scalar { text, tag: Tag::Str }, Self::from(value)))
                    .collect(),
            ),
        }
    }
}
