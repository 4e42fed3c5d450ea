use serde_json::Value;

use super::item::Items;
use super::{Shape, shape};
use crate::field_set::{FieldSet, Node};
use crate::path::PathElement;
use crate::schema::{ListKind, MapType, TypeId, Types};

/// Every leaf field and every list item that a value states.
pub(crate) fn to_field_set(types: &Types, of: TypeId, value: &Value) -> FieldSet {
    fields_of(types, of, value).0
}

/// The fields below a value, and whether the value itself is owned as a whole.
fn fields_of(types: &Types, of: TypeId, value: &Value) -> (FieldSet, bool) {
    match (shape(types.get(of), Some(value)), value) {
        (Shape::Scalar(_), _) => (FieldSet::default(), true),
        (Shape::Map(map), _) if map.atomic => (FieldSet::default(), true),
        (Shape::List(list), _) if list.kind == ListKind::Atomic => (FieldSet::default(), true),
        (Shape::Map(map), Value::Object(fields)) => {
            let nodes = fields.iter().map(|(name, value)| field(types, map, name, value));
            (nodes.collect(), false)
        }
        (Shape::List(list), Value::Array(_)) => {
            let items = Items::of(&list.kind, Some(value), |_, _| {});
            let mut nodes = Vec::with_capacity(items.len());
            for (place, (element, item)) in items.elements.iter().enumerate() {
                if items.is_repeated(place) {
                    continue;
                }
                // items that are doubled are owned together
                let doubled = items.all(element).len() > 1;
                let below = if doubled {
                    FieldSet::default()
                } else {
                    fields_of(types, list.element, item).0
                };
                nodes.push(Node {
                    element: element.clone(),
                    member: true,
                    below,
                });
            }
            (nodes.into_iter().collect(), false)
        }
        _ => (FieldSet::default(), false),
    }
}

fn field(types: &Types, map: &MapType, name: &str, value: &Value) -> Node {
    let (below, whole) = match map.field_type(name) {
        Some(of) => fields_of(types, of, value),
        None => (FieldSet::default(), false),
    };
    let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    Node {
        element: PathElement::field(name),
        member: whole || is_empty || !map.declares(name),
        below,
    }
}
