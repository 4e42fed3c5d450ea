//! Removal of what a manager applied last time and does not apply any more.

use serde_json::Value;

use crate::field_set::FieldSet;
use crate::schema::ObjectSchema;
use crate::typed::{remove, to_field_set, with_named_fields};

/// The merged object without the fields that only `last` owned; `None` when nothing is to be removed.
///
/// `owned` is what anybody owns after the apply, the applying manager included.
pub(super) fn prune(
    schema: &ObjectSchema,
    merged: &Value,
    last: &FieldSet,
    now: &FieldSet,
    owned: &FieldSet,
) -> Option<Value> {
    if now.contains_all(last) {
        return None;
    }
    let named = |set: &FieldSet| with_named_fields(&schema.types, Some(schema.root), set);
    let without = |set: &FieldSet| remove(&schema.types, schema.root, merged, set);
    let fields_of = |value: &Value| named(&to_field_set(&schema.types, schema.root, value));
    let (last, merged_fields) = (named(last), fields_of(merged));
    // what was applied goes, with all that stands below it
    let pruned_fields = fields_of(&without(&last));
    // but not what somebody owns
    let kept = pruned_fields.union(&named(owned));
    let pruned_fields = fields_of(&without(&merged_fields.difference(&kept)));
    // nor what was never applied
    let removed = merged_fields.difference(&pruned_fields).intersection(&last);
    (!removed.is_empty()).then(|| without(&removed))
}
