use std::collections::HashMap;

use manifest::{GroupKind, Object};
use serde_json::Value;

/// Built-in kinds that are in no namespace. A kind of a built-in group that is not here is in one.
const CLUSTER_SCOPED: &[(&str, &[&str])] = &[
    ("", &["ComponentStatus", "Namespace", "Node", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenReview"]),
    (
        "authorization.k8s.io",
        &[
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
    ),
    (
        "certificates.k8s.io",
        &["CertificateSigningRequest", "ClusterTrustBundle"],
    ),
    (
        "flowcontrol.apiserver.k8s.io",
        &["FlowSchema", "PriorityLevelConfiguration"],
    ),
    ("networking.k8s.io", &["IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("policy", &["PodSecurityPolicy"]),
    (
        "rbac.authorization.k8s.io",
        &["ClusterRole", "ClusterRoleBinding"],
    ),
    (
        "resource.k8s.io",
        &["DeviceClass", "DeviceTaintRule", "ResourceSlice"],
    ),
    ("scheduling.k8s.io", &["PriorityClass"]),
    (
        "storage.k8s.io",
        &[
            "CSIDriver",
            "CSINode",
            "StorageClass",
            "VolumeAttachment",
            "VolumeAttributesClass",
        ],
    ),
    ("storagemigration.k8s.io", &["StorageVersionMigration"]),
];

const NAMESPACED_GROUPS: &[&str] = &[
    "apps",
    "autoscaling",
    "batch",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
];

/// Which kinds are in namespaces, as far as that is known without a cluster: the built-in ones, and those whose
/// definitions are among the objects.
#[derive(Clone, Debug, Default)]
pub struct Scopes {
    defined: HashMap<GroupKind, bool>,
}

impl Scopes {
    /// Learns from the custom resource definitions in a set.
    pub fn of<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Self {
        let defined = objects.into_iter().filter_map(defined_scope).collect();
        Self { defined }
    }

    /// Whether the definition of this kind is among the objects.
    pub fn defines(&self, kind: &GroupKind) -> bool {
        self.defined.contains_key(kind)
    }

    /// Whether the kind is in namespaces; `None` when only a cluster can tell.
    pub fn is_namespaced(&self, kind: &GroupKind) -> Option<bool> {
        if let Some(namespaced) = self.defined.get(kind) {
            return Some(*namespaced);
        }
        if NAMESPACED_GROUPS.contains(&kind.group.as_str()) {
            return Some(true);
        }
        let (_, cluster_scoped) = CLUSTER_SCOPED.iter().find(|(group, _)| *group == kind.group)?;
        Some(!cluster_scoped.contains(&kind.kind.as_str()))
    }
}

fn defined_scope(object: &Object) -> Option<(GroupKind, bool)> {
    if object.group() != "apiextensions.k8s.io" || object.kind() != "CustomResourceDefinition" {
        return None;
    }
    let spec = object.value().get("spec")?;
    let group = spec.get("group").and_then(Value::as_str)?;
    let kind = spec.pointer("/names/kind").and_then(Value::as_str)?;
    let scope = spec.get("scope").and_then(Value::as_str)?;
    Some((GroupKind::new(group, kind), scope == "Namespaced"))
}

#[cfg(test)]
mod tests {
    use manifest::Origin;
    use serde_json::json;

    use super::*;

    #[test]
    fn built_in_kinds_are_known_and_custom_ones_by_their_definitions() {
        let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.example.com"},
            "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Widget"}}});
        let definition = Object::new(definition, Origin::default()).unwrap();
        let scopes = Scopes::of([&definition]);
        let scope = |group, kind| scopes.is_namespaced(&GroupKind::new(group, kind));
        assert_eq!(scope("", "ConfigMap"), Some(true));
        assert_eq!(scope("", "Namespace"), Some(false));
        assert_eq!(scope("apps", "Deployment"), Some(true));
        assert_eq!(scope("rbac.authorization.k8s.io", "RoleBinding"), Some(true));
        assert_eq!(scope("example.com", "Widget"), Some(false));
        assert_eq!(scope("example.com", "Gadget"), None);
    }
}
