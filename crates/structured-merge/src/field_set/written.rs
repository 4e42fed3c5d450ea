//! Comparison with a `fieldsV1` that is not read for it.

use serde_json::{Map, Value};

use super::FieldSet;

impl FieldSet {
    /// Whether the server writes this set as this value. Of a set that is written otherwise than by the server
    /// it is not told.
    pub(crate) fn is_written_as(&self, fields: &Value) -> bool {
        fields
            .as_object()
            .is_some_and(|fields| self.stands_in(fields, false, &mut String::new()))
    }

    /// `is_member` says whether what the set stands below is a member itself, which then is written among its fields.
    fn stands_in(&self, fields: &Map<String, Value>, is_member: bool, name: &mut String) -> bool {
        let is_marked = is_member && !self.is_empty();
        if fields.len() != self.nodes.len() + usize::from(is_marked)
            || (is_marked && !fields.contains_key("."))
        {
            return false;
        }
        self.nodes.iter().all(|node| {
            name.clear();
            // writing to a string cannot fail
            let _ = node.element.write(name);
            let below = fields.get(name.as_str()).and_then(Value::as_object);
            below.is_some_and(|below| node.below.stands_in(below, node.member, name))
        })
    }
}
