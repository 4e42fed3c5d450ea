//! The kinds that are applied, and what can stand in them.

use serde_json::{Value, json};

/// A kind in one version.
pub(crate) struct Kind {
    pub(crate) api_version: &'static str,
    pub(crate) name: &'static str,
    pub(crate) plural: &'static str,
    /// Fields of the object but for its metadata, as [`Random::vary`](crate::random::Random::vary) reads them.
    pub(crate) template: Value,
    /// Whether it has a `scale` subresource.
    pub(crate) scales: bool,
    /// What its `status` may be; null when it has none.
    pub(crate) status: Value,
}

impl Kind {
    fn new(api_version: &'static str, name: &'static str, plural: &'static str, template: Value) -> Self {
        Self {
            api_version,
            name,
            plural,
            template,
            scales: false,
            status: Value::Null,
        }
    }

    fn with_status(self, status: Value) -> Self {
        Self { status, ..self }
    }

    fn with_scale(self) -> Self {
        Self { scales: true, ..self }
    }
}

/// All kinds, each with the versions in which it is served, the one that is written most first.
pub(crate) fn kinds() -> Vec<Vec<Kind>> {
    let mut kinds = vec![
        vec![deployment()],
        vec![deployment()],
        vec![deployment()],
        vec![widget("test.glops.dev/v1"), widget("test.glops.dev/v1beta1")],
        vec![widget("test.glops.dev/v1beta1"), widget("test.glops.dev/v1")],
        vec![service()],
        services_of_all_types(),
        vec![stateful_set()],
        vec![daemon_set()],
        vec![job()],
        vec![cron_job()],
        vec![autoscaler(), autoscaler_v1()],
    ];
    kinds.extend(configuration().into_iter().map(|kind| vec![kind]));
    kinds.extend(policies().into_iter().map(|kind| vec![kind]));
    kinds
}

/// The definition of the custom resource: all types of lists and maps, in two versions.
pub(crate) fn definition() -> Value {
    let list =
        |kind: &str, items: Value| json!({"type": "array", "x-kubernetes-list-type": kind, "items": items});
    let text = || json!({"type": "string"});
    let item = json!({"type": "object", "required": ["key"], "properties": {
        "key": text(), "proto": {"type": "string", "default": "TCP"}, "value": {"type": "integer"},
        "extra": {"type": "object", "additionalProperties": text()}}});
    let mut keyed = list("map", item);
    keyed["x-kubernetes-list-map-keys"] = json!(["key", "proto"]);
    let mut named = list(
        "map",
        json!({"type": "object", "required": ["name"], "properties": {"name": text(), "v": {"type": "integer"}}}),
    );
    named["x-kubernetes-list-map-keys"] = json!(["name"]);
    let free = || json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    let spec = json!({"type": "object", "properties": {
        "size": {"type": "integer", "default": 1}, "mode": {"type": "string", "default": "auto"},
        "note": {"type": "string", "nullable": true}, "port": {"x-kubernetes-int-or-string": true},
        "setList": list("set", text()), "atomicList": list("atomic", json!({"type": "integer"})),
        "plainList": {"type": "array", "items": free()}, "mapList": keyed, "free": free(),
        "granular": {"type": "object", "x-kubernetes-map-type": "granular", "additionalProperties": text()},
        "atomicMap": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": text()},
        "template": {"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true},
        "nested": {"type": "object", "properties": {"inner": {"type": "object", "properties": {"a": {"type": "integer"}, "list": named}}}}}});
    let version = |name: &str, stored: bool| {
        json!({"name": name, "served": true, "storage": stored, "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec.clone(), "status": free()}}}})
    };
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.test.glops.dev"},
        "spec": {"group": "test.glops.dev", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [version("v1", true), version("v1beta1", false)]}})
}

fn widget(api_version: &'static str) -> Kind {
    let template = json!({"spec+": {
        "size": 3, "mode": "manual", "note": "n", "port": 80, "setList": ["a", "b", "c"], "atomicList": [1, 2],
        "plainList": [{"a": 1}, {"b": "x"}], "free": {"a": {"b": [1, {"c": "d"}], "e": "f"}, "g": 1},
        "granular": {"a": "1", "b": "2"}, "atomicMap": {"a": "1", "b": "2"},
        "mapList": [{"key!": "a", "value": 1}, {"key!": "a", "proto!": "UDP", "value": 2},
            {"key!": "b", "proto": "TCP", "extra": {"x": "1", "y": "2"}}],
        "template": {"apiVersion!": "v1", "kind!": "ConfigMap", "metadata!": {"name": "t"}, "data": {"a": "b"}},
        "nested": {"inner": {"a": 1, "list": [{"name!": "a", "v": 1}, {"name!": "b", "v": 2}]}}}});
    Kind::new(api_version, "Widget", "widgets", template)
        .with_status(json!({"phase": "Ready", "seen": [1, 2]}))
}

fn pod_spec() -> Value {
    let container = |name: &str| {
        json!({"name!": name, "image+": "nginx:1.25", "args": ["--a", "--b"], "command": ["run"],
            "env": [{"name!": "A", "value": "1"}, {"name!": "B", "value": "2"},
                {"name!": "C", "valueFrom!": {"fieldRef": {"fieldPath": "metadata.name"}}}],
            "envFrom": [{"configMapRef!": {"name": "c"}}],
            "ports": [{"containerPort!": 80, "name": "http"}, {"containerPort!": 443, "protocol": "TCP"},
                {"containerPort!": 53, "protocol!": "UDP"}],
            "resources": {"limits": {"cpu": "500m", "memory": "128Mi"}, "requests": {"cpu": "0.5"}},
            "livenessProbe": {"httpGet!": {"path": "/", "port": 80}, "periodSeconds": 5},
            "readinessProbe": {"exec!": {"command": ["true"]}, "failureThreshold": 2},
            "lifecycle": {"preStop!": {"exec": {"command": ["sleep", "1"]}}},
            "volumeMounts": [{"name!": "v", "mountPath!": "/v", "readOnly": true}, {"name!": "c", "mountPath!": "/c"}],
            "securityContext": {"runAsNonRoot": true, "capabilities": {"drop": ["ALL"]}},
            "imagePullPolicy!": "Always", "workingDir": "/tmp", "tty": false})
    };
    json!({"containers+": [container("web"), container("side")], "initContainers": [container("init")],
        "volumes!": [{"name": "v", "emptyDir": {}}, {"name": "c", "configMap": {"name": "c"}}],
        "nodeSelector": {"disk": "ssd", "zone": "a"}, "serviceAccountName": "runner", "priorityClassName": "high",
        "tolerations": [{"key!": "k", "operator!": "Exists"}, {"key!": "l", "operator!": "Equal", "value": "v"}],
        "terminationGracePeriodSeconds": 20, "hostNetwork": false, "enableServiceLinks": true,
        "imagePullSecrets": [{"name!": "p"}, {"name!": "q"}], "securityContext": {"fsGroup": 1, "runAsUser": 5},
        "topologySpreadConstraints": [{"maxSkew!": 1, "topologyKey!": "zone", "whenUnsatisfiable!": "DoNotSchedule",
            "labelSelector!": {"matchLabels": {"app": "a"}}}],
        "hostAliases": [{"ip!": "10.0.0.1", "hostnames": ["a", "b"]}],
        "affinity": {"podAntiAffinity!": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1,
            "podAffinityTerm": {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "a"}}}}]}}})
}

fn pod_template(more: &[(&str, Value)]) -> Value {
    let mut spec = pod_spec();
    for (name, value) in more {
        spec[*name] = value.clone();
    }
    json!({"metadata+": {"labels!": {"app": "a"}, "annotations": {"x": "1", "y": "2"}}, "spec+": spec})
}

fn deployment() -> Kind {
    let template = json!({"spec+": {"replicas": 2, "selector!": {"matchLabels": {"app": "a"}}, "minReadySeconds": 1,
        "strategy": {"type!": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "revisionHistoryLimit": 3, "paused": true, "template+": pod_template(&[])}});
    Kind::new("apps/v1", "Deployment", "deployments", template)
        .with_scale()
        .with_status(json!({"replicas": 1, "conditions": [{"type": "Available", "status": "True"}]}))
}

fn stateful_set() -> Kind {
    let template = json!({"spec+": {"replicas": 2, "selector!": {"matchLabels": {"app": "a"}}, "serviceName!": "s",
        "podManagementPolicy!": "Parallel", "updateStrategy": {"type!": "RollingUpdate", "rollingUpdate": {"partition": 1}},
        "volumeClaimTemplates!": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}}}],
        "template+": pod_template(&[])}});
    Kind::new("apps/v1", "StatefulSet", "statefulsets", template)
        .with_scale()
        .with_status(json!({"replicas": 1}))
}

fn daemon_set() -> Kind {
    let template = json!({"spec+": {"selector!": {"matchLabels": {"app": "a"}}, "minReadySeconds": 1,
        "updateStrategy": {"type!": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}},
        "template+": pod_template(&[])}});
    Kind::new("apps/v1", "DaemonSet", "daemonsets", template)
}

fn job() -> Kind {
    let mut template = pod_template(&[("restartPolicy!", json!("Never"))]);
    template["metadata+"] = json!({"annotations": {"x": "1"}});
    let template = json!({"spec+": {"backoffLimit": 3, "activeDeadlineSeconds": 60, "parallelism": 2,
        "ttlSecondsAfterFinished": 10, "suspend!": true, "template+": template}});
    Kind::new("batch/v1", "Job", "jobs", template)
}

fn cron_job() -> Kind {
    let template = json!({"spec+": {"schedule+": "*/5 * * * *", "suspend": true, "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 2, "startingDeadlineSeconds": 10,
        "jobTemplate+": {"metadata": {"labels": {"a": "b"}},
            "spec+": {"backoffLimit": 3, "template+": pod_template(&[("restartPolicy!", json!("OnFailure"))])}}}});
    Kind::new("batch/v1", "CronJob", "cronjobs", template)
        .with_status(json!({"lastScheduleTime": "2026-01-01T00:00:00Z"}))
}

fn service() -> Kind {
    let template = json!({"spec+": {"selector": {"app": "a", "tier": "b"}, "type": "ClusterIP", "sessionAffinity!": "None",
        "ports+": [{"port!": 80, "name!": "http", "targetPort": 8080}, {"port!": 53, "name!": "dns", "protocol!": "UDP", "targetPort": "dns"},
            {"port!": 443, "name!": "https", "protocol": "TCP", "appProtocol": "https"}],
        "externalIPs": ["10.1.1.1"], "publishNotReadyAddresses": true, "internalTrafficPolicy!": "Cluster"}});
    Kind::new("v1", "Service", "services", template)
        .with_status(json!({"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}))
}

/// One kind, so that what is created as one type is written as another.
fn services_of_all_types() -> Vec<Kind> {
    let of_type = |of: &str| {
        let mut kind = service();
        if let Some(spec) = kind.template["spec+"].as_object_mut() {
            spec.remove("type");
            // what an ExternalName stores of it is not shown
            spec.remove("internalTrafficPolicy!");
            spec.insert("type!".to_owned(), of.into());
            spec.insert("externalName".to_owned(), "a.example.com".into());
            spec.insert("externalTrafficPolicy".to_owned(), "Local".into());
        }
        kind
    };
    let types = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"];
    types.into_iter().map(of_type).collect()
}

fn autoscaler() -> Kind {
    let metric = |name: &str, value: u8| json!({"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": value}}});
    let template = json!({"spec+": {"minReplicas": 2, "maxReplicas+": 5,
        "scaleTargetRef!": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
        "metrics!": [metric("cpu", 50), metric("memory", 70)],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60, "policies!": [{"type": "Pods", "value": 1, "periodSeconds": 30}]}}}});
    Kind::new(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        template,
    )
    .with_status(json!({"currentReplicas": 1, "desiredReplicas": 2}))
}

fn autoscaler_v1() -> Kind {
    let template = json!({"spec+": {"minReplicas": 2, "maxReplicas+": 5, "targetCPUUtilizationPercentage": 50,
        "scaleTargetRef!": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}}});
    Kind::new(
        "autoscaling/v1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        template,
    )
}

fn configuration() -> Vec<Kind> {
    vec![
        Kind::new("v1", "ConfigMap", "configmaps",
            json!({"data": {"a": "1", "b": "2", "c.d/e": "x"}, "binaryData": {"x!": "AAEC"}})),
        Kind::new("v1", "Secret", "secrets",
            json!({"type!": "Opaque", "data": {"a!": "MQ==", "b!": "Mg=="}, "stringData": {"c": "3", "a": "4"}})),
        Kind::new("v1", "ServiceAccount", "serviceaccounts",
            json!({"secrets": [{"name!": "a"}, {"name!": "b"}], "imagePullSecrets": [{"name!": "p"}, {"name!": "q"}],
                "automountServiceAccountToken": false})),
        Kind::new("v1", "PersistentVolumeClaim", "persistentvolumeclaims",
            json!({"spec+": {"accessModes!": ["ReadWriteOnce"], "storageClassName!": "fast",
                "resources+": {"requests!": {"storage": "1Gi"}}}}))
            .with_status(json!({"phase": "Bound", "capacity": {"storage": "1Gi"}})),
        Kind::new("v1", "ResourceQuota", "resourcequotas",
            json!({"spec+": {"hard": {"pods": "10", "requests.cpu": "1", "requests.memory": "128Mi", "count/jobs.batch": "5"},
                "scopes!": ["NotTerminating"]}}))
            .with_status(json!({"used": {"pods": "1"}})),
    ]
}

fn policies() -> Vec<Kind> {
    let peer = json!({"podSelector!": {"matchLabels": {"a": "b"}}});
    let subject = |name: &str| json!({"kind!": "ServiceAccount", "name!": name, "namespace!": "n"});
    let path = |path: &str| json!({"path!": path, "pathType!": "Prefix", "backend!": {"service": {"name": "s", "port": {"number": 80}}}});
    vec![
        Kind::new(
            "networking.k8s.io/v1",
            "Ingress",
            "ingresses",
            json!({"spec+": {"ingressClassName": "nginx", "tls": [{"hosts": ["a.b"], "secretName": "t"}],
                "rules+": [{"host": "a.b", "http+": {"paths+": [path("/"), path("/x")]}}],
                "defaultBackend!": {"service": {"name": "d", "port": {"number": 1}}}}}),
        )
        .with_status(json!({"loadBalancer": {"ingress": [{"hostname": "h"}]}})),
        Kind::new(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "networkpolicies",
            json!({"spec+": {"podSelector+": {"matchLabels": {"app": "a"}}, "policyTypes!": ["Ingress", "Egress"],
                "ingress": [{"from": [peer], "ports": [{"port!": 80}, {"port!": "web", "protocol": "TCP"}]}],
                "egress": [{}]}}),
        ),
        Kind::new(
            "policy/v1",
            "PodDisruptionBudget",
            "poddisruptionbudgets",
            json!({"spec+": {"minAvailable": "50%", "selector": {"matchLabels": {"app": "a", "b": "c"}},
                "unhealthyPodEvictionPolicy": "AlwaysAllow"}}),
        )
        .with_status(
            json!({"currentHealthy": 1, "desiredHealthy": 1, "disruptionsAllowed": 0, "expectedPods": 1}),
        ),
        Kind::new(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "roles",
            json!({"rules": [{"apiGroups!": [""], "resources!": ["pods"], "verbs!": ["get", "list"]},
                {"apiGroups!": ["apps"], "resources!": ["deployments"], "verbs!": ["get"], "resourceNames": ["a", "b"]}]}),
        ),
        Kind::new(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "rolebindings",
            json!({"roleRef!": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"},
                "subjects": [subject("a"), subject("b"), {"kind!": "Group", "name!": "g", "apiGroup": "rbac.authorization.k8s.io"}]}),
        ),
    ]
}
