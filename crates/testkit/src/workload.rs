//! Many objects of many kinds, to measure and to compare with: of each hundred objects 60 ConfigMaps of 1.2 KiB, 10 Secrets, 10 Services, 10 Deployments,
//! 5 of ServiceAccount, Role and RoleBinding, 5 of Ingress, NetworkPolicy, PodDisruptionBudget and CronJob.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// Which version of the workload.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// How many objects, namespaces not counted.
    pub objects: usize,
    /// Over how many namespaces they are spread.
    pub namespaces: usize,
    /// Each further revision changes ten objects.
    pub revision: usize,
    /// Leaves out every tenth object.
    pub pruned: bool,
    /// ConfigMaps alone.
    pub config_maps: bool,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            objects: 1000,
            namespaces: 10,
            revision: 1,
            pruned: false,
            config_maps: false,
        }
    }
}

impl Workload {
    /// The objects, their namespaces first.
    pub fn build(self) -> Vec<Value> {
        let namespaces = (0..self.namespaces).map(|index| {
            let metadata = json!({"name": namespace(index), "labels": {"bench": "engine"}});
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        });
        let kept = (0..self.objects).filter(|index| !(self.pruned && (index + index / 10) % 10 == 7));
        namespaces.chain(kept.map(|index| self.object(index))).collect()
    }

    /// The same without every tenth object.
    #[must_use]
    pub fn without_a_tenth(self) -> Self {
        Self { pruned: true, ..self }
    }

    /// Namespace and name of the ConfigMaps that somebody edits.
    pub fn edited(self) -> Vec<(String, String)> {
        let tenth = self.objects / 10;
        // the first slot of a ten is a ConfigMap in the first six tenths of each hundred
        let candidates = (0..10).map(|part| part * tenth + part % 6 * 10 + part % 10);
        let maps = candidates.filter(|index| slot(*index) < 60);
        maps.map(|index| (namespace(index % self.namespaces), name(index)))
            .collect()
    }

    fn object(self, index: usize) -> Value {
        let tenth = self.objects / 10;
        let changes = index % tenth == 11 * (index / tenth) % tenth;
        let revision = if changes { self.revision } else { 1 };
        let slot = if self.config_maps { 0 } else { slot(index) };
        let mut object = body(slot, &name(index), index, revision);
        object["metadata"] = json!({
            "name": name(index),
            "namespace": namespace(index % self.namespaces),
            "labels": {"app.kubernetes.io/name": name(index), "app.kubernetes.io/part-of": "bench"},
            "annotations": {"bench.example.com/revision": revision.to_string()},
        });
        if self.config_maps {
            // Argo CD's cache keeps whole what carries its mark
            let mark = format!(
                "bench:/ConfigMap:{}/{}",
                namespace(index % self.namespaces),
                name(index)
            );
            object["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = mark.into();
        }
        object
    }
}

/// Scatters the kinds, so that every namespace has all of them.
fn slot(index: usize) -> usize {
    index / 10 % 10 * 10 + (index * 7 + index / 100) % 10
}

fn name(index: usize) -> String {
    format!("app-{index:05}")
}

fn namespace(index: usize) -> String {
    format!("bench-{index:02}")
}

fn body(slot: usize, name: &str, index: usize, revision: usize) -> Value {
    let selector = json!({"app.kubernetes.io/name": name});
    match slot {
        0..60 => config_map(index, revision),
        60..70 => json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {
            "user": BASE64_STANDARD.encode(name),
            "pass": BASE64_STANDARD.encode(format!("{revision}x").repeat(32)),
        }}),
        70..80 => json!({"apiVersion": "v1", "kind": "Service", "spec": {"selector": selector, "ports": [
            {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"},
            {"name": "metrics", "port": 9000 + revision, "targetPort": 9090, "protocol": "TCP"},
        ]}}),
        80..90 => deployment(name, &selector, revision),
        90..95 => access(slot),
        _ => other(slot, name, &selector, revision),
    }
}

fn config_map(index: usize, revision: usize) -> Value {
    let mut data = json!({"revision": revision.to_string(), "drift": "declared"});
    for key in 0..8 {
        data[format!("key-{key}")] = format!("{index:05}-{key} ").repeat(13).into();
    }
    json!({"apiVersion": "v1", "kind": "ConfigMap", "data": data})
}

fn deployment(name: &str, selector: &Value, revision: usize) -> Value {
    let container = |container: &str, port: u16| {
        json!({
            "name": container,
            "image": format!("registry.example.com/{container}:1.2.{revision}"),
            "ports": [{"name": format!("p-{container}"), "containerPort": port, "protocol": "TCP"}],
            "env": [{"name": "REVISION", "value": revision.to_string()}, {"name": "NAME", "value": name}],
            "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": port}, "periodSeconds": 5},
        })
    };
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {
        "replicas": 1,
        "selector": {"matchLabels": selector},
        "template": {
            "metadata": {"labels": selector},
            "spec": {"containers": [container("main", 8080), container("sidecar", 8081)]},
        },
    }})
}

fn access(slot: usize) -> Value {
    match slot % 3 {
        0 => json!({"apiVersion": "v1", "kind": "ServiceAccount"}),
        1 => json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": [
            {"apiGroups": [""], "resources": ["configmaps", "secrets"], "verbs": ["get", "list", "watch"]},
        ]}),
        _ => json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
        }),
    }
}

fn other(slot: usize, name: &str, selector: &Value, revision: usize) -> Value {
    match slot % 4 {
        0 => json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": {"rules": [{
            "host": format!("{name}.example.com"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {
                "service": {"name": name, "port": {"name": "http"}},
            }}]},
        }]}}),
        1 => json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": {
            "podSelector": {"matchLabels": selector},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"podSelector": {}}]}],
        }}),
        2 => json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {
            "minAvailable": 1,
            "selector": {"matchLabels": selector},
        }}),
        _ => json!({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {
            "schedule": "0 3 * * *",
            "suspend": true,
            "jobTemplate": {"spec": {"template": {"spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "job", "image": format!("registry.example.com/job:1.{revision}")}],
            }}}},
        }}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_have_their_shares() {
        let objects = Workload::default().build();
        let count = |kind: &str| objects.iter().filter(|object| object["kind"] == kind).count();
        assert_eq!(
            (objects.len(), count("ConfigMap"), count("Secret")),
            (1010, 600, 100)
        );
        assert_eq!(
            (count("Service"), count("Deployment"), count("Namespace")),
            (100, 100, 10)
        );
    }

    #[test]
    fn a_revision_changes_ten_and_pruning_takes_a_tenth() {
        let (before, after) = (
            Workload::default().build(),
            Workload {
                revision: 2,
                ..Workload::default()
            }
            .build(),
        );
        assert_eq!(
            before
                .iter()
                .zip(&after)
                .filter(|(one, other)| one != other)
                .count(),
            10
        );
        assert_eq!(
            Workload {
                pruned: true,
                ..Workload::default()
            }
            .build()
            .len(),
            910
        );
    }

    #[test]
    fn ten_config_maps_are_edited() {
        let objects = Workload::default().build();
        let edited = Workload::default().edited();
        assert_eq!(edited.len(), 10);
        for (namespace, name) in edited {
            let found = objects.iter().find(|object| {
                object["kind"] == "ConfigMap"
                    && object["metadata"]["name"] == name
                    && object["metadata"]["namespace"] == namespace
            });
            assert!(found.is_some(), "{namespace}/{name}");
        }
    }
}
