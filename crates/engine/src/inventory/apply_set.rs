//! The labels and annotations of an ApplySet (KEP-3659), by which any tool can find the members of a set and
//! watches can be narrowed to them.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use manifest::ResourceKey;
use sha2::{Digest as _, Sha256};

use super::Inventory;

/// Label of a member: the id of its set.
pub const PART_OF: &str = "applyset.kubernetes.io/part-of";
/// Label of the parent: the id of its set.
pub const ID: &str = "applyset.kubernetes.io/id";
/// Annotation of the parent: which tool keeps it.
pub const TOOLING: &str = "applyset.kubernetes.io/tooling";
/// Annotation of the parent: the kinds of its members.
pub const CONTAINS_GROUP_KINDS: &str = "applyset.kubernetes.io/contains-group-kinds";
/// Annotation of the parent: the namespaces of its members other than its own.
pub const ADDITIONAL_NAMESPACES: &str = "applyset.kubernetes.io/additional-namespaces";

/// The id of the set whose parent has this key.
pub fn id(parent: &ResourceKey) -> String {
    let ResourceKey {
        group,
        kind,
        namespace,
        name,
    } = parent;
    let digest = Sha256::digest(format!("{name}.{namespace}.{kind}.{group}"));
    format!("applyset-{}-v1", URL_SAFE_NO_PAD.encode(digest))
}

/// The annotations of a parent that has these members; `tooling` is `<name>/<version>`.
pub fn annotations(
    parent: &ResourceKey,
    members: &Inventory,
    tooling: &str,
) -> BTreeMap<&'static str, String> {
    let kinds: BTreeSet<String> = members.keys().map(|key| key.group_kind().to_string()).collect();
    let elsewhere = |namespace: &&str| !namespace.is_empty() && *namespace != parent.namespace;
    let namespaces: BTreeSet<&str> = members
        .keys()
        .map(|key| key.namespace.as_str())
        .filter(elsewhere)
        .collect();
    BTreeMap::from([
        (TOOLING, tooling.to_owned()),
        (CONTAINS_GROUP_KINDS, joined(kinds.iter().map(String::as_str))),
        (ADDITIONAL_NAMESPACES, joined(namespaces.into_iter())),
    ])
}

fn joined<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::ResourceRef;

    #[test]
    fn the_id_is_the_one_that_kubectl_computes() {
        let parent = ResourceKey::new("", "Secret", "test", "my-set");
        assert_eq!(
            id(&parent),
            "applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1"
        );
    }

    #[test]
    fn the_parent_lists_kinds_and_other_namespaces() {
        let parent = ResourceKey::new("", "Secret", "shop", "web");
        let members: Inventory = [
            ("apps", "Deployment", "shop"),
            ("", "Namespace", ""),
            ("", "ConfigMap", "data"),
        ]
        .map(|(group, kind, namespace)| ResourceRef::new(ResourceKey::new(group, kind, namespace, "a"), "v1"))
        .into_iter()
        .collect();
        let annotations = annotations(&parent, &members, "glops/v1");
        assert_eq!(
            annotations[CONTAINS_GROUP_KINDS],
            "ConfigMap,Deployment.apps,Namespace"
        );
        assert_eq!(annotations[ADDITIONAL_NAMESPACES], "data");
    }
}
