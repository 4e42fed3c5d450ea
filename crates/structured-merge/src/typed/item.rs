//! What names the items of a list.

use serde_json::{Map, Value};

use crate::path::{Key, PathElement, Scalar};
use crate::schema::{KeyField, ListKind};

/// The path element of a list item, or why it has none, as the server puts it.
pub(super) fn item_element(kind: &ListKind, item: &Value) -> Result<PathElement, String> {
    match kind {
        ListKind::Atomic => Err("invalid indexing of non-associative list".to_owned()),
        ListKind::Set => set_item(item),
        ListKind::Keyed(keys) => keyed_item(keys, item),
    }
}

/// Whether a list item has a path element, told without making it.
pub(super) fn has_element(kind: &ListKind, item: &Value) -> bool {
    match (kind, item) {
        (ListKind::Set, item) => !matches!(item, Value::Object(_) | Value::Array(_) | Value::Null),
        (ListKind::Keyed(keys), Value::Object(fields)) => {
            let is_stated = |key: &KeyField| key.default.is_some() || fields.contains_key(key.name.as_str());
            keys.is_empty() || keys.iter().any(is_stated)
        }
        (ListKind::Keyed(_) | ListKind::Atomic, _) => false,
    }
}

fn set_item(item: &Value) -> Result<PathElement, String> {
    let problem = match item {
        Value::Object(_) => "associative list without keys has an element that's a map type",
        Value::Array(_) => "not supported: associative list with lists as elements",
        Value::Null => "associative list without keys has an element that's an explicit null",
        scalar => return Ok(PathElement::Value(Scalar::from_value(scalar))),
    };
    Err(problem.to_owned())
}

fn keyed_item(keys: &[KeyField], item: &Value) -> Result<PathElement, String> {
    let Value::Object(fields) = item else {
        return Err(if item.is_null() {
            "associative list with keys may not have a null element".to_owned()
        } else {
            "associative list with keys may not have non-map elements".to_owned()
        });
    };
    let stated = keys.iter().filter_map(|key| {
        let value = fields.get(key.name.as_str()).or(key.default.as_ref())?;
        Some((key.name.clone(), Scalar::from_value(value)))
    });
    let stated: Vec<_> = stated.collect();
    if stated.is_empty() && !keys.is_empty() {
        let names: Vec<String> = keys
            .iter()
            .map(|key| Scalar::String(key.name.clone()).to_string())
            .collect();
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{}] (and doesn't have default values for any key fields)",
            names.join(" ")
        ));
    }
    Ok(PathElement::Key(Key::new(stated)))
}

/// Whether two lists name the same items in the same order. The second names none twice.
pub(super) fn same_elements(kind: &ListKind, left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| same_element(kind, left, right))
}

fn same_element<'v>(kind: &'v ListKind, left: &'v Value, right: &'v Value) -> bool {
    match (kind, left, right) {
        (ListKind::Keyed(keys), Value::Object(left), Value::Object(right)) => {
            let mut is_named = false;
            let is_same = keys.iter().all(|key| {
                let part =
                    |item: &'v Map<String, Value>| item.get(key.name.as_str()).or(key.default.as_ref());
                match (part(left), part(right)) {
                    (Some(left), Some(right)) => {
                        is_named = true;
                        same_scalar(left, right)
                    }
                    (None, None) => true,
                    _ => false,
                }
            });
            is_same && (is_named || keys.is_empty())
        }
        (ListKind::Set, left, right) => has_element(kind, left) && same_scalar(left, right),
        _ => false,
    }
}

/// Whether two values are the same in a path.
fn same_scalar(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left == right,
        (left, right) => Scalar::from_value(left) == Scalar::from_value(right),
    }
}

/// Whether each item has a path element of its own, told without making them; of a long list it is not told.
pub(super) fn are_told_apart(kind: &ListKind, items: &[Value]) -> bool {
    const SHORT: usize = 8;
    let is_new = |(place, item): (usize, &Value)| {
        has_element(kind, item)
            && !items[..place]
                .iter()
                .any(|earlier| same_element(kind, earlier, item))
    };
    items.len() <= SHORT && items.iter().enumerate().all(is_new)
}

/// The items of one list, found by their path elements.
pub(super) struct Items<'a> {
    /// In the order of the list.
    pub(super) elements: Vec<(PathElement, &'a Value)>,
    /// Places in `elements`, sorted by element and place.
    sorted: Vec<usize>,
}

/// One item as it is found.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Once(&'a Value),
    /// The list names the item more than once.
    Doubled,
}

impl<'a> Items<'a> {
    /// Items without a path element are left out; `problems` hears of them.
    pub(super) fn of(
        kind: &ListKind,
        list: Option<&'a Value>,
        mut problem: impl FnMut(usize, String),
    ) -> Self {
        let items = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut elements = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            match item_element(kind, item) {
                Ok(element) => elements.push((element, item)),
                Err(reason) => problem(place, reason),
            }
        }
        let mut sorted: Vec<usize> = (0..elements.len()).collect();
        sorted.sort_by(|a, b| elements[*a].0.cmp(&elements[*b].0));
        Self { elements, sorted }
    }

    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }

    pub(super) fn get(&self, element: &PathElement) -> Option<Found<'a>> {
        match self.all(element) {
            [] => None,
            [only] => Some(Found::Once(self.elements[*only].1)),
            _ => Some(Found::Doubled),
        }
    }

    /// Places of all items with this element, in the order of the list.
    pub(super) fn all(&self, element: &PathElement) -> &[usize] {
        let start = self
            .sorted
            .partition_point(|place| self.elements[*place].0 < *element);
        let rest = &self.sorted[start..];
        let count = rest
            .iter()
            .take_while(|place| self.elements[**place].0 == *element)
            .count();
        &rest[..count]
    }

    /// Whether an item like this one stands earlier in the list.
    pub(super) fn is_repeated(&self, place: usize) -> bool {
        self.all(&self.elements[place].0).first() != Some(&place)
    }
}
