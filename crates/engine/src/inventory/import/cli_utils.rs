//! cli-utils keeps a ConfigMap whose keys are the objects, or a ResourceGroup. GitLab's agent kept the former,
//! as `inventory-<agent id>-<project id>` in the default namespace of the project.

use manifest::Object;
use serde_json::Value;

use super::{Error, text, underscored};
use crate::inventory::{Inventory, ResourceRef};

/// Label of the ConfigMap: the id of the inventory.
pub const INVENTORY_ID: &str = "cli-utils.sigs.k8s.io/inventory-id";
/// Annotation of each object: the id of the inventory that owns it.
pub const OWNING_INVENTORY: &str = "config.k8s.io/owning-inventory";

/// The name of the ConfigMap that GitLab's agent keeps for a project.
pub fn gitlab_name(agent_id: i64, project_id: i64) -> String {
    format!("inventory-{agent_id}-{project_id}")
}

/// The inventory in a ConfigMap. It records no versions.
pub fn config_map(object: &Object) -> Result<Inventory, Error> {
    let data = match object.value().get("data") {
        None | Some(Value::Null) => return Ok(Inventory::new()),
        Some(data) => data.as_object().ok_or_else(|| Error::Field {
            parent: object.key(),
            field: "data",
        })?,
    };
    data.keys()
        .map(|entry| {
            let key = underscored(entry).ok_or_else(|| Error::Entry {
                parent: object.key(),
                entry: entry.clone(),
            })?;
            Ok(ResourceRef::new(key, ""))
        })
        .collect()
}

/// The inventory in a ResourceGroup. It records no versions.
pub fn resource_group(object: &Object) -> Result<Inventory, Error> {
    let resources = object.value().get("spec").and_then(|spec| spec.get("resources"));
    let resources = match resources {
        None | Some(Value::Null) => return Ok(Inventory::new()),
        Some(resources) => resources.as_array().ok_or_else(|| Error::Field {
            parent: object.key(),
            field: "spec.resources",
        })?,
    };
    resources
        .iter()
        .map(|resource| {
            let (kind, name) = (text(resource, "kind"), text(resource, "name"));
            if kind.is_empty() || name.is_empty() {
                return Err(Error::Entry {
                    parent: object.key(),
                    entry: resource.to_string(),
                });
            }
            let key =
                manifest::ResourceKey::new(text(resource, "group"), kind, text(resource, "namespace"), name);
            Ok(ResourceRef::new(key, ""))
        })
        .collect()
}
