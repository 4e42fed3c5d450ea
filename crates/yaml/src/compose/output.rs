use std::borrow::Cow;

use serde_json::{Map, Value};

use super::folded;
use super::json::{text_of, value_of};
use crate::node::Entries;
use crate::resolve::Resolved;
use crate::{Node, Scalar, Tag};

/// What a document is built as.
pub(super) trait Output: Default + Sized {
    /// A mapping that is being filled.
    type Entries: Default;

    /// The error is Go's text for what JSON cannot hold.
    fn scalar(resolved: Resolved, text: Cow<'_, str>) -> Result<Self, String>;

    /// A folded scalar, after go-yaml printed and read it once more where it does.
    fn reprinted(self) -> Self {
        self
    }

    fn sequence(items: Vec<Self>) -> Self;

    /// Sets an entry; says whether the key was there.
    fn insert(entries: &mut Self::Entries, key: String, tag: Tag, value: Self) -> bool;

    fn mapping(entries: Self::Entries) -> Self;
}

impl Output for Value {
    type Entries = Map<String, Self>;

    fn scalar(resolved: Resolved, text: Cow<'_, str>) -> Result<Self, String> {
        value_of(resolved, text)
    }

    fn sequence(items: Vec<Self>) -> Self {
        Self::Array(items)
    }

    fn insert(entries: &mut Self::Entries, key: String, _: Tag, value: Self) -> bool {
        entries.insert(key, value).is_some()
    }

    fn mapping(entries: Self::Entries) -> Self {
        Self::Object(entries)
    }
}

impl Output for Node {
    type Entries = Entries;

    fn scalar(resolved: Resolved, text: Cow<'_, str>) -> Result<Self, String> {
        let tag = resolved.tag();
        let text = match &resolved {
            Resolved::Binary(bytes) => text_of(bytes),
            Resolved::Float(_) | Resolved::Timestamp(_) => {
                // whether JSON can hold it
                value_of(resolved, Cow::Borrowed(""))?;
                text.into_owned()
            }
            _ => text.into_owned(),
        };
        Ok(Self::Scalar(Scalar { text, tag }))
    }

    fn reprinted(self) -> Self {
        match self {
            Self::Scalar(Scalar { text, tag: Tag::Str }) => Self::Scalar(Scalar {
                text: folded::reprinted(text),
                tag: Tag::Str,
            }),
            other => other,
        }
    }

    fn sequence(items: Vec<Self>) -> Self {
        Self::Sequence(items)
    }

    fn insert(entries: &mut Self::Entries, key: String, tag: Tag, value: Self) -> bool {
        entries.insert(Scalar { text: key, tag }, value)
    }

    fn mapping(entries: Self::Entries) -> Self {
        Self::Mapping(entries.into_vec())
    }
}
