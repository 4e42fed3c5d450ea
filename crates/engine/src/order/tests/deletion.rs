use super::*;

fn delete(objects: &[Object], with_live: bool) -> Vec<String> {
    let keys = keys(objects);
    let removals: Vec<_> = keys
        .iter()
        .zip(objects)
        .map(|(key, object)| Removal {
            key,
            live: with_live.then_some(object),
        })
        .collect();
    let graph = Graph::delete(&removals);
    assert_eq!(graph.problems(), []);
    run(&graph)
}

const OPERATOR: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, names: {kind: Widget}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: one, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: shop}
spec: {template: {spec: {serviceAccountName: operator, containers: [{name: a}]}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: checks}
";

#[test]
fn deletion_runs_backwards_and_controllers_outlive_their_resources() {
    let order = delete(&objects(OPERATOR), true);
    assert_eq!(
        order,
        [
            "ValidatingWebhookConfiguration/checks",
            "Widget/one",
            "CustomResourceDefinition/widgets.example.com",
            "Deployment/operator",
            "ServiceAccount/operator",
            "Namespace/shop",
        ]
    );
}

#[test]
fn keys_alone_are_enough_for_what_matters() {
    let order = delete(&objects(OPERATOR), false);
    assert_order(
        &order,
        &["Widget/one", "CustomResourceDefinition/widgets.example.com"],
    );
    assert_order(&order, &["Widget/one", "Deployment/operator", "Namespace/shop"]);
}

#[test]
fn a_namespace_waits_until_what_is_in_it_is_gone() {
    let objects = objects(OPERATOR);
    let keys = keys(&objects);
    let removals: Vec<_> = keys.iter().map(|key| Removal { key, live: None }).collect();
    let graph = Graph::delete(&removals);
    let namespace = id(&graph, "Namespace/shop");
    assert!(
        graph
            .dependencies(namespace)
            .filter(|dependency| graph.node(dependency.on).is_some())
            .all(|dependency| dependency.until == Until::Ready)
    );
}

#[test]
fn stated_order_is_kept_backwards() {
    let order = delete(
        &objects(
            "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, annotations: {config.kubernetes.io/depends-on: '/ConfigMap/b,/ConfigMap/gone'}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {argocd.argoproj.io/sync-wave: '1'}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: d, annotations: {kapp.k14s.io/change-rule: delete after deleting g}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: e, annotations: {kapp.k14s.io/change-group: g}}
",
        ),
        true,
    );
    assert_eq!(order[0], "ConfigMap/c");
    assert_order(&order, &["ConfigMap/a", "ConfigMap/b"]);
    assert_order(&order, &["ConfigMap/e", "ConfigMap/d"]);
}
