//! What an object names in its spec: the ConfigMaps, Secrets, accounts, claims, roles and classes without
//! which the API server or the kubelet could not make use of it.

use manifest::{Object, ResourceKey};
use serde_json::Value;

use super::graph::{Reason, Until};
use super::subject::{KeyRef, Subject};

/// A name found in a spec.
pub(super) struct Reference<'a> {
    pub(super) to: KeyRef<'a>,
    pub(super) until: Until,
    pub(super) reason: Reason,
}

/// A field that holds the name of a cluster-scoped object, by the kind that has it.
struct NamingField {
    group: &'static str,
    kind: &'static str,
    path: &'static [&'static str],
    target: (&'static str, &'static str),
}

const NAMING_FIELDS: &[NamingField] = &[
    field(
        "networking.k8s.io",
        "Ingress",
        &["spec", "ingressClassName"],
        ("networking.k8s.io", "IngressClass"),
    ),
    field(
        "",
        "PersistentVolumeClaim",
        &["spec", "storageClassName"],
        ("storage.k8s.io", "StorageClass"),
    ),
    field(
        "",
        "PersistentVolumeClaim",
        &["spec", "volumeAttributesClassName"],
        ("storage.k8s.io", "VolumeAttributesClass"),
    ),
    field(
        "",
        "PersistentVolumeClaim",
        &["spec", "volumeName"],
        ("", "PersistentVolume"),
    ),
    field(
        "",
        "PersistentVolume",
        &["spec", "storageClassName"],
        ("storage.k8s.io", "StorageClass"),
    ),
    field(
        "gateway.networking.k8s.io",
        "Gateway",
        &["spec", "gatewayClassName"],
        ("gateway.networking.k8s.io", "GatewayClass"),
    ),
    field(
        "snapshot.storage.k8s.io",
        "VolumeSnapshot",
        &["spec", "volumeSnapshotClassName"],
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ),
    field(
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding",
        &["spec", "policyName"],
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ),
    field(
        "admissionregistration.k8s.io",
        "MutatingAdmissionPolicyBinding",
        &["spec", "policyName"],
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ),
];

const fn field(
    group: &'static str,
    kind: &'static str,
    path: &'static [&'static str],
    target: (&'static str, &'static str),
) -> NamingField {
    NamingField {
        group,
        kind,
        path,
        target,
    }
}

/// The keys of what an object names in its spec.
pub(crate) fn uses(object: &Object) -> Vec<ResourceKey> {
    let mut found = Vec::new();
    collect(&Subject::of(object), &mut found);
    found
        .into_iter()
        .map(|reference| {
            let (group, kind, namespace, name) = reference.to;
            ResourceKey::new(group, kind, namespace, name)
        })
        .collect()
}

/// Appends the references of a subject.
pub(super) fn collect<'a>(subject: &Subject<'a>, found: &mut Vec<Reference<'a>>) {
    let Some(object) = subject.object else { return };
    let value = object.value();
    for naming in NAMING_FIELDS {
        if subject.is(naming.group, naming.kind)
            && let Some(name) = text_at(value, naming.path)
        {
            found.push(class(naming.target, name));
        }
    }
    match (subject.group, subject.kind) {
        ("", "ServiceAccount") => secrets_of_account(value, subject.namespace, found),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            role(value, subject.namespace, found);
        }
        ("networking.k8s.io", "Ingress") => {
            for name in names(value, &["spec", "tls"], "secretName") {
                found.push(in_namespace("Secret", subject.namespace, name, Until::Settled));
            }
        }
        ("cluster.x-k8s.io", "Cluster") => cluster_class(value, subject.namespace, found),
        _ => {}
    }
    if let Some(pod) = pod_spec(subject) {
        pod_references(pod, subject.namespace, found);
    }
    for template in list_at(value, &["spec", "volumeClaimTemplates"]) {
        if let Some(name) = text_at(template, &["spec", "storageClassName"]) {
            found.push(class(("storage.k8s.io", "StorageClass"), name));
        }
    }
}

/// The name of the service account that the pods of a subject run as, when it has pods.
pub(super) fn service_account<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    let pod = pod_spec(subject)?;
    Some(
        text_at(pod, &["serviceAccountName"])
            .or_else(|| text_at(pod, &["serviceAccount"]))
            .unwrap_or("default"),
    )
}

/// The pod spec of a subject: its own, its template's, or its job template's, whatever the kind.
fn pod_spec<'a>(subject: &Subject<'a>) -> Option<&'a Value> {
    let spec = subject.spec()?;
    if subject.is("", "Pod") {
        return Some(spec);
    }
    let template = spec
        .get("template")
        .or_else(|| spec.get("jobTemplate")?.get("spec")?.get("template"))?;
    template.get("spec").filter(|pod| pod.get("containers").is_some())
}

fn pod_references<'a>(pod: &'a Value, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    let account = text_at(pod, &["serviceAccountName"]).or_else(|| text_at(pod, &["serviceAccount"]));
    found.extend(account.map(|name| in_namespace("ServiceAccount", namespace, name, Until::Applied)));
    found
        .extend(text_at(pod, &["runtimeClassName"]).map(|name| class(("node.k8s.io", "RuntimeClass"), name)));
    found.extend(
        text_at(pod, &["priorityClassName"]).map(|name| class(("scheduling.k8s.io", "PriorityClass"), name)),
    );
    for name in names(pod, &["imagePullSecrets"], "name") {
        found.push(in_namespace("Secret", namespace, name, Until::Settled));
    }
    for volume in list_at(pod, &["volumes"]) {
        volume_references(volume, namespace, found);
    }
    for containers in ["initContainers", "containers"] {
        for container in list_at(pod, &[containers]) {
            container_references(container, namespace, found);
        }
    }
}

fn volume_references<'a>(volume: &'a Value, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    found.extend(named(volume, "configMap", "name", "ConfigMap", namespace));
    found.extend(named(volume, "secret", "secretName", "Secret", namespace));
    found.extend(named(
        volume,
        "persistentVolumeClaim",
        "claimName",
        "PersistentVolumeClaim",
        namespace,
    ));
    for source in list_at(volume, &["projected", "sources"]) {
        found.extend(named(source, "configMap", "name", "ConfigMap", namespace));
        found.extend(named(source, "secret", "name", "Secret", namespace));
    }
}

fn container_references<'a>(container: &'a Value, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    for source in list_at(container, &["envFrom"]) {
        found.extend(named(source, "configMapRef", "name", "ConfigMap", namespace));
        found.extend(named(source, "secretRef", "name", "Secret", namespace));
    }
    for source in list_at(container, &["env"]).filter_map(|variable| variable.get("valueFrom")) {
        found.extend(named(source, "configMapKeyRef", "name", "ConfigMap", namespace));
        found.extend(named(source, "secretKeyRef", "name", "Secret", namespace));
    }
}

fn secrets_of_account<'a>(value: &'a Value, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    for list in ["secrets", "imagePullSecrets"] {
        for name in names(value, &[list], "name") {
            found.push(in_namespace("Secret", namespace, name, Until::Settled));
        }
    }
}

fn role<'a>(value: &'a Value, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    let (Some(kind), Some(name)) = (
        text_at(value, &["roleRef", "kind"]),
        text_at(value, &["roleRef", "name"]),
    ) else {
        return;
    };
    let namespace = if kind == "Role" { namespace } else { "" };
    let to = ("rbac.authorization.k8s.io", kind, namespace, name);
    found.push(Reference {
        to,
        until: Until::Applied,
        reason: Reason::Reference,
    });
}

fn cluster_class<'a>(value: &'a Value, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    let Some(topology) = at(value, &["spec", "topology"]) else {
        return;
    };
    let name = text_at(topology, &["class"]).or_else(|| text_at(topology, &["classRef", "name"]));
    let namespace = text_at(topology, &["classNamespace"])
        .or_else(|| text_at(topology, &["classRef", "namespace"]))
        .unwrap_or(namespace);
    found.extend(name.map(|name| Reference {
        to: ("cluster.x-k8s.io", "ClusterClass", namespace, name),
        until: Until::Applied,
        reason: Reason::Class,
    }));
}

/// `{field: {name_field: …}}` as a reference; an optional one orders, but its failure holds nobody up.
fn named<'a>(
    holder: &'a Value,
    field: &str,
    name_field: &str,
    kind: &'static str,
    namespace: &'a str,
) -> Option<Reference<'a>> {
    let source = holder.get(field)?;
    let optional = source.get("optional").and_then(Value::as_bool).unwrap_or(false);
    let until = if optional { Until::Settled } else { Until::Applied };
    Some(in_namespace(
        kind,
        namespace,
        source.get(name_field)?.as_str()?,
        until,
    ))
}

fn in_namespace<'a>(kind: &'static str, namespace: &'a str, name: &'a str, until: Until) -> Reference<'a> {
    Reference {
        to: ("", kind, namespace, name),
        until,
        reason: Reason::Reference,
    }
}

fn class<'a>((group, kind): (&'static str, &'static str), name: &'a str) -> Reference<'a> {
    Reference {
        to: (group, kind, "", name),
        until: Until::Applied,
        reason: Reason::Class,
    }
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, field| value.get(field))
}

fn text_at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path)?.as_str().filter(|text| !text.is_empty())
}

fn list_at<'a>(value: &'a Value, path: &[&str]) -> impl Iterator<Item = &'a Value> {
    at(value, path).and_then(Value::as_array).into_iter().flatten()
}

fn names<'a>(value: &'a Value, path: &[&str], field: &'static str) -> impl Iterator<Item = &'a str> {
    list_at(value, path).filter_map(move |item| item.get(field)?.as_str())
}
