//! Fields that an apply would set otherwise than another manager has, told without a schema.

use serde_json::Value;

use crate::apply::Conflict;
use crate::field_set::{FieldSet, Node};
use crate::managed_fields::{EntryHead, Operation, entries_of};
use crate::path::{Path, PathElement, Scalar};
use crate::wire::same_quantity;

/// Fields of `intent` with a scalar value that another manager owns and has set otherwise, in the order of managers.
///
/// An apply without force would be refused because of these, and perhaps of others: what can only be told by a
/// schema, as with lists that are owned as a whole, is left out.
pub fn contested(intent: &Value, live: &Value, manager: &str) -> Vec<Conflict> {
    let version = live.get("apiVersion").and_then(Value::as_str);
    let heads = entries_of(live)
        .unwrap_or_default()
        .iter()
        .filter_map(EntryHead::of);
    let others = heads.filter(|head| !head.is_apply_of(manager) && Some(head.api_version) == version);
    let mut conflicts = Vec::new();
    for head in others {
        let Ok(fields) = head.fields() else {
            continue;
        };
        let mut found = Vec::new();
        walk(&fields, intent, live, &mut Vec::new(), &mut found);
        conflicts.extend(found.into_iter().map(|field| Conflict {
            manager: head.manager.to_owned(),
            operation: if head.operation == Operation::Apply.as_str() {
                Operation::Apply
            } else {
                Operation::Update
            },
            api_version: head.api_version.to_owned(),
            subresource: head.subresource.to_owned(),
            field,
        }));
    }
    conflicts
}

fn walk(owned: &FieldSet, intent: &Value, live: &Value, path: &mut Vec<PathElement>, found: &mut Vec<Path>) {
    for node in owned.nodes() {
        let (Some(intent), Some(live)) = (step(intent, &node.element), step(live, &node.element)) else {
            continue;
        };
        path.push(node.element.clone());
        if is_leaf(node) && are_other_scalars(intent, live) {
            found.push(Path(path.clone()));
        } else {
            walk(&node.below, intent, live, path, found);
        }
        path.pop();
    }
}

fn is_leaf(node: &Node) -> bool {
    node.member && node.below.is_empty()
}

fn are_other_scalars(intent: &Value, live: &Value) -> bool {
    let is_scalar = |value: &Value| matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    is_scalar(intent)
        && is_scalar(live)
        && !Scalar::from_value(intent).equals_value(live)
        && !live.as_str().is_some_and(|live| same_quantity(intent, live))
}

/// One step into an object. Items are found by key fields that are all there; a set's items have nothing to differ in.
fn step<'a>(value: &'a Value, element: &PathElement) -> Option<&'a Value> {
    match element {
        PathElement::Field(name) => value.get(name.as_str()),
        PathElement::Key(key) => value.as_array()?.iter().find(|item| {
            let mut fields = key.fields().iter();
            fields.all(|(name, value)| {
                item.get(name.as_str())
                    .is_some_and(|field| value.equals_value(field))
            })
        }),
        PathElement::Value(_) | PathElement::Index(_) => None,
    }
}
