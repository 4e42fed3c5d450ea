//! Lists whose items are owned one by one, by key or by value.
//!
//! An apply also settles the order of the items that it names, so those must come in the live order; and where
//! a live list names an item twice, an apply would make one of the two.

use std::collections::HashMap;

use serde_json::Value;
use smol_str::SmolStr;

use super::NoOp;
use super::walk::{Step, all_matched, below, leaf};
use crate::field_set::{FieldSet, Node};
use crate::path::{Key, PathElement, Scalar};

/// Compares a list of maps that is owned by key.
pub(super) fn keyed(intent: &[Value], live: &[Value], owned: &FieldSet) -> Step {
    let mut keys = Keys::of(owned)?;
    let mut rest = live.iter();
    for item in intent {
        let node = keys.node_of(item)?.ok_or(NoOp::Differs)?;
        let PathElement::Key(key) = &node.element else {
            return Err(NoOp::Differs);
        };
        let found = loop {
            let candidate = rest.next().ok_or(NoOp::Differs)?;
            if key
                .fields()
                .iter()
                .all(|(name, value)| has_field(candidate, name, value))
            {
                break candidate;
            }
            keys.must_be_foreign(candidate)?;
        };
        if node.below.is_empty() {
            leaf(item, found)?;
        } else {
            below(item, found, &node.below)?;
        }
    }
    rest.try_for_each(|candidate| keys.must_be_foreign(candidate))?;
    all_matched(intent.len(), owned)
}

/// Compares a list of scalars that is owned by value.
pub(super) fn set(intent: &[Value], live: &[Value], owned: &FieldSet) -> Step {
    let is_owned = |item: &Value| owned.get(&PathElement::Value(Scalar::from_value(item))).is_some();
    let must_be_foreign = |item: &Value| {
        if is_owned(item) {
            Err(NoOp::Differs)
        } else {
            Ok(())
        }
    };
    let mut rest = live.iter();
    for item in intent {
        if !is_owned(item) {
            return Err(NoOp::Differs);
        }
        loop {
            let candidate = rest.next().ok_or(NoOp::Differs)?;
            if candidate == item {
                break;
            }
            must_be_foreign(candidate)?;
        }
    }
    rest.try_for_each(must_be_foreign)?;
    all_matched(intent.len(), owned)
}

fn has_field(item: &Value, name: &str, value: &Scalar) -> bool {
    item.get(name).is_some_and(|field| value.equals_value(field))
}

/// The key fields of a list, learnt from the owned items.
struct Keys<'a> {
    owned: &'a FieldSet,
    names: Vec<&'a SmolStr>,
    /// By the key fields that an item does have: the owned item that left the same ones to their defaults.
    partial: HashMap<Vec<bool>, Vec<(Key, Option<&'a Node>)>>,
}

impl<'a> Keys<'a> {
    fn of(owned: &'a FieldSet) -> Result<Self, NoOp> {
        let mut names: Option<Vec<&SmolStr>> = None;
        for node in owned.nodes() {
            let PathElement::Key(key) = &node.element else {
                return Err(NoOp::Unknown("list owned in two ways".to_owned()));
            };
            let known = names.get_or_insert_with(|| key.fields().iter().map(|(name, _)| name).collect());
            if !known
                .iter()
                .copied()
                .eq(key.fields().iter().map(|(name, _)| name))
            {
                return Err(NoOp::Unknown("list owned by different keys".to_owned()));
            }
        }
        Ok(Self {
            owned,
            names: names.unwrap_or_default(),
            partial: HashMap::new(),
        })
    }

    /// The owned item that this item of the intent is.
    fn node_of(&mut self, item: &Value) -> Result<Option<&'a Node>, NoOp> {
        let key = self.key_of(item);
        if key.fields().len() == self.names.len() {
            return Ok(self.owned.get(&PathElement::Key(key)));
        }
        let present: Vec<bool> = self
            .names
            .iter()
            .map(|name| item.get(name.as_str()).is_some())
            .collect();
        if !self.partial.contains_key(&present) {
            self.partial.insert(present.clone(), self.defaulted(&present));
        }
        let candidates = &self.partial[&present];
        match candidates.binary_search_by(|(candidate, _)| candidate.cmp(&key)) {
            Ok(place) => candidates[place].1.map(Some).ok_or_else(|| {
                NoOp::Unknown("a list item leaves out a key field that two others default".to_owned())
            }),
            Err(_) => Ok(None),
        }
    }

    /// A live item that no item of the intent matched must not be an owned one.
    fn must_be_foreign(&self, live: &Value) -> Step {
        match self.owned.get(&PathElement::Key(self.key_of(live))) {
            Some(_) => Err(NoOp::Differs),
            None => Ok(()),
        }
    }

    fn key_of(&self, item: &Value) -> Key {
        let fields = self.names.iter().filter_map(|name| {
            let value = item.get(name.as_str())?;
            Some(((*name).clone(), Scalar::from_value(value)))
        });
        Key::new(fields.collect())
    }

    /// Owned items that have only the `present` key fields themselves, sorted by those; none where two agree.
    fn defaulted(&self, present: &[bool]) -> Vec<(Key, Option<&'a Node>)> {
        let mut candidates: Vec<(Key, Option<&Node>)> = Vec::new();
        for node in self.owned.nodes() {
            let PathElement::Key(key) = &node.element else {
                continue;
            };
            let fields = key.fields().iter().zip(present);
            let left_out = |(name, _): &(SmolStr, Scalar)| node.below.get_field(name).is_none();
            if fields.clone().all(|(field, present)| *present || left_out(field)) {
                let kept = fields
                    .filter(|(_, present)| **present)
                    .map(|(field, _)| field.clone());
                candidates.push((Key::new(kept.collect()), Some(node)));
            }
        }
        candidates.sort_by(|a, b| a.0.cmp(&b.0));
        candidates.dedup_by(|next, kept| {
            let doubled = next.0 == kept.0;
            if doubled {
                kept.1 = None;
            }
            doubled
        });
        candidates
    }
}
