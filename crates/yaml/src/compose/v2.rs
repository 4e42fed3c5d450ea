use std::collections::HashSet;

use serde_json::Value;

use super::go_syntax::go_syntax;
use super::key::Key;
use super::output::Output;
use super::tree::{Kind, Node, Tree};
use super::walk::Walk;
use super::{Options, Reader};
use crate::Tag;
use crate::error::{Error, Mark};
use crate::float::general;
use crate::resolve::resolve;
use crate::scanner::ScalarStyle;

/// Decodes a document as `sigs.k8s.io/yaml` does: go-yaml v2, then JSON.
pub(super) fn decode<O: Output>(tree: &Tree<'_>, options: &Options) -> Result<O, Error> {
    let mut decoder = Decoder {
        walk: Walk::new(tree, options),
    };
    let value = decoder.value(tree.root())?;
    decoder.walk.finish()?;
    Ok(value)
}

struct Decoder<'t, 'a> {
    walk: Walk<'t, 'a>,
}

/// A mapping that is being filled; the keys are only kept where a second of the same is a mistake.
struct Target<O: Output> {
    entries: O::Entries,
    keys: HashSet<Key>,
}

impl Decoder<'_, '_> {
    // the arms are functions of their own because each level of a document needs their stack
    fn value<O: Output>(&mut self, number: usize) -> Result<O, Error> {
        let node = self.walk.visit(number)?;
        match &node.kind {
            Kind::Scalar { .. } => self.scalar(node),
            Kind::Alias { name, target } => {
                self.walk.enter_alias(number, name)?;
                let value = self.value(*target);
                self.walk.leave_alias(number);
                value
            }
            Kind::Sequence { items } => self.sequence(node, items),
            Kind::Mapping { children } => self.object(node, children),
        }
    }

    fn scalar<O: Output>(&mut self, node: &Node<'_>) -> Result<O, Error> {
        let Kind::Scalar { value, style } = &node.kind else {
            return Ok(O::default());
        };
        let resolved = resolve(Reader::V2, node.tag.as_deref(), *style, value)
            .map_err(|problem| Error::unplaced(node.start, problem))?;
        Ok(O::scalar(resolved, value.clone()).unwrap_or_else(|problem| {
            self.walk.refuse(node.start, problem);
            O::default()
        }))
    }

    fn sequence<O: Output>(&mut self, node: &Node<'_>, items: &[usize]) -> Result<O, Error> {
        self.walk.enter(node.start)?;
        let mut values = Vec::with_capacity(items.len());
        for &item in items {
            values.push(self.value(item)?);
        }
        self.walk.leave();
        Ok(O::sequence(values))
    }

    fn object<O: Output>(&mut self, node: &Node<'_>, children: &[usize]) -> Result<O, Error> {
        self.walk.enter(node.start)?;
        let mut target = Target {
            entries: O::Entries::default(),
            keys: HashSet::new(),
        };
        self.mapping::<O>(children, &mut target)?;
        self.walk.leave();
        Ok(O::mapping(target.entries))
    }

    /// Fills `target` in the order of the text, where a merge overrides what is before it.
    fn mapping<O: Output>(&mut self, children: &[usize], target: &mut Target<O>) -> Result<(), Error> {
        for pair in children.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            if self.is_merge(key) {
                self.merge(value, target)?;
                continue;
            }
            let decoded_key = self.key(key)?;
            let decoded = self.value::<O>(value)?;
            self.set(target, (key, decoded_key), (value, decoded));
        }
        Ok(())
    }

    /// Sets an entry, of which each part has its node beside it.
    fn set<O: Output>(
        &mut self,
        target: &mut Target<O>,
        (key_node, key): (usize, Key),
        (node, value): (usize, O),
    ) {
        if self.walk.options.strict && !target.keys.insert(key.clone()) {
            let place = self.walk.peek(node).start;
            self.walk
                .problem(place, format!("key {} already set in map", key.go_syntax()));
            return;
        }
        if let Some(text) = key.v2_text() {
            O::insert(&mut target.entries, text, Tag::Str, value);
            return;
        }
        let place = self.walk.peek(key_node).start;
        let shown = go_syntax(self.walk.tree(), node, Reader::V2);
        let problem = format!("unsupported map key of {}, value: {shown}", key.unsupported());
        self.walk.refuse(place, problem);
    }

    fn is_merge(&self, key: usize) -> bool {
        let node = self.walk.peek(key);
        let Kind::Scalar { value, style } = &node.kind else {
            return false;
        };
        let tagged = match node.tag.as_deref() {
            None => *style == ScalarStyle::Plain,
            Some(tag) => matches!(tag, "!" | "tag:yaml.org,2002:merge"),
        };
        value == "<<" && tagged
    }

    fn key(&mut self, number: usize) -> Result<Key, Error> {
        let node = self.walk.visit(number)?;
        match &node.kind {
            Kind::Alias { name, target } => {
                self.walk.enter_alias(number, name)?;
                let key = self.key(*target)?;
                self.walk.leave_alias(number);
                Ok(key)
            }
            Kind::Scalar { value, style } => resolve(Reader::V2, node.tag.as_deref(), *style, value)
                .map(|resolved| Key::of(resolved, value))
                .map_err(|problem| Error::unplaced(node.start, problem)),
            _ => {
                // what is wrong within the key comes first
                self.value::<Value>(number)?;
                let shown = go_syntax(self.walk.tree(), number, Reader::V2);
                Err(Error::unplaced(node.start, format!("invalid map key: {shown}")))
            }
        }
    }

    fn merge<O: Output>(&mut self, number: usize, target: &mut Target<O>) -> Result<(), Error> {
        let node = self.walk.peek(number);
        match &node.kind {
            Kind::Sequence { items, .. } => {
                // backwards, because what comes later overrides and the first shall win
                for &item in items.iter().rev() {
                    if !self.merge_mapping(item, target)? {
                        return Err(wants_map(node.start));
                    }
                }
                Ok(())
            }
            _ if self.merge_mapping(number, target)? => Ok(()),
            _ => Err(wants_map(node.start)),
        }
    }

    /// Merges a mapping, or an alias of one; anything else is not merged.
    fn merge_mapping<O: Output>(&mut self, number: usize, target: &mut Target<O>) -> Result<bool, Error> {
        match &self.walk.peek(number).kind {
            Kind::Mapping { children, .. } => {
                let node = self.walk.visit(number)?;
                self.walk.enter(node.start)?;
                self.mapping(children, target)?;
                self.walk.leave();
                Ok(true)
            }
            Kind::Alias { name, target: anchor }
                if matches!(self.walk.peek(*anchor).kind, Kind::Mapping { .. }) =>
            {
                self.walk.visit(number)?;
                self.walk.enter_alias(number, name)?;
                self.merge_mapping(*anchor, target)?;
                self.walk.leave_alias(number);
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

pub(super) fn wants_map(place: Mark) -> Error {
    Error::unplaced(place, "map merge requires map or sequence of maps as the value")
}

impl Key {
    /// The key as a string, if `sigs.k8s.io/yaml` makes one of it.
    fn v2_text(&self) -> Option<String> {
        match self {
            Self::Null | Self::Uint(_) => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(value) => Some(value.to_string()),
            Self::Float(bits) => Some(general(f64::from_bits(*bits) as f32)),
            Self::Text(text) => Some(text.clone()),
        }
    }

    fn unsupported(&self) -> String {
        match self {
            Self::Uint(value) => format!("type: uint64, key: {value:#x}"),
            _ => "type: %!s(<nil>), key: <nil>".to_owned(),
        }
    }
}
