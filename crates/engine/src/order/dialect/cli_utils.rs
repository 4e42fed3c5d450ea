//! cli-utils (kpt, GitLab's agent, Config Sync): named dependencies, and mutation at apply time, whose
//! sources come first.

use manifest::ResourceKey;
use serde_json::Value;

use super::{Expected, items};

pub(in crate::order) const DEPENDS_ON: &str = "config.kubernetes.io/depends-on";
pub(in crate::order) const MUTATION: &str = "config.kubernetes.io/apply-time-mutation";

/// References `group/Kind/name` and `group/namespaces/namespace/Kind/name`, separated by commas.
pub(in crate::order) fn depends_on(value: &str) -> Result<Vec<ResourceKey>, Expected> {
    let expected = "references like group/Kind/name or group/namespaces/namespace/Kind/name";
    items(value)
        .map(|item| reference(item).ok_or(Expected(expected)))
        .collect()
}

fn reference(text: &str) -> Option<ResourceKey> {
    let fields: Vec<_> = text.split('/').collect();
    let (group, namespace, kind, name) = match fields[..] {
        [group, kind, name] => (group, "", kind, name),
        [group, "namespaces", namespace, kind, name] => (group, namespace, kind, name),
        _ => return None,
    };
    (!kind.is_empty() && !name.is_empty()).then(|| ResourceKey::new(group, kind, namespace, name))
}

/// The objects whose fields are copied in, out of a YAML list of substitutions. A source without a namespace
/// is in the namespace of the object, unless it is cluster-scoped, which only the set can tell.
pub(in crate::order) fn mutation_sources(value: &str, namespace: &str) -> Result<Vec<ResourceKey>, Expected> {
    let problem = || Expected("a list of substitutions, each with a sourceRef");
    let mut documents = yaml::documents(value.as_bytes(), yaml::Reader::V3);
    let document = documents.next().and_then(Result::ok).ok_or_else(problem)?;
    let substitutions = document.value.as_array().ok_or_else(problem)?;
    substitutions
        .iter()
        .map(|substitution| source(substitution, namespace).ok_or_else(problem))
        .collect()
}

fn source(substitution: &Value, namespace: &str) -> Option<ResourceKey> {
    let source = substitution.get("sourceRef")?;
    let text = |field: &str| source.get(field).and_then(Value::as_str);
    let from_version = || {
        text("apiVersion")
            .and_then(|version| version.split_once('/'))
            .map(|(group, _)| group)
    };
    let group = text("group").or_else(from_version).unwrap_or_default();
    Some(ResourceKey::new(
        group,
        text("kind")?,
        text("namespace").unwrap_or(namespace),
        text("name")?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_three_or_five_fields() {
        assert_eq!(
            reference("/namespaces/shop/Pod/web"),
            Some(ResourceKey::new("", "Pod", "shop", "web"))
        );
        assert_eq!(
            reference("rbac.authorization.k8s.io/ClusterRole/admin"),
            Some(ResourceKey::new(
                "rbac.authorization.k8s.io",
                "ClusterRole",
                "",
                "admin"
            ))
        );
        for wrong in [
            "",
            "Pod/web",
            "/Pod/",
            "//web",
            "/namespace/shop/Pod/web",
            "a/b/c/d",
            "a/b/c/d/e/f",
        ] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
    }
}
