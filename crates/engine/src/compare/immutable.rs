//! Fields that the API server refuses to change, for those who may not ask it.

use manifest::ResourceKey;
use serde_json::Value;

/// Which fields of a kind are fixed.
enum Fixed {
    /// These.
    Fields(&'static [&'static str]),
    /// Everything in `spec` but these.
    SpecBut(&'static [&'static str]),
}

const RULES: &[(&str, &str, Fixed)] = &[
    ("apps", "Deployment", Fixed::Fields(&["/spec/selector"])),
    ("apps", "DaemonSet", Fixed::Fields(&["/spec/selector"])),
    ("apps", "ReplicaSet", Fixed::Fields(&["/spec/selector"])),
    (
        "apps",
        "StatefulSet",
        Fixed::SpecBut(&[
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ]),
    ),
    (
        "batch",
        "Job",
        Fixed::Fields(&[
            "/spec/selector",
            "/spec/template",
            "/spec/completionMode",
            "/spec/podFailurePolicy",
        ]),
    ),
    (
        "",
        "PersistentVolumeClaim",
        Fixed::SpecBut(&["resources", "volumeAttributesClassName"]),
    ),
    ("", "Secret", Fixed::Fields(&["/type"])),
    (
        "rbac.authorization.k8s.io",
        "RoleBinding",
        Fixed::Fields(&["/roleRef"]),
    ),
    (
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        Fixed::Fields(&["/roleRef"]),
    ),
    (
        "storage.k8s.io",
        "StorageClass",
        Fixed::Fields(&[
            "/provisioner",
            "/parameters",
            "/reclaimPolicy",
            "/volumeBindingMode",
        ]),
    ),
    (
        "scheduling.k8s.io",
        "PriorityClass",
        Fixed::Fields(&["/value", "/preemptionPolicy"]),
    ),
    (
        "networking.k8s.io",
        "IngressClass",
        Fixed::Fields(&["/spec/controller"]),
    ),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        Fixed::Fields(&[
            "/spec/group",
            "/spec/scope",
            "/spec/names/kind",
            "/spec/names/plural",
        ]),
    ),
];

/// The fixed fields that differ, as the server would name them.
pub(super) fn changed(key: &ResourceKey, live: &Value, after: &Value) -> Vec<String> {
    let differs = |pointer: &str| live.pointer(pointer) != after.pointer(pointer);
    let is_frozen = live.get("immutable") == Some(&Value::Bool(true));
    if is_frozen && key.group.is_empty() && matches!(&*key.kind, "ConfigMap" | "Secret") {
        return named(
            ["/data", "/binaryData", "/immutable"]
                .into_iter()
                .filter(|field| differs(field)),
        );
    }
    let Some((.., fixed)) = RULES
        .iter()
        .find(|(group, kind, _)| *group == key.group && *kind == key.kind)
    else {
        return Vec::new();
    };
    match fixed {
        Fixed::Fields(fields) => named(fields.iter().copied().filter(|field| differs(field))),
        Fixed::SpecBut(free) => {
            let spec = |object: &Value| {
                let mut spec = object.get("spec").cloned().unwrap_or_default();
                if let Some(spec) = spec.as_object_mut() {
                    spec.retain(|name, _| !free.contains(&name.as_str()));
                }
                spec
            };
            if spec(live) == spec(after) {
                Vec::new()
            } else {
                vec!["spec".to_owned()]
            }
        }
    }
}

fn named<'a>(pointers: impl Iterator<Item = &'a str>) -> Vec<String> {
    pointers
        .map(|pointer| pointer.trim_start_matches('/').replace('/', "."))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tells_fixed_fields_from_free_ones() {
        let job = ResourceKey::new("batch", "Job", "shop", "a");
        let live = json!({"spec": {"template": {"a": 1}, "parallelism": 1}});
        let free = json!({"spec": {"template": {"a": 1}, "parallelism": 2}});
        let fixed = json!({"spec": {"template": {"a": 2}, "parallelism": 1}});
        assert!(changed(&job, &live, &free).is_empty());
        assert_eq!(changed(&job, &live, &fixed), ["spec.template"]);
        let set = ResourceKey::new("apps", "StatefulSet", "shop", "a");
        let live = json!({"spec": {"serviceName": "a", "replicas": 1}});
        assert!(changed(&set, &live, &json!({"spec": {"serviceName": "a", "replicas": 2}})).is_empty());
        assert_eq!(
            changed(&set, &live, &json!({"spec": {"serviceName": "b", "replicas": 1}})),
            ["spec"]
        );
        let map = ResourceKey::new("", "ConfigMap", "shop", "a");
        let frozen = json!({"immutable": true, "data": {"a": "1"}});
        assert_eq!(
            changed(&map, &frozen, &json!({"immutable": true, "data": {"a": "2"}})),
            ["data"]
        );
    }
}
