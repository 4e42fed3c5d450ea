//! Reading and writing `fieldsV1`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::path::{Html, InvalidPathElement, PathElement, write_json_string};

use super::{FieldSet, Node};

/// Why a text or value is no field set.
#[derive(Debug, thiserror::Error)]
#[error("failed to read a field set")]
pub struct InvalidFieldSet(#[from] serde_json::Error);

impl FieldSet {
    /// Reads the JSON of `fieldsV1`. Path elements of unknown types are skipped, as the server does.
    pub fn from_json(text: &str) -> Result<Self, InvalidFieldSet> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let (set, _) = reader.deserialize_any(Contents)?;
        reader.end()?;
        Ok(set)
    }

    /// Reads `fieldsV1` from an object that is parsed already.
    pub fn from_value(value: &Value) -> Result<Self, InvalidFieldSet> {
        let (set, _) = value.deserialize_any(Contents)?;
        Ok(set)
    }

    /// The JSON of `fieldsV1`, byte for byte as the server writes it.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(self.nodes.len() * 64 + 2);
        let mut scratch = String::new();
        // writing to a string cannot fail
        let _ = self.write(false, &mut out, &mut scratch);
        out
    }

    /// `fieldsV1` as a part of an object.
    pub fn to_value(&self) -> Value {
        let mut fields = Map::new();
        for node in &self.nodes {
            let mut name = String::new();
            // writing to a string cannot fail
            let _ = node.element.write(&mut name);
            let mut below = node.below.to_value();
            if let (true, false, Some(below)) = (node.member, node.below.is_empty(), below.as_object_mut()) {
                below.insert(".".to_owned(), Value::Object(Map::new()));
            }
            fields.insert(name, below);
        }
        Value::Object(fields)
    }

    fn write(&self, member: bool, out: &mut String, scratch: &mut String) -> fmt::Result {
        out.push('{');
        if member && !self.nodes.is_empty() {
            out.push_str("\".\":{}");
        }
        for (index, node) in self.nodes.iter().enumerate() {
            if index > 0 || member {
                out.push(',');
            }
            scratch.clear();
            node.element.write(scratch)?;
            write_json_string(scratch, Html::Plain, out)?;
            out.push(':');
            node.below.write(node.member, out, scratch)?;
        }
        out.push('}');
        Ok(())
    }
}

/// What stands behind one path element: the set below it, and whether the element is a member itself.
struct Contents;

impl<'de> Visitor<'de> for Contents {
    type Value = (FieldSet, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of path elements")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok((FieldSet::default(), true))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut nodes = Vec::new();
        let mut member = false;
        while let Some(ElementText(text)) = map.next_key()? {
            if text == "." {
                member = true;
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match PathElement::read(&text) {
                Ok(element) => {
                    let (below, member) = map.next_value_seed(ContentsSeed)?;
                    nodes.push(Node {
                        element,
                        member,
                        below,
                    });
                }
                Err(InvalidPathElement::UnknownType(_)) => {
                    map.next_value::<IgnoredAny>()?;
                }
                Err(error) => return Err(serde::de::Error::custom(error)),
            }
        }
        let set: FieldSet = nodes.into_iter().collect();
        let member = member || set.is_empty();
        Ok((set, member))
    }
}

struct ContentsSeed;

impl<'de> serde::de::DeserializeSeed<'de> for ContentsSeed {
    type Value = (FieldSet, bool);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(Contents)
    }
}

/// A key of the map, borrowed where it holds no escapes.
struct ElementText<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for ElementText<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ElementTextVisitor).map(Self)
    }
}

struct ElementTextVisitor;

impl<'de> Visitor<'de> for ElementTextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path element")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
