use serde_json::Value;

use super::item::item_element;
use super::{Shape, shape};
use crate::field_set::{FieldSet, Node};
use crate::path::PathElement;
use crate::schema::{ListKind, ListType, MapType, TypeId, Types};

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
        (Shape::List(list), Value::Array(items)) => (items_of(types, list, items), false),
        _ => (FieldSet::default(), false),
    }
}

/// The items that a list names. Those that it names more than once are owned together, without what is below.
fn items_of(types: &Types, list: &ListType, items: &[Value]) -> FieldSet {
    let named = items.iter().filter_map(|item| {
        let element = item_element(&list.kind, item).ok()?;
        let (below, _) = fields_of(types, list.element, item);
        Some(Node {
            element,
            member: true,
            below,
        })
    });
    let mut nodes: Vec<Node> = named.collect();
    nodes.sort_by(|a, b| a.element.cmp(&b.element));
    nodes.dedup_by(|next, kept| {
        let is_doubled = next.element == kept.element;
        if is_doubled {
            kept.below = FieldSet::default();
        }
        is_doubled
    });
    nodes.into_iter().collect()
}

fn field(types: &Types, map: &MapType, name: &str, value: &Value) -> Node {
    let declared = map.fields.get(name);
    let (below, whole) = match declared.map(|field| field.of).or(map.element) {
        Some(of) => fields_of(types, of, value),
        None => (FieldSet::default(), false),
    };
    let is_empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    Node {
        element: PathElement::field(name),
        member: whole || is_empty || declared.is_none(),
        below,
    }
}
