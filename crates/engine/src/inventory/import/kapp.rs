//! kapp labels each object with the id of its app, and keeps that id in a ConfigMap.

use manifest::{GroupKind, Object};
use serde::Deserialize;

use super::Error;
use crate::inventory::Inventory;

/// What kapp's ConfigMap says of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The label of its objects: `kapp.k14s.io/app`.
    pub label: String,
    /// The value of that label.
    pub id: String,
    /// The kinds of its objects; empty when the ConfigMap is from a version that did not keep them.
    pub group_kinds: Vec<GroupKind>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    label_key: String,
    label_value: String,
    #[serde(default, rename = "usedGKs")]
    used_gks: Option<Vec<UsedKind>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UsedKind {
    #[serde(default)]
    group: String,
    kind: String,
}

/// Label of the ConfigMap of an app.
const IS_APP: &str = "kapp.k14s.io/is-app";

/// Whether an object is the ConfigMap of an app.
pub fn is_app(object: &Object) -> bool {
    object.kind() == "ConfigMap" && object.label(IS_APP).is_some()
}

/// Reads the ConfigMap of an app.
pub fn app(config_map: &Object) -> Result<App, Error> {
    let spec = config_map
        .value()
        .get("data")
        .and_then(|data| data.get("spec")?.as_str());
    let parsed = spec.and_then(|spec| serde_json::from_str::<Spec>(spec).ok());
    let spec = parsed.ok_or_else(|| Error::Field {
        parent: config_map.key(),
        field: "data.spec",
    })?;
    let kinds = spec.used_gks.unwrap_or_default();
    Ok(App {
        label: spec.label_key,
        id: spec.label_value,
        group_kinds: kinds
            .into_iter()
            .map(|used| GroupKind::new(used.group, used.kind))
            .collect(),
    })
}

/// The objects of an app. What a controller made of them carries the label too, and an owner.
pub fn labelled<'a>(objects: impl IntoIterator<Item = &'a Object>, app: &App) -> Inventory {
    objects
        .into_iter()
        .filter(|object| object.label(&app.label) == Some(&app.id) && !has_owner(object))
        .collect()
}

fn has_owner(object: &Object) -> bool {
    let owners = object
        .value()
        .get("metadata")
        .and_then(|metadata| metadata.get("ownerReferences")?.as_array());
    owners.is_some_and(|owners| !owners.is_empty())
}
