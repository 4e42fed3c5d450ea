//! The merge of a configuration into a live object.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::item::{Found, Items, same_elements};
use super::validate::{ValidationError, ValidationErrors, scalar_problem};
use super::{Shape, has_no_items, shape};
use crate::path::PathElement;
use crate::schema::{ListKind, ListType, MapType, TypeId, Types};

/// What a merge leaves of one value.
pub(crate) enum Merged {
    /// The live value.
    Live,
    /// Another value.
    New(Value),
}

impl Merged {
    fn into_value(self, live: Option<&Value>) -> Option<Value> {
        match self {
            Self::Live => live.cloned(),
            Self::New(value) => Some(value),
        }
    }
}

/// Merges `config` into `live`. Nothing is removed by it, and what it does not change is not copied.
pub(crate) fn merge(
    types: &Types,
    of: TypeId,
    live: Option<&Value>,
    config: &Value,
) -> Result<Merged, ValidationErrors> {
    let mut walk = Walk {
        types,
        place: Place::Root,
        errors: Vec::new(),
    };
    let merged = walk.value(of, live, config);
    if walk.errors.is_empty() {
        Ok(merged)
    } else {
        Err(ValidationErrors(walk.errors))
    }
}

/// Where in the object a map stands: what the server keeps about the fields themselves is not copied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Metadata,
    Below,
}

struct Walk<'a> {
    types: &'a Types,
    place: Place,
    errors: Vec<ValidationError>,
}

impl Walk<'_> {
    fn error(&mut self, message: String) {
        self.errors.push(ValidationError {
            path: String::new(),
            message,
        });
    }

    fn value(&mut self, of: TypeId, live: Option<&Value>, config: &Value) -> Merged {
        match shape(self.types.get(of), Some(config)) {
            Shape::None => {
                self.error("schema error: invalid atom: inlined".to_owned());
                Merged::Live
            }
            Shape::Scalar(of) => {
                let live_problem = live.and_then(|live| scalar_problem(of, live));
                if let (Some(_), Some(problem)) = (live_problem, scalar_problem(of, config)) {
                    self.error(problem);
                }
                replace(live, config)
            }
            Shape::Map(map) => {
                let live_map = live.filter(|live| live.is_object());
                if map.atomic || (has_no_items(live_map) && has_no_items(Some(config))) {
                    return replace(live, config);
                }
                self.map(map, live_map, config)
            }
            Shape::List(list) => {
                let live_list = live.filter(|live| live.is_array());
                if list.kind == ListKind::Atomic || (has_no_items(live_list) && has_no_items(Some(config))) {
                    return replace(live, config);
                }
                self.list(list, live_list, config)
            }
        }
    }

    fn map(&mut self, map: &MapType, live: Option<&Value>, config: &Value) -> Merged {
        let nothing = Map::new();
        let live = live.and_then(Value::as_object);
        let config = config.as_object().unwrap_or(&nothing);
        let mut changed = BTreeMap::new();
        let place = self.place;
        for (name, value) in config {
            let live_field = live.and_then(|live| live.get(name));
            let Some(of) = map.field_type(name) else {
                continue;
            };
            self.place = match place {
                Place::Root if name == "metadata" => Place::Metadata,
                _ => Place::Below,
            };
            if let Merged::New(value) = self.value(of, live_field, value) {
                changed.insert(name, value);
            }
        }
        self.place = place;
        match live {
            Some(_) if changed.is_empty() => Merged::Live,
            Some(live) => Merged::New(Value::Object(replaced(live, changed, place))),
            None => Merged::New(
                changed
                    .into_iter()
                    .map(|(name, value)| (name.clone(), value))
                    .collect(),
            ),
        }
    }

    fn list(&mut self, list: &ListType, live_list: Option<&Value>, config_list: &Value) -> Merged {
        if let (Some(Value::Array(live)), Value::Array(config)) = (live_list, config_list)
            && same_elements(&list.kind, live, config)
        {
            return self.same_items(list, live, config);
        }
        let mut problems = Vec::new();
        let mut problem = |place: usize, reason: String| problems.push(format!("element {place}: {reason}"));
        let config = Items::of(&list.kind, Some(config_list), &mut problem);
        let live = Items::of(&list.kind, live_list, &mut problem);
        for (place, (element, _)) in config.elements.iter().enumerate() {
            if config.is_repeated(place) {
                problems.push(format!("duplicate entries for key {element}"));
            }
        }
        if !problems.is_empty() {
            for problem in problems {
                self.error(problem);
            }
            return Merged::Live;
        }
        let merged = self.items(list, &live, &config);
        // the same items at the same places
        let is_live = live_list.is_some()
            && merged.len() == live.len()
            && merged
                .iter()
                .enumerate()
                .all(|(place, item)| matches!(item, Item::Live(from) if *from == place));
        if is_live {
            return Merged::Live;
        }
        let items = merged.into_iter().map(|item| match item {
            Item::Live(place) => live.elements[place].1.clone(),
            Item::New(value) => value,
        });
        Merged::New(Value::Array(items.collect()))
    }

    /// The common case: the configuration names just the live items, in their order.
    fn same_items(&mut self, list: &ListType, live: &[Value], config: &[Value]) -> Merged {
        let merged = live
            .iter()
            .zip(config)
            .map(|(live, config)| self.value(list.element, Some(live), config));
        let merged: Vec<Merged> = merged.collect();
        if merged.iter().all(|item| matches!(item, Merged::Live)) {
            return Merged::Live;
        }
        let items = merged.into_iter().zip(live).map(|(item, live)| match item {
            Merged::Live => live.clone(),
            Merged::New(value) => value,
        });
        Merged::New(Value::Array(items.collect()))
    }

    /// The merged items in their order: that of the live list, but shared items as the configuration has them,
    /// and its new items right behind those that they follow there.
    fn items(&mut self, list: &ListType, live: &Items<'_>, config: &Items<'_>) -> Vec<Item> {
        let mut shared = config
            .elements
            .iter()
            .filter(|(element, _)| live.get(element).is_some())
            .map(|(element, _)| element);
        let mut next_shared = shared.next();
        let mut merged_elements = Merges::new(config);
        let mut merged = Vec::with_capacity(live.len().max(config.len()));
        let (mut l, mut c) = (0, 0);
        while l < live.len() || c < config.len() {
            if let (Some((element, _)), Some((config_element, value))) =
                (live.elements.get(l), config.elements.get(c))
            {
                if element == config_element {
                    merged_elements.mark(c);
                    merged.push(self.item(list, live, element, Some(l), value));
                    (l, c) = (l + 1, c + 1);
                    next_shared = shared.next();
                    continue;
                }
                if config.get(element).is_some() && next_shared.is_some_and(|next| next != element) {
                    // shared, but its turn comes later
                    l += 1;
                    continue;
                }
            }
            if let Some((element, _)) = live.elements.get(l) {
                if config.get(element).is_none() {
                    merged.push(Item::Live(l));
                    l += 1;
                    continue;
                }
                if merged_elements.has(element) {
                    l += 1;
                }
            }
            if let Some((element, value)) = config.elements.get(c) {
                merged_elements.mark(c);
                merged.push(self.item(list, live, element, None, value));
                c += 1;
                if next_shared == Some(element) {
                    next_shared = shared.next();
                }
            }
        }
        merged
    }

    /// One item of the configuration, merged into the live one. A live item that is doubled is replaced.
    fn item(
        &mut self,
        list: &ListType,
        live: &Items<'_>,
        element: &PathElement,
        place: Option<usize>,
        config: &Value,
    ) -> Item {
        let null = Value::Null;
        let (live_item, is_doubled) = match live.get(element) {
            None => (None, false),
            Some(Found::Once(item)) => (Some(item), false),
            Some(Found::Doubled) => (Some(&null), true),
        };
        let merged = self.value(list.element, live_item, config);
        match (merged, place) {
            (Merged::Live, Some(place)) if !is_doubled => Item::Live(place),
            (merged, _) => Item::New(merged.into_value(live_item).unwrap_or(Value::Null)),
        }
    }
}

/// An item of the merged list: a live one that stays as it is, or another.
enum Item {
    Live(usize),
    New(Value),
}

/// Which items of the configuration are merged already.
struct Merges<'a, 'b> {
    config: &'a Items<'b>,
    done: Vec<bool>,
}

impl<'a, 'b> Merges<'a, 'b> {
    fn new(config: &'a Items<'b>) -> Self {
        Self {
            config,
            done: vec![false; config.len()],
        }
    }

    fn mark(&mut self, place: usize) {
        self.done[place] = true;
    }

    fn has(&self, element: &PathElement) -> bool {
        self.config
            .all(element)
            .first()
            .is_some_and(|place| self.done[*place])
    }
}

/// A copy of a map with some of its fields replaced or added.
fn replaced(
    live: &Map<String, Value>,
    changed: BTreeMap<&String, Value>,
    place: Place,
) -> Map<String, Value> {
    let is_left_out =
        |name: &String| changed.contains_key(name) || (place == Place::Metadata && name == "managedFields");
    let kept = live.iter().filter(|(name, _)| !is_left_out(name));
    let kept = kept.map(|(name, value)| match value {
        Value::Object(metadata) if place == Place::Root && name == "metadata" => (
            name.clone(),
            Value::Object(replaced(metadata, BTreeMap::new(), Place::Metadata)),
        ),
        value => (name.clone(), value.clone()),
    });
    let mut fields: Map<String, Value> = kept.collect();
    fields.extend(changed.into_iter().map(|(name, value)| (name.clone(), value)));
    fields
}

fn replace(live: Option<&Value>, config: &Value) -> Merged {
    // not by number: `1.0` instead of `1` is another text, if no other number
    if live == Some(config) {
        Merged::Live
    } else {
        Merged::New(config.clone())
    }
}
