//! A document as it is written: the text of each scalar beside what it resolves to, keys in their order.
//! Whoever edits a document before it becomes JSON needs it; anchors, aliases and merge keys are expanded.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::Reader;
use crate::compose::value_of;
use crate::resolve::{Resolved, classify, implicit};

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

/// What a plain scalar with this text is.
pub fn resolve(text: &str, reader: Reader) -> Tag {
    implicit(reader, text).tag()
}

impl Default for Node {
    fn default() -> Self {
        Self::Scalar(Scalar {
            text: String::new(),
            tag: Tag::Null,
        })
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
    /// As JSON sees it. A text that is not what its tag says stays text.
    pub fn into_value(self) -> Value {
        let resolved = match self.tag {
            Tag::Null => Resolved::Null,
            Tag::Str => Resolved::Text,
            Tag::Bool => classify(Reader::V2, &self.text, false).unwrap_or(Resolved::Text),
            Tag::Int | Tag::Float | Tag::Timestamp => {
                classify(Reader::V3, &self.text, true).unwrap_or(Resolved::Text)
            }
        };
        value_of(resolved, Cow::Borrowed(&self.text)).unwrap_or(Value::String(self.text))
    }
}

/// A mapping that is being filled, with its keys in the order in which they came.
#[derive(Default)]
pub(crate) struct Entries {
    list: Vec<(Scalar, Node)>,
    /// Where each key is, once there are many.
    places: HashMap<String, usize>,
}

impl Entries {
    /// Up to this many keys are found by looking at each.
    const FEW: usize = 16;

    /// Sets an entry; says whether the key was there.
    pub(crate) fn insert(&mut self, key: Scalar, value: Node) -> bool {
        if let Some(place) = self.place(&key.text) {
            self.list[place].1 = value;
            return true;
        }
        if self.list.len() == Self::FEW {
            let places = self.list.iter().enumerate();
            self.places = places
                .map(|(place, (key, _))| (key.text.clone(), place))
                .collect();
        }
        if self.list.len() >= Self::FEW {
            self.places.insert(key.text.clone(), self.list.len());
        }
        self.list.push((key, value));
        false
    }

    fn place(&self, text: &str) -> Option<usize> {
        if self.list.len() <= Self::FEW {
            return self.list.iter().position(|(key, _)| key.text == text);
        }
        self.places.get(text).copied()
    }

    pub(crate) fn into_vec(self) -> Vec<(Scalar, Node)> {
        self.list
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
