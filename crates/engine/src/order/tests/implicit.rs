use super::*;

const EVERYTHING: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: checks}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      serviceAccountName: web
      priorityClassName: high
      containers:
      - name: web
        envFrom: [{configMapRef: {name: settings}}]
        env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: a}}}]
      volumes:
      - persistentVolumeClaim: {claimName: data}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: one, namespace: shop}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: fast}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
---
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {kind: Role, name: web, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, names: {kind: Widget, plural: widgets}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
";

#[test]
fn what_others_need_comes_first() {
    let order = run(&install(EVERYTHING));
    assert_order(
        &order,
        &["Namespace/shop", "ServiceAccount/web", "Deployment/web"],
    );
    assert_order(
        &order,
        &["CustomResourceDefinition/widgets.example.com", "Widget/one"],
    );
    assert_order(
        &order,
        &[
            "StorageClass/fast",
            "PersistentVolumeClaim/data",
            "Deployment/web",
        ],
    );
    assert_order(&order, &["Role/web", "RoleBinding/web", "Deployment/web"]);
    assert_order(
        &order,
        &[
            "PriorityClass/high",
            "Secret/keys",
            "ConfigMap/settings",
            "Deployment/web",
        ],
    );
    assert_eq!(order.last().unwrap(), "ValidatingWebhookConfiguration/checks");
}

#[test]
fn only_a_definition_is_waited_for_until_it_is_ready() {
    let graph = install(EVERYTHING);
    let until = |dependent: &str, on: &str| {
        let on = id(&graph, on);
        graph
            .dependencies(id(&graph, dependent))
            .find(|dependency| dependency.on == on)
            .map(|found| found.until)
    };
    assert_eq!(
        until("Widget/one", "CustomResourceDefinition/widgets.example.com"),
        Some(Until::Ready)
    );
    assert_eq!(until("Widget/one", "Namespace/shop"), Some(Until::Applied));
    assert_eq!(
        until("Deployment/web", "ConfigMap/settings"),
        Some(Until::Applied)
    );
    assert_eq!(until("Deployment/web", "Role/web"), None);
}

#[test]
fn a_custom_resource_belongs_to_its_definition_by_group_and_kind() {
    let graph = install(
        "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: services.example.com}
spec: {group: example.com, names: {kind: Service}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: example.com/v1
kind: Service
metadata: {name: custom}
",
    );
    assert_eq!(graph.dependencies(id(&graph, "Service/web")).count(), 0);
    assert_eq!(graph.dependencies(id(&graph, "Service/custom")).count(), 1);
}

#[test]
fn an_optional_reference_orders_but_does_not_hold_up() {
    let graph = install(
        "
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, envFrom: [{configMapRef: {name: extra, optional: true}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: extra}
",
    );
    let mut queue = Queue::new(&graph);
    let first = queue.pop().unwrap();
    assert_eq!(name(&graph, first), "ConfigMap/extra");
    assert_eq!(queue.pop(), None);
    queue.failed(first);
    assert_eq!(queue.take_skipped(), []);
    assert_eq!(name(&graph, queue.pop().unwrap()), "Pod/web");
}

#[test]
fn objects_of_a_registered_api_wait_for_its_service() {
    let order = run(&install(
        "
apiVersion: metrics.example.com/v1
kind: Gauge
metadata: {name: one}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.metrics.example.com}
spec: {group: metrics.example.com, version: v1}
",
    ));
    assert_eq!(order, ["APIService/v1.metrics.example.com", "Gauge/one"]);
}
