//! Flags that say which deletions are confirmed.

use std::str::FromStr;

use clap::ValueEnum;
use engine::{Confirmation, Propagation, PruneOptions};
use manifest::ResourceKey;

/// What guards deletions, and what was said yes to.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Deleting")]
pub(crate) struct PruneArgs {
    /// Confirm the deletion of an object that is guarded: Namespace/shop, or PersistentVolumeClaim/data:shop with
    /// its namespace; may be given several times.
    #[arg(
        long,
        env = "GLOPS_CONFIRM",
        value_name = "KIND/NAME[:NAMESPACE]",
        value_delimiter = ','
    )]
    confirm: Vec<TypedKey>,
    /// Confirm all deletions, whatever they are.
    #[arg(long, env = "GLOPS_CONFIRM_ALL")]
    confirm_all: bool,
    /// Let an empty set of manifests delete everything.
    #[arg(long, env = "GLOPS_ALLOW_EMPTY")]
    allow_empty: bool,
    /// The largest share of the inventory that may be deleted at once, from 0 to 1.
    #[arg(
        long,
        env = "GLOPS_MAX_PRUNE_SHARE",
        value_name = "SHARE",
        default_value_t = 0.5
    )]
    max_prune_share: f64,
    /// What becomes of the objects that a deleted object owns.
    #[arg(long, env = "GLOPS_CASCADE", value_enum, default_value_t = Cascade::Background)]
    cascade: Cascade,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Cascade {
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

impl PruneArgs {
    pub(crate) fn options(&self) -> PruneOptions {
        PruneOptions {
            max_share: self.max_prune_share,
            allow_empty: self.allow_empty,
            confirmed: match (self.confirm_all, self.confirm.as_slice()) {
                (true, _) => Confirmation::All,
                (false, []) => Confirmation::None,
                (false, objects) => {
                    Confirmation::Objects(objects.iter().map(|object| object.0.clone()).collect())
                }
            },
            propagation: match self.cascade {
                Cascade::Background => Propagation::Background,
                Cascade::Foreground => Propagation::Foreground,
                Cascade::Orphan => Propagation::Orphan,
            },
            ..PruneOptions::default()
        }
    }
}

/// An object as it is typed: `KIND[.GROUP]/NAME[:NAMESPACE]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TypedKey(pub(crate) ResourceKey);

/// Groups that may be left out: those of the kinds that are guarded, and of the inventories of other tools.
const KNOWN_GROUPS: [(&str, &str); 6] = [
    ("Application", "argoproj.io"),
    ("CustomResourceDefinition", "apiextensions.k8s.io"),
    ("HelmRelease", "helm.toolkit.fluxcd.io"),
    ("Kustomization", "kustomize.toolkit.fluxcd.io"),
    ("ResourceGroup", "kpt.dev"),
    ("StatefulSet", "apps"),
];

impl FromStr for TypedKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("{text:?} names no object; write it as Kind/name, or Kind.group/name:namespace");
        let (kind, name) = text.split_once('/').ok_or_else(wrong)?;
        let (kind, group) = kind.split_once('.').unwrap_or_else(|| {
            (
                kind,
                KNOWN_GROUPS
                    .iter()
                    .find(|(known, _)| *known == kind)
                    .map_or("", |(_, group)| group),
            )
        });
        let (name, namespace) = name.split_once(':').unwrap_or((name, ""));
        if kind.is_empty() || name.is_empty() {
            return Err(wrong());
        }
        Ok(Self(ResourceKey::new(group, kind, namespace, name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_as_they_are_typed() {
        let read = |text: &str| text.parse::<TypedKey>().map(|key| key.0);
        assert_eq!(
            read("Namespace/shop"),
            Ok(ResourceKey::new("", "Namespace", "", "shop"))
        );
        assert_eq!(
            read("StatefulSet/db:shop"),
            Ok(ResourceKey::new("apps", "StatefulSet", "shop", "db"))
        );
        assert_eq!(
            read("Widget.example.com/a:b"),
            Ok(ResourceKey::new("example.com", "Widget", "b", "a"))
        );
        assert!(read("shop").is_err() && read("/shop").is_err() && read("Namespace/").is_err());
    }
}
