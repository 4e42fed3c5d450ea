//! The walk over maps: intent, live and owned fields side by side.

use serde_json::{Map, Value};

use super::NoOp;
use super::compare::{Likeness, likeness};
use super::{list, secret};
use crate::field_set::{FieldSet, Node};
use crate::path::PathElement;

/// Why the walk stopped; `NoOp::Same` has no reason to.
pub(super) type Step = Result<(), NoOp>;

/// Fields at the root of an object that are never owned.
const UNOWNED_ROOT: [&str; 2] = ["apiVersion", "kind"];

/// Fields of `metadata` that are never owned: they name the object, or the server alone writes them.
const UNOWNED_METADATA: [&str; 9] = [
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
];

pub(super) fn object(intent: &Value, live: &Value, owned: &FieldSet) -> NoOp {
    let (Some(intent), Some(live)) = (intent.as_object(), live.as_object()) else {
        return NoOp::Unknown("not an object".to_owned());
    };
    match root(intent, live, owned) {
        Ok(()) => NoOp::Same,
        Err(reason) => reason,
    }
}

fn root(intent: &Map<String, Value>, live: &Map<String, Value>, owned: &FieldSet) -> Step {
    let empty = FieldSet::default();
    let mut matched = 0;
    for (name, value) in intent {
        if UNOWNED_ROOT.contains(&name.as_str()) {
            continue;
        }
        let node = owned.get_field(name);
        matched += usize::from(node.is_some());
        match (name.as_str(), value, live.get(name)) {
            ("metadata", Value::Object(intent), Some(Value::Object(live))) => {
                let owned = node.map_or(&empty, |node| &node.below);
                metadata(intent, live, owned)?;
            }
            ("status", _, _) if node.is_none() => {
                return Err(NoOp::Unknown("the server may ignore status".to_owned()));
            }
            ("stringData", Value::Object(intent), None) if secret::is_secret(live) => {
                secret::string_data(intent, live, node)?;
            }
            (_, value, live) => field(value, live, node)?,
        }
    }
    all_matched(matched, owned)
}

fn metadata(intent: &Map<String, Value>, live: &Map<String, Value>, owned: &FieldSet) -> Step {
    let mut matched = 0;
    for (name, value) in intent {
        if UNOWNED_METADATA.contains(&name.as_str()) {
            continue;
        }
        let node = owned.get_field(name);
        matched += usize::from(node.is_some());
        // the server never writes empty labels or annotations
        let is_empty = value.as_object().is_some_and(Map::is_empty);
        if is_empty
            && node.is_some()
            && !live.contains_key(name)
            && matches!(name.as_str(), "labels" | "annotations")
        {
            continue;
        }
        field(value, live.get(name), node)?;
    }
    all_matched(matched, owned)
}

fn map(intent: &Map<String, Value>, live: &Map<String, Value>, owned: &FieldSet) -> Step {
    let mut matched = 0;
    for (name, value) in intent {
        let node = owned.get_field(name);
        matched += usize::from(node.is_some());
        field(value, live.get(name), node)?;
    }
    all_matched(matched, owned)
}

/// An owned field that no field of the intent matched would be given up.
pub(super) fn all_matched(matched: usize, owned: &FieldSet) -> Step {
    if matched == owned.nodes().len() {
        Ok(())
    } else {
        Err(NoOp::Differs)
    }
}

pub(super) fn field(intent: &Value, live: Option<&Value>, node: Option<&Node>) -> Step {
    if intent.is_null() {
        return Err(NoOp::Unknown(
            "null is written another way by some types".to_owned(),
        ));
    }
    let (Some(node), Some(live)) = (node, live) else {
        return Err(absent(intent));
    };
    if node.below.nodes().is_empty() {
        return leaf(intent, live);
    }
    below(intent, live, &node.below)
}

/// An empty list may be owned by nobody, and an empty list or map may not be written.
fn absent(intent: &Value) -> NoOp {
    match intent {
        Value::Array(items) if items.is_empty() => {
            NoOp::Unknown("the server may leave out an empty list".to_owned())
        }
        Value::Object(fields) if fields.is_empty() => {
            NoOp::Unknown("the server may leave out an empty map".to_owned())
        }
        _ => NoOp::Differs,
    }
}

/// Compares a value that is owned field by field.
pub(super) fn below(intent: &Value, live: &Value, owned: &FieldSet) -> Step {
    match (intent, live) {
        (Value::Object(intent), Value::Object(live)) => map(intent, live, owned),
        (Value::Array(intent), Value::Array(live)) => match owned.nodes().first().map(|node| &node.element) {
            Some(PathElement::Key(_)) => list::keyed(intent, live, owned),
            Some(PathElement::Value(_)) => list::set(intent, live, owned),
            _ => Err(NoOp::Unknown("list owned by index".to_owned())),
        },
        _ => Err(NoOp::Differs),
    }
}

/// Compares a value that is owned as a whole: a scalar, an atomic list or map, or an empty one.
pub(super) fn leaf(intent: &Value, live: &Value) -> Step {
    match likeness(intent, live) {
        Likeness::Equal => Ok(()),
        Likeness::Different => Err(NoOp::Differs),
        Likeness::Defaulted => Err(NoOp::Unknown(
            "the live value has more fields, which may be defaults".to_owned(),
        )),
        Likeness::WrittenAnotherWay => Err(NoOp::Unknown(
            "the live value may be the same, written another way".to_owned(),
        )),
    }
}
