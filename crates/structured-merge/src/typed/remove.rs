use serde_json::{Map, Value};

use super::item::item_element;
use super::{Shape, shape};
use crate::field_set::FieldSet;
use crate::path::PathElement;
use crate::schema::{ListKind, TypeId, Types};

/// The value without the fields and list items of a set. A container that loses all it had becomes null.
pub(crate) fn remove(types: &Types, of: TypeId, value: &Value, set: &FieldSet) -> Value {
    match (shape(types.get(of), Some(value)), value) {
        (Shape::Scalar(_) | Shape::None, value) => value.clone(),
        (Shape::Map(map), Value::Object(fields)) if !map.atomic && !fields.is_empty() => {
            let mut kept = Map::new();
            for (name, field) in fields {
                let node = set.get_field(name);
                if node.is_some_and(|node| node.member) {
                    continue;
                }
                let field = match (node, map.field_type(name)) {
                    (Some(node), Some(of)) if !node.below.is_empty() => remove(types, of, field, &node.below),
                    _ => field.clone(),
                };
                kept.insert(name.clone(), field);
            }
            if kept.is_empty() {
                Value::Null
            } else {
                Value::Object(kept)
            }
        }
        (Shape::List(list), Value::Array(items)) if list.kind != ListKind::Atomic && !items.is_empty() => {
            let kept = items
                .iter()
                .filter_map(|item| remove_item(types, list.element, &list.kind, item, set));
            let kept: Vec<Value> = kept.collect();
            if kept.is_empty() {
                Value::Null
            } else {
                Value::Array(kept)
            }
        }
        _ => Value::Null,
    }
}

fn remove_item(types: &Types, of: TypeId, kind: &ListKind, item: &Value, set: &FieldSet) -> Option<Value> {
    let element: Option<PathElement> = item_element(kind, item).ok();
    match element.and_then(|element| set.get(&element)) {
        Some(node) if node.member => None,
        Some(node) if !node.below.is_empty() => Some(remove(types, of, item, &node.below)),
        _ => Some(item.clone()),
    }
}
