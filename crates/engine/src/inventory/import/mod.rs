//! Inventories that other tools have left in a cluster, as pure functions from objects.
//!
//! [`read`] recognises an object that *is* an inventory. Argo CD and kapp mark the objects instead:
//! [`argo::tracked`] and [`kapp::labelled`] pick theirs out of the objects given.

pub mod argo;
pub mod cli_utils;
pub mod flux;
pub mod kapp;
mod mark;

use std::fmt;

use manifest::ResourceKey;
use serde_json::Value;

pub use self::mark::{Mark, mark, still_active};
use super::Inventory;

/// The tool that kept an inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A Flux Kustomization.
    Flux,
    /// A Flux HelmRelease.
    FluxHelm,
    /// An Argo CD Application.
    Argo,
    /// A ConfigMap of cli-utils; GitLab's agent uses these too.
    CliUtils,
    /// A ResourceGroup of cli-utils or Config Sync.
    ResourceGroup,
    /// A ConfigMap of kapp, which lists no objects: they carry its label.
    Kapp,
}

impl Source {
    /// The managers under which the tool's fields are recorded.
    pub fn field_managers(self) -> &'static [&'static str] {
        match self {
            Self::Flux => &["kustomize-controller"],
            Self::FluxHelm => &["helm-controller", "helm"],
            Self::Argo => &["argocd-controller", "argocd-application-controller"],
            Self::CliUtils => &["kubectl", "kubectl-client-side-apply", "agentk"],
            Self::ResourceGroup => &["kubectl", "kubectl-client-side-apply", "configsync", "kpt"],
            Self::Kapp => &["kapp"],
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flux | Self::FluxHelm => "Flux",
            Self::Argo => "Argo CD",
            Self::CliUtils => "cli-utils",
            Self::ResourceGroup => "ResourceGroup",
            Self::Kapp => "kapp",
        })
    }
}

/// Why an inventory of another tool cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The object is no inventory of a known tool.
    #[error("failed to import an inventory from {0}: it is none that is known")]
    NotAnInventory(ResourceKey),
    /// An entry does not have the tool's form.
    #[error("failed to import an inventory from {parent}: entry {entry:?} is not understood")]
    Entry {
        /// The object that holds it.
        parent: ResourceKey,
        /// The entry.
        entry: String,
    },
    /// A part of the object is missing or of another type.
    #[error("failed to import an inventory from {parent}: {field} is missing or not of the expected form")]
    Field {
        /// The object.
        parent: ResourceKey,
        /// Where.
        field: &'static str,
    },
}

/// Reads an object that is an inventory, of whatever tool.
pub fn read(object: &manifest::Object) -> Result<(Source, Inventory), Error> {
    let value = object.value();
    match (object.group(), object.kind()) {
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => Ok((Source::Flux, flux::status(object)?)),
        ("helm.toolkit.fluxcd.io", "HelmRelease") => Ok((Source::FluxHelm, flux::status(object)?)),
        ("argoproj.io", "Application") => Ok((Source::Argo, argo::status(object)?)),
        ("", "ConfigMap") if object.label(cli_utils::INVENTORY_ID).is_some() => {
            Ok((Source::CliUtils, cli_utils::config_map(object)?))
        }
        _ if object.kind() == "ResourceGroup" && value.get("spec").is_some() => {
            Ok((Source::ResourceGroup, cli_utils::resource_group(object)?))
        }
        _ => Err(Error::NotAnInventory(object.key())),
    }
}

/// The `<namespace>_<name>_<group>_<kind>` of cli-utils and Flux, where `__` in a name stands for a colon.
fn underscored(entry: &str) -> Option<ResourceKey> {
    let (namespace, rest) = entry.split_once('_')?;
    let (rest, kind) = rest.rsplit_once('_')?;
    let (name, group) = rest.rsplit_once('_')?;
    let name = name.replace("__", ":");
    let sound = !name.is_empty() && !kind.is_empty() && !name.contains('_');
    sound.then(|| ResourceKey::new(group, kind, namespace, name))
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
