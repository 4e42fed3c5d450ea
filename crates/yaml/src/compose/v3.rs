use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::go_syntax::go_syntax;
use super::key::Key;
use super::output::Output;
use super::tree::{Kind, Node, Tree};
use super::v2::wants_map;
use super::walk::Walk;
use super::{Options, Reader};
use crate::Tag;
use crate::error::Error;
use crate::resolve::{Resolved, classify, resolve, short_tag};
use crate::scanner::ScalarStyle;

/// Decodes a document as kyaml does: go-yaml v3, then JSON. The keys of the outermost mapping are taken as text,
/// whatever they are; JSON refuses other mappings whose keys are no strings.
pub(super) fn decode<O: Output>(tree: &Tree<'_>, options: &Options) -> Result<O, Error> {
    let mut decoder = Decoder {
        walk: Walk::new(tree, options),
    };
    let root = tree.root();
    let value = match &tree.node(root).kind {
        Kind::Mapping { children, .. } => {
            decoder.walk.visit(root)?;
            decoder.walk.enter(tree.node(root).start)?;
            let mut entries = O::Entries::default();
            decoder.mapping::<O>(children, true, &mut entries, None)?;
            Some(O::mapping(entries))
        }
        _ => decoder.value(root)?,
    };
    decoder.walk.finish()?;
    Ok(value.unwrap_or_default())
}

struct Decoder<'t, 'a> {
    walk: Walk<'t, 'a>,
}

impl<'t> Decoder<'t, '_> {
    /// A value; `None` after a problem that was noted.
    // the arms are functions of their own because each level of a document needs their stack
    fn value<O: Output>(&mut self, number: usize) -> Result<Option<O>, Error> {
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

    fn scalar<O: Output>(&mut self, node: &Node<'_>) -> Result<Option<O>, Error> {
        let Kind::Scalar { value, style } = &node.kind else {
            return Ok(None);
        };
        let scalar = O::scalar(resolved(node)?, value.clone()).unwrap_or_else(|problem| {
            self.walk.refuse(node.start, problem);
            O::default()
        });
        let is_reprinted = *style == ScalarStyle::Folded && self.walk.options.reprinted;
        Ok(Some(if is_reprinted { scalar.reprinted() } else { scalar }))
    }

    fn sequence<O: Output>(&mut self, node: &Node<'_>, items: &[usize]) -> Result<Option<O>, Error> {
        self.walk.enter(node.start)?;
        let mut values = Vec::with_capacity(items.len());
        for &item in items {
            values.extend(self.value(item)?);
        }
        self.walk.leave();
        Ok(Some(O::sequence(values)))
    }

    fn object<O: Output>(&mut self, node: &Node<'_>, children: &[usize]) -> Result<Option<O>, Error> {
        self.walk.enter(node.start)?;
        let strings = self.has_string_keys(children);
        if !strings {
            let problem = "json: unsupported type: map[interface {}]interface {}";
            self.walk.refuse(node.start, problem);
        }
        let mut entries = O::Entries::default();
        let good = self.mapping::<O>(children, strings, &mut entries, None)?;
        self.walk.leave();
        Ok(good.then(|| O::mapping(entries)))
    }

    /// Fills `target`; what it says itself goes before what it merges. `merged` are the keys that are settled
    /// when this mapping is one that is merged. False after a problem.
    fn mapping<O: Output>(
        &mut self,
        children: &[usize],
        strings: bool,
        target: &mut O::Entries,
        mut merged: Option<&mut HashSet<Key>>,
    ) -> Result<bool, Error> {
        if self.has_duplicates(children) {
            return Ok(false);
        }
        let mut merge = None;
        for pair in children.chunks_exact(2) {
            if self.is_merge(pair[0]) {
                merge = Some(pair[1]);
                continue;
            }
            let Some((key, tag)) = self.key(pair[0], strings)? else {
                continue;
            };
            let text = key.text();
            if let Some(merged) = &mut merged
                && !merged.insert(key)
            {
                continue;
            }
            if let Some(value) = self.value::<O>(pair[1])? {
                O::insert(target, text, tag, value);
            }
        }
        let Some(merge) = merge else { return Ok(true) };
        let mut own = HashSet::new();
        let settled = if let Some(merged) = merged {
            merged
        } else {
            for pair in children.chunks_exact(2) {
                own.extend(self.key(pair[0], strings)?.map(|(key, _)| key));
            }
            &mut own
        };
        self.merge::<O>(merge, strings, target, settled)?;
        Ok(true)
    }

    /// Whether a key is written twice; each pair is noted.
    fn has_duplicates(&mut self, children: &[usize]) -> bool {
        let keys = || children.iter().step_by(2).copied();
        let mut same: HashMap<(u8, &str), Vec<usize>> = HashMap::new();
        for number in keys() {
            same.entry(self.identity(number)).or_default().push(number);
        }
        if same.len() == keys().count() {
            return false;
        }
        for first in keys() {
            let identity = self.identity(first);
            let line = self.walk.peek(first).start.line + 1;
            let key = Key::Text(identity.1.to_owned()).go_syntax();
            let later = same[&identity].iter().copied().filter(|&number| number > first);
            for number in later {
                if self.walk.has_all_problems() {
                    return true;
                }
                let place = self.walk.peek(number).start;
                self.walk
                    .problem(place, format!("mapping key {key} already defined at line {line}"));
            }
        }
        true
    }

    /// What makes two keys the same: their kind and their text.
    fn identity(&self, number: usize) -> (u8, &'t str) {
        match &self.walk.peek(number).kind {
            Kind::Scalar { value, .. } => (0, value.as_ref()),
            Kind::Alias { name, .. } => (1, *name),
            Kind::Sequence { .. } => (2, ""),
            Kind::Mapping { .. } => (3, ""),
        }
    }

    fn is_merge(&self, key: usize) -> bool {
        let node = self.walk.peek(key);
        let Kind::Scalar { value, style } = &node.kind else {
            return false;
        };
        let tagged = match node.tag.as_deref() {
            None | Some("!") => *style == ScalarStyle::Plain,
            Some(tag) => tag == "tag:yaml.org,2002:merge",
        };
        value == "<<" && tagged
    }

    fn has_string_keys(&self, children: &[usize]) -> bool {
        let mut keys = children.iter().step_by(2);
        keys.all(|&key| matches!(self.short_tag(key).as_ref(), "!!str" | "!!merge"))
    }

    /// The tag that a node has or that its value gives it.
    fn short_tag(&self, number: usize) -> Cow<'_, str> {
        let node = self.walk.peek(number);
        if let Some(tag) = node.tag.as_deref().filter(|tag| *tag != "!") {
            return short_tag(tag);
        }
        match &node.kind {
            Kind::Scalar { value, style } => match classify(Reader::V3, value, true) {
                Some(_) if *style == ScalarStyle::Plain => "!!other".into(),
                _ => "!!str".into(),
            },
            Kind::Alias { target, .. } => match &self.walk.peek(*target).kind {
                // an alias cannot be anchored, so this ends
                Kind::Alias { .. } => "!!other".into(),
                _ => self.short_tag(*target),
            },
            Kind::Sequence { .. } => "!!seq".into(),
            Kind::Mapping { .. } => "!!map".into(),
        }
    }

    /// A key of a mapping with string keys (its text, whatever it is) or of any other.
    fn key(&mut self, number: usize, strings: bool) -> Result<Option<(Key, Tag)>, Error> {
        let node = self.walk.visit(number)?;
        match &node.kind {
            Kind::Alias { name, target } => {
                self.walk.enter_alias(number, name)?;
                let key = self.key(*target, strings)?;
                self.walk.leave_alias(number);
                Ok(key)
            }
            Kind::Scalar { value, .. } => {
                let resolved = resolved(node)?;
                let tag = resolved.tag();
                let key = match resolved {
                    Resolved::Null if strings => return Ok(None),
                    Resolved::Text | Resolved::Binary(_) => Key::of(resolved, value),
                    _ if strings => Key::Text(value.clone().into_owned()),
                    _ => Key::of(resolved, value),
                };
                Ok(Some((key, tag)))
            }
            Kind::Sequence { .. } | Kind::Mapping { .. } if strings => {
                let tag = self.short_tag(number);
                let problem = format!("cannot unmarshal {tag} into string");
                self.walk.problem(node.start, problem);
                Ok(None)
            }
            _ => {
                // what is wrong within the key comes first
                self.value::<Value>(number)?;
                let shown = go_syntax(self.walk.tree(), number, Reader::V3);
                Err(Error::unplaced(node.start, format!("invalid map key: {shown}")))
            }
        }
    }

    fn merge<O: Output>(
        &mut self,
        number: usize,
        strings: bool,
        target: &mut O::Entries,
        settled: &mut HashSet<Key>,
    ) -> Result<(), Error> {
        let node = self.walk.peek(number);
        match &node.kind {
            Kind::Sequence { items, .. } => {
                for &item in items {
                    if !self.merge_mapping::<O>(item, strings, target, settled)? {
                        return Err(wants_map(node.start));
                    }
                }
                Ok(())
            }
            _ if self.merge_mapping::<O>(number, strings, target, settled)? => Ok(()),
            _ => Err(wants_map(node.start)),
        }
    }

    /// Merges a mapping, or an alias of one; anything else is not merged.
    fn merge_mapping<O: Output>(
        &mut self,
        number: usize,
        strings: bool,
        target: &mut O::Entries,
        settled: &mut HashSet<Key>,
    ) -> Result<bool, Error> {
        match &self.walk.peek(number).kind {
            Kind::Mapping { children, .. } => {
                let node = self.walk.visit(number)?;
                self.walk.enter(node.start)?;
                self.mapping::<O>(children, strings, target, Some(settled))?;
                self.walk.leave();
                Ok(true)
            }
            Kind::Alias { name, target: anchor }
                if matches!(self.walk.peek(*anchor).kind, Kind::Mapping { .. }) =>
            {
                self.walk.visit(number)?;
                self.walk.enter_alias(number, name)?;
                self.merge_mapping::<O>(*anchor, strings, target, settled)?;
                self.walk.leave_alias(number);
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

fn resolved(node: &Node<'_>) -> Result<Resolved, Error> {
    let Kind::Scalar { value, style } = &node.kind else {
        return Ok(Resolved::Null);
    };
    resolve(Reader::V3, node.tag.as_deref(), *style, value)
        .map_err(|problem| Error::unplaced(node.start, problem))
}

impl Key {
    /// The key as text; other keys than text are refused later, so that theirs need only differ.
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => format!("{other:?}"),
        }
    }
}
