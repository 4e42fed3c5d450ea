//! What differs between two values of one type.

use serde_json::{Map, Value};

use super::item::Items;
use super::validate::scalar_problem;
use super::{Shape, equal, has_no_items, same_shape, shape};
use crate::field_set::FieldSet;
use crate::path::PathElement;
use crate::schema::{ListKind, ListType, MapType, TypeId, Types};

/// Fields in which a new value differs from an old one. No field is in two of the sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) removed: FieldSet,
    pub(crate) modified: FieldSet,
    pub(crate) added: FieldSet,
}

/// Compares two values of one type.
pub(crate) fn compare(types: &Types, of: TypeId, old: &Value, new: &Value) -> Comparison {
    let mut walk = Walk {
        types,
        path: Vec::new(),
        result: Comparison::default(),
    };
    walk.values(of, Some(old), Some(new));
    walk.result
}

struct Walk<'a> {
    types: &'a Types,
    path: Vec<PathElement>,
    result: Comparison,
}

/// Whether a value was compared as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compared {
    AsLeaf,
    InParts,
}

impl Walk<'_> {
    fn values(&mut self, of: TypeId, old: Option<&Value>, new: Option<&Value>) {
        let of = self.types.get(of);
        let compared = match (old, new) {
            (Some(old_value), Some(new_value)) if !same_shape(of, old_value, new_value) => {
                self.shaped(shape(of, old), old, new);
                self.shaped(shape(of, new), old, new)
            }
            (_, Some(_)) => self.shaped(shape(of, new), old, new),
            (_, None) => self.shaped(shape(of, old), old, new),
        };
        if compared == Compared::InParts {
            match (old, new) {
                (None, Some(_)) => self.result.added.insert(&self.path),
                (Some(_), None) => self.result.removed.insert(&self.path),
                _ => {}
            }
        }
    }

    fn shaped(&mut self, shape: Shape<'_>, old: Option<&Value>, new: Option<&Value>) -> Compared {
        match shape {
            Shape::None => Compared::InParts,
            Shape::Scalar(of) => {
                let problem = |value: Option<&Value>| value.and_then(|value| scalar_problem(of, value));
                if problem(old).is_some() && problem(new).is_some() {
                    return Compared::InParts;
                }
                self.leaf(old, new)
            }
            Shape::Map(map) => {
                let old_map = old.filter(|old| old.is_object());
                let new_map = new.filter(|new| new.is_object());
                if map.atomic || (has_no_items(old_map) && has_no_items(new_map)) {
                    return self.leaf(old, new);
                }
                self.map(
                    map,
                    old_map.and_then(Value::as_object),
                    new_map.and_then(Value::as_object),
                );
                Compared::InParts
            }
            Shape::List(list) => {
                let old_list = old.filter(|old| old.is_array());
                let new_list = new.filter(|new| new.is_array());
                if list.kind == ListKind::Atomic || (has_no_items(old_list) && has_no_items(new_list)) {
                    return self.leaf(old, new);
                }
                self.list(list, old_list, new_list);
                Compared::InParts
            }
        }
    }

    fn leaf(&mut self, old: Option<&Value>, new: Option<&Value>) -> Compared {
        match (old, new) {
            (None, _) => self.result.added.insert(&self.path),
            (_, None) => self.result.removed.insert(&self.path),
            (Some(old), Some(new)) if !equal(old, new) => self.result.modified.insert(&self.path),
            _ => {}
        }
        Compared::AsLeaf
    }

    fn field(&mut self, map: &MapType, name: &str, old: Option<&Value>, new: Option<&Value>) {
        if old.is_some() && old == new {
            return;
        }
        if let Some(of) = map.field_type(name) {
            self.path.push(PathElement::field(name));
            self.values(of, old, new);
            self.path.pop();
        }
    }

    fn map(&mut self, map: &MapType, old: Option<&Map<String, Value>>, new: Option<&Map<String, Value>>) {
        for (name, value) in old.into_iter().flatten() {
            self.field(map, name, Some(value), new.and_then(|new| new.get(name)));
        }
        for (name, value) in new.into_iter().flatten() {
            if old.is_none_or(|old| !old.contains_key(name)) {
                self.field(map, name, None, Some(value));
            }
        }
    }

    fn list(&mut self, list: &ListType, old: Option<&Value>, new: Option<&Value>) {
        let old = Items::of(&list.kind, old, |_, _| {});
        let new = Items::of(&list.kind, new, |_, _| {});
        for (place, (element, _)) in old.elements.iter().enumerate() {
            if !old.is_repeated(place) {
                self.item(list, element, &values(&old, element), &values(&new, element));
            }
        }
        for (place, (element, _)) in new.elements.iter().enumerate() {
            if !new.is_repeated(place) && old.get(element).is_none() {
                self.item(list, element, &[], &values(&new, element));
            }
        }
    }

    /// Items that are doubled on either side are compared as a whole.
    fn item(&mut self, list: &ListType, element: &PathElement, old: &[&Value], new: &[&Value]) {
        self.path.push(element.clone());
        match (old, new) {
            ([_, _, ..], [_, _, ..]) => {
                let same = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| equal(old, new));
                if !same {
                    self.result.modified.insert(&self.path);
                }
            }
            ([_, _, ..], _) => {
                if let Some(new) = new.first() {
                    self.values(list.element, None, Some(new));
                }
                self.result.removed.insert(&self.path);
            }
            (_, [_, _, ..]) => {
                if let Some(old) = old.first() {
                    self.values(list.element, Some(old), None);
                }
                self.result.added.insert(&self.path);
            }
            _ => self.values(list.element, old.first().copied(), new.first().copied()),
        }
        self.path.pop();
    }
}

fn values<'a>(items: &Items<'a>, element: &PathElement) -> Vec<&'a Value> {
    items
        .all(element)
        .iter()
        .map(|place| items.elements[*place].1)
        .collect()
}
