use serde_json::{Value, json};
use structured_merge::{InvalidManagedFields, ManagedFieldsEntry, Operation};

use crate::{application::Application, observe::text_at, ownership::PART_OF};

/// A JSON patch that gives the fields of an object from one application to another: what the first has applied
/// becomes the second's. Values are not touched. It fails when the object was changed since.
pub(crate) fn hand_over_fields(
    live: &Value,
    from: &Application,
    to: &Application,
) -> Result<Vec<Value>, InvalidManagedFields> {
    let entries = renamed(
        ManagedFieldsEntry::of(live)?,
        from.field_manager.as_str(),
        to.field_manager.as_str(),
    );
    let entries: Vec<Value> = entries.iter().map(ManagedFieldsEntry::to_value).collect();
    let version = text_at(live, &["metadata", "resourceVersion"]);
    Ok(vec![
        json!({"op": "replace", "path": "/metadata/managedFields", "value": entries}),
        json!({"op": "replace", "path": "/metadata/resourceVersion", "value": version}),
    ])
}

/// The same with the mark of the second application, which has not come to apply it yet.
pub(crate) fn hand_over(
    live: &Value,
    from: &Application,
    to: &Application,
) -> Result<Vec<Value>, InvalidManagedFields> {
    let mut patch = hand_over_fields(live, from, to)?;
    let label = format!("/metadata/labels/{}", PART_OF.replace('/', "~1"));
    patch.push(json!({"op": "replace", "path": label, "value": to.inventory.apply_set()}));
    Ok(patch)
}

fn renamed(entries: Vec<ManagedFieldsEntry>, from: &str, to: &str) -> Vec<ManagedFieldsEntry> {
    let mut kept: Vec<ManagedFieldsEntry> = Vec::new();
    for mut entry in entries {
        let is_apply = entry.operation == Operation::Apply && entry.subresource.is_empty();
        if is_apply && entry.manager == from {
            to.clone_into(&mut entry.manager);
        }
        // the new owner may already have an entry of its own
        let same = kept.iter_mut().find(|other| {
            is_apply
                && other.operation == Operation::Apply
                && other.subresource.is_empty()
                && other.manager == entry.manager
                && other.api_version == entry.api_version
        });
        match same {
            Some(other) => other.fields = other.fields.union(&entry.fields),
            None => kept.push(entry),
        }
    }
    kept
}
