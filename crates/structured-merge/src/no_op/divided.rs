//! Whether what one manager owns as a whole is owned in parts by another.
//!
//! A map that was applied empty is owned as a whole, just as an atomic one. Only the others tell them apart.

use serde_json::Value;

use crate::field_set::FieldSet;

/// Whether `other`, an unread `fieldsV1`, has fields below a leaf of `own`.
pub(super) fn divides(own: &FieldSet, other: &Value) -> bool {
    let mut name = String::new();
    own.nodes().iter().any(|node| {
        name.clear();
        // writing to a string cannot fail
        let _ = node.element.write(&mut name);
        let Some(Value::Object(below)) = other.get(&name) else {
            return false;
        };
        if node.below.is_empty() {
            below.keys().any(|name| name != ".")
        } else {
            divides(&node.below, &other[&name])
        }
    })
}
