//! Moving fields from managers of client-side apply to a manager of server-side apply.
//!
//! A server-side apply does not remove what `kubectl apply` once wrote, for those fields belong to an `Update`
//! entry. Folding such entries into our `Apply` entry first makes the next apply the owner of them, so that
//! it removes what is no longer in the intent.

use serde_json::{Value, json};

use crate::managed_fields::{EntryHead, InvalidManagedFields, ManagedFieldsEntry, Operation, entries_of};

/// The annotation in which client-side apply keeps what it applied last.
pub const LAST_APPLIED_ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A JSON patch that moves the fields of `Update` entries whose manager `is_migrated` accepts to the `Apply`
/// entry of `manager`, and drops the last-applied annotation; `None` when there is nothing to do.
///
/// It carries the live `resourceVersion`, so that the server refuses it when somebody else was faster.
pub fn migration_patch(
    live: &Value,
    manager: &str,
    is_migrated: impl Fn(&str) -> bool,
) -> Result<Option<Value>, InvalidManagedFields> {
    let mut operations = Vec::new();
    if let Some(entries) = migrated_entries(live, manager, is_migrated)? {
        let entries: Vec<Value> = entries.iter().map(ManagedFieldsEntry::to_value).collect();
        operations.push(json!({"op": "replace", "path": "/metadata/managedFields", "value": entries}));
    }
    if annotations(live).is_some_and(|annotations| annotations.get(LAST_APPLIED_ANNOTATION).is_some()) {
        let path = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
        operations.push(json!({"op": "remove", "path": path}));
    }
    if operations.is_empty() {
        return Ok(None);
    }
    if let Some(version) = live
        .get("metadata")
        .and_then(|metadata| metadata.get("resourceVersion"))
    {
        // replaced, not tested: a stale version is then a conflict, not an invalid request
        operations.push(json!({"op": "replace", "path": "/metadata/resourceVersion", "value": version}));
    }
    Ok(Some(Value::Array(operations)))
}

/// The object as [`migration_patch`] would leave it; `None` when there is nothing to do.
pub fn migrated(
    live: &Value,
    manager: &str,
    is_migrated: impl Fn(&str) -> bool,
) -> Result<Option<Value>, InvalidManagedFields> {
    if !needs_migration(live, &is_migrated) {
        return Ok(None);
    }
    let entries = migrated_entries(live, manager, is_migrated)?;
    let mut object = live.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        if let Some(entries) = entries {
            let entries = entries.iter().map(ManagedFieldsEntry::to_value);
            metadata.insert("managedFields".to_owned(), entries.collect());
        }
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove(LAST_APPLIED_ANNOTATION);
        }
    }
    Ok(Some(object))
}

/// Whether [`migration_patch`] would have anything to do; cheap, for it reads no field set.
pub fn needs_migration(live: &Value, is_migrated: impl Fn(&str) -> bool) -> bool {
    let entries = entries_of(live).unwrap_or_default();
    let heads = entries.iter().filter_map(EntryHead::of);
    heads
        .into_iter()
        .any(|head| head.is_update_of(head.manager) && is_migrated(head.manager))
        || annotations(live).is_some_and(|annotations| annotations.get(LAST_APPLIED_ANNOTATION).is_some())
}

/// The entries after the migration; `None` when no manager is migrated.
fn migrated_entries(
    live: &Value,
    manager: &str,
    is_migrated: impl Fn(&str) -> bool,
) -> Result<Option<Vec<ManagedFieldsEntry>>, InvalidManagedFields> {
    let entries = ManagedFieldsEntry::of(live)?;
    let migrates = |entry: &ManagedFieldsEntry| {
        entry.operation == Operation::Update && entry.subresource.is_empty() && is_migrated(&entry.manager)
    };
    let is_ours = |entry: &ManagedFieldsEntry| {
        entry.operation == Operation::Apply && entry.subresource.is_empty() && entry.manager == manager
    };
    // without an entry of ours, the most recent migrated one becomes it
    let target = entries
        .iter()
        .position(is_ours)
        .or_else(|| entries.iter().position(migrates));
    let (Some(target), true) = (target, entries.iter().any(migrates)) else {
        return Ok(None);
    };
    let mut ours = entries[target].clone();
    ours.operation = Operation::Apply;
    manager.clone_into(&mut ours.manager);
    for entry in entries
        .iter()
        .filter(|entry| migrates(entry) && entry.api_version == ours.api_version)
    {
        ours.fields = ours.fields.union(&entry.fields);
    }
    let kept = entries.into_iter().enumerate().filter_map(|(place, entry)| {
        if place == target {
            Some(ours.clone())
        } else {
            (!migrates(&entry)).then_some(entry)
        }
    });
    Ok(Some(kept.collect()))
}

fn annotations(live: &Value) -> Option<&Value> {
    live.get("metadata")?.get("annotations")
}
