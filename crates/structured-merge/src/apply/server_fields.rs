//! Fields that the server writes itself, whatever is applied.

use std::sync::LazyLock;

use serde_json::Value;

use super::outcome::Doubt;
use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};
use crate::path::{Path, PathElement};
use crate::schema::{ObjectSchema, StatusSubresource};

/// Fields of `metadata` that an apply cannot change.
const KEPT_METADATA: [&str; 7] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Fields that nobody ever owns.
pub(super) fn unowned() -> &'static FieldSet {
    static UNOWNED: LazyLock<FieldSet> = LazyLock::new(|| {
        let metadata = [
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
        let metadata = metadata.iter().map(|name| Path::fields(["metadata", name]));
        let root = ["apiVersion", "kind", "metadata"]
            .iter()
            .map(|name| Path::fields([*name]));
        root.chain(metadata).map(|path| path.0).collect()
    });
    &UNOWNED
}

/// Fields that this kind resets in every write to the object itself: `status`, where it is a subresource.
///
/// Where no schema tells, the managed fields may: a manager wrote either the subresource or the field.
pub(super) fn reset_fields(
    schema: &ObjectSchema,
    config: &Value,
    entries: &[ManagedFieldsEntry],
) -> Result<FieldSet, Doubt> {
    let status = [PathElement::field("status")];
    let is_subresource = match schema.status {
        StatusSubresource::Enabled => true,
        StatusSubresource::Disabled => false,
        StatusSubresource::Unknown => {
            if entries.iter().any(|entry| entry.subresource == "status") {
                true
            } else if entries
                .iter()
                .any(|entry| entry.subresource.is_empty() && entry.fields.touches(&status))
            {
                false
            } else if config.get("status").is_some() {
                return Err(Doubt::Status);
            } else {
                true
            }
        }
    };
    Ok(if is_subresource {
        std::iter::once(status).collect()
    } else {
        FieldSet::default()
    })
}

/// Puts back what the server keeps from the live object.
pub(super) fn restore(live: &Value, object: &mut Value, resets: &FieldSet) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for name in KEPT_METADATA {
            match live.get("metadata").and_then(|metadata| metadata.get(name)) {
                Some(value) => metadata.insert(name.to_owned(), value.clone()),
                None => metadata.remove(name),
            };
        }
    }
    if let (false, Some(object)) = (resets.is_empty(), object.as_object_mut()) {
        match live.get("status") {
            Some(status) => object.insert("status".to_owned(), status.clone()),
            None => object.remove("status"),
        };
    }
}

/// A configuration may name the very object that it is for; the server then compares.
pub(super) fn precondition(live: Option<&Value>, config: &Value) -> Option<Doubt> {
    let field = |object: &Value, name| {
        object
            .get("metadata")
            .and_then(|metadata| metadata.get(name))
            .cloned()
    };
    ["resourceVersion", "uid"].into_iter().find_map(|name| {
        let stated = field(config, name).filter(|value| !value.is_null())?;
        let stored = live.and_then(|live| field(live, name));
        (stored != Some(stated)).then_some(Doubt::Precondition(name))
    })
}

/// The entry that stands for whatever was written before anybody applied.
pub(super) fn before_first_apply(schema: &ObjectSchema, fields: FieldSet) -> ManagedFieldsEntry {
    ManagedFieldsEntry {
        manager: "before-first-apply".to_owned(),
        operation: Operation::Update,
        api_version: schema.kind.api_version(),
        time: None,
        subresource: String::new(),
        fields,
    }
}
