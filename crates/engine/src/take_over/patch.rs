use serde_json::{Value, json};
use structured_merge::{ManagedFieldsEntry, Operation};

use crate::{Application, observe::text_at, ownership::PART_OF};

/// A JSON patch that puts our mark on an object and makes the fields of these managers ours. Values are not touched, and
/// it fails when the object was changed since.
pub(super) fn take_over_patch(live: &Value, managers: &[&str], to: &Application) -> Value {
    let id = to.inventory.apply_set();
    let mut patch = vec![match live.pointer("/metadata/labels") {
        Some(Value::Object(_)) => {
            let path = format!("/metadata/labels/{}", PART_OF.replace('/', "~1"));
            json!({"op": "add", "path": path, "value": id})
        }
        _ => json!({"op": "add", "path": "/metadata/labels", "value": {PART_OF: id}}),
    }];
    if let Some(entries) = handed_over(live, managers, to.field_manager.as_str()) {
        patch.push(json!({"op": "replace", "path": "/metadata/managedFields", "value": entries}));
    }
    let version = text_at(live, &["metadata", "resourceVersion"]);
    // replaced, not tested: a stale version is then a conflict, not an invalid request
    patch.push(json!({"op": "replace", "path": "/metadata/resourceVersion", "value": version}));
    Value::from(patch)
}

/// The entries with ours in the place of theirs; `None` when they own nothing, or when it cannot be read.
fn handed_over(live: &Value, managers: &[&str], ours: &str) -> Option<Vec<Value>> {
    let entries = ManagedFieldsEntry::of(live).ok()?;
    let is_theirs = |entry: &ManagedFieldsEntry| {
        entry.subresource.is_empty() && managers.contains(&entry.manager.as_str())
    };
    if !entries.iter().any(is_theirs) {
        return None;
    }
    let mut kept: Vec<ManagedFieldsEntry> = Vec::new();
    for mut entry in entries {
        if is_theirs(&entry) {
            ours.clone_into(&mut entry.manager);
            entry.operation = Operation::Apply;
        }
        let same = kept.iter_mut().find(|other| {
            let name = |entry: &ManagedFieldsEntry| (entry.manager.clone(), entry.operation);
            name(other) == name(&entry)
                && other.api_version == entry.api_version
                && other.subresource == entry.subresource
        });
        match same {
            Some(other) => other.fields = other.fields.union(&entry.fields),
            None => kept.push(entry),
        }
    }
    Some(kept.iter().map(ManagedFieldsEntry::to_value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InventoryId;

    #[test]
    fn applied_and_written_fields_become_one_entry_of_ours() {
        let entry = |manager: &str, operation: &str, field: &str| {
            json!({"manager": manager, "operation": operation, "apiVersion": "v1", "fieldsType": "FieldsV1",
                "fieldsV1": {"f:data": {field: {}}}})
        };
        let live = json!({"metadata": {"resourceVersion": "7", "managedFields": [
            entry("argocd-controller", "Update", "f:a"),
            entry("argocd-controller", "Apply", "f:b"),
            entry("hpa", "Update", "f:c"),
        ]}});
        let ours = Application::new(InventoryId::new("shop", "web"));
        let patch = take_over_patch(&live, &["argocd-controller"], &ours);
        assert_eq!(
            patch,
            json!([
                {"op": "add", "path": "/metadata/labels", "value": {PART_OF: ours.inventory.apply_set()}},
                {"op": "replace", "path": "/metadata/managedFields", "value": [
                    {"manager": "glops/shop/web", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
                        "fieldsV1": {"f:data": {"f:a": {}, "f:b": {}}}},
                    entry("hpa", "Update", "f:c"),
                ]},
                {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
            ])
        );
    }

    #[test]
    fn an_object_of_no_manager_gets_the_mark_alone() {
        let live = json!({"metadata": {"resourceVersion": "7", "labels": {"a": "b"}}});
        let ours = Application::new(InventoryId::new("shop", "web"));
        let patch = take_over_patch(&live, &["kapp"], &ours);
        assert_eq!(
            patch[0]["path"],
            "/metadata/labels/applyset.kubernetes.io~1part-of"
        );
        assert_eq!(patch.as_array().unwrap().len(), 2);
    }
}
