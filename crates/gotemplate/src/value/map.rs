//! Go's maps: references, so that a change is seen by all who hold the map.

use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::rc::{Rc, Weak};

use super::types::{Element, NamedType};
use super::{Str, Value, release};

/// A map from strings; clones share the entries.
#[derive(Clone, Debug)]
pub struct Map {
    element: Element,
    named: Option<&'static NamedType>,
    entries: Option<Rc<Entries>>,
}

#[derive(Debug, Default)]
struct Entries(RefCell<BTreeMap<Str, Value>>);

impl Drop for Entries {
    fn drop(&mut self) {
        release(self.0.take().into_values());
    }
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// An empty `map[string]interface {}`.
    pub fn new() -> Self {
        Self::of(Element::Any, BTreeMap::new())
    }

    /// A map whose values have the given type.
    pub fn of(element: Element, entries: BTreeMap<Str, Value>) -> Self {
        Self {
            element,
            named: None,
            entries: Some(Rc::new(Entries(RefCell::new(entries)))),
        }
    }

    /// The nil map: reads as empty, cannot be written.
    pub fn nil() -> Self {
        Self {
            element: Element::Any,
            named: None,
            entries: None,
        }
    }

    /// The nil map of a type.
    pub fn nil_of(element: Element) -> Self {
        Self {
            element,
            ..Self::nil()
        }
    }

    /// The same map as a value of a named type.
    #[must_use]
    pub fn named(mut self, named: &'static NamedType) -> Self {
        self.named = Some(named);
        self
    }

    /// The same map as `map[string]interface {}`, which is what a parameter of that type receives.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.named = None;
        self
    }

    /// Type of the values.
    pub fn element(&self) -> Element {
        self.element
    }

    /// The named type, if it has one.
    pub fn named_type(&self) -> Option<&'static NamedType> {
        self.named
    }

    /// Whether this is the nil map.
    pub fn is_nil(&self) -> bool {
        self.entries.is_none()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries
            .as_ref()
            .map_or(0, |entries| entries.0.borrow().len())
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.entries.as_ref()?.0.borrow().get(key.as_ref()).cloned()
    }

    /// Whether the key is there, with any value.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.entries
            .as_ref()
            .is_some_and(|entries| entries.0.borrow().contains_key(key.as_ref()))
    }

    /// Sets a key. Returns false for the nil map, which cannot hold anything.
    pub fn insert(&self, key: impl Into<Str>, value: impl Into<Value>) -> bool {
        let Some(entries) = &self.entries else {
            return false;
        };
        let replaced = entries.0.borrow_mut().insert(key.into(), value.into());
        // dropped only now: its own drop may look at this map
        drop(replaced);
        true
    }

    /// Removes a key.
    pub fn remove(&self, key: impl AsRef<[u8]>) {
        if let Some(entries) = &self.entries {
            let removed = entries.0.borrow_mut().remove(key.as_ref());
            drop(removed);
        }
    }

    /// The entries as they are now, in the order of their keys.
    pub fn entries(&self) -> Vec<(Str, Value)> {
        self.borrow()
            .map(|map| map.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
            .unwrap_or_default()
    }

    /// The keys as they are now, in order.
    pub fn keys(&self) -> Vec<Str> {
        self.borrow()
            .map(|map| map.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// Empties this map and all that it leads to, so that maps that hold themselves are freed.
    pub fn dissolve(&self) {
        let mut seen_lists = HashSet::new();
        let mut pending = vec![Value::Map(self.clone())];
        while let Some(value) = pending.pop() {
            match value {
                Value::Map(map) => {
                    let entries = map.entries.as_ref().map(|entries| entries.0.take());
                    pending.extend(entries.into_iter().flat_map(BTreeMap::into_values));
                }
                // a list holds its items as long as it lives, and may be met often
                Value::List(list) if seen_lists.insert(list.items().as_ptr()) => {
                    pending.extend(list.items().iter().filter(|item| item.is_container()).cloned());
                }
                _ => {}
            }
        }
    }

    /// A handle that does not keep the map alive; none of the nil map.
    pub(crate) fn downgrade(&self) -> Option<WeakMap> {
        self.entries.as_ref().map(Rc::downgrade).map(WeakMap)
    }

    /// Whether both are the same map, not only equal ones.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.entries, &other.entries) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }

    /// A look at the entries; nothing may be written while it lives.
    pub(crate) fn borrow(&self) -> Option<Ref<'_, BTreeMap<Str, Value>>> {
        self.entries.as_ref().map(|entries| entries.0.borrow())
    }

    /// The values, if nobody else holds the map.
    pub(crate) fn take_unshared(self) -> Vec<Value> {
        self.entries
            .and_then(Rc::into_inner)
            .map(|entries| entries.0.take().into_values().collect())
            .unwrap_or_default()
    }
}

/// A map that may be gone.
#[derive(Debug)]
pub(crate) struct WeakMap(Weak<Entries>);

impl WeakMap {
    pub(crate) fn is_alive(&self) -> bool {
        self.0.strong_count() > 0
    }

    pub(crate) fn upgrade(&self) -> Option<Map> {
        Some(Map {
            entries: Some(self.0.upgrade()?),
            ..Map::nil()
        })
    }
}

impl<K: Into<Str>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self::of(
            Element::Any,
            entries.into_iter().map(|(k, v)| (k.into(), v.into())).collect(),
        )
    }
}
