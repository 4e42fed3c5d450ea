//! Flux keeps `.status.inventory.entries[]`, each `{id: <namespace>_<name>_<group>_<kind>, v: <version>}`.

use manifest::Object;
use serde_json::Value;

use super::{Error, text, underscored};
use crate::inventory::{Inventory, ResourceRef};

/// The inventory of a Kustomization or a HelmRelease; empty when nothing was applied yet.
pub fn status(object: &Object) -> Result<Inventory, Error> {
    let entries = object
        .value()
        .get("status")
        .and_then(|status| status.get("inventory")?.get("entries"));
    let entries = match entries {
        None | Some(Value::Null) => return Ok(Inventory::new()),
        Some(entries) => entries.as_array().ok_or_else(|| Error::Field {
            parent: object.key(),
            field: "status.inventory.entries",
        })?,
    };
    entries
        .iter()
        .map(|entry| {
            let id = text(entry, "id");
            let key = underscored(id).ok_or_else(|| Error::Entry {
                parent: object.key(),
                entry: id.to_owned(),
            })?;
            Ok(ResourceRef::new(key, text(entry, "v")))
        })
        .collect()
}
