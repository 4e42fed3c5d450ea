use manifest::{Object, Origin, ResourceKey};
use serde_json::{Value, json};

use super::*;

fn object(value: Value) -> Object {
    Object::new(value, Origin::default()).unwrap()
}

fn listed(inventory: &Inventory) -> Vec<String> {
    inventory
        .iter()
        .map(|(key, version)| {
            format!(
                "{}/{version} {} {}/{}",
                key.group, key.kind, key.namespace, key.name
            )
        })
        .collect()
}

#[test]
fn flux() {
    let kustomization = object(json!({
    "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
    "metadata": {"name": "apps", "namespace": "flux-system"},
    "status": {"inventory": {"entries": [
        {"id": "shop_web_apps_Deployment", "v": "v1"},
        {"id": "_shop__Namespace", "v": "v1"},
        {"id": "_system__reader_rbac.authorization.k8s.io_ClusterRole", "v": "v1"},
    ]}}}));
    let (source, inventory) = read(&kustomization).unwrap();
    assert_eq!(source, Source::Flux);
    assert_eq!(
        listed(&inventory),
        [
            "/v1 Namespace /shop",
            "apps/v1 Deployment shop/web",
            "rbac.authorization.k8s.io/v1 ClusterRole /system:reader",
        ]
    );
}

#[test]
fn gitlab_and_cli_utils() {
    let config_map = object(json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": cli_utils::gitlab_name(7, 42), "namespace": "shop",
            "labels": {"cli-utils.sigs.k8s.io/inventory-id": "7-42"}},
        "data": {
            "shop_web_apps_Deployment": r#"{"actuation":"Succeeded","reconcile":"Succeeded","strategy":"Apply"}"#,
            "shop_web__Service": ""}}));
    let (source, inventory) = read(&config_map).unwrap();
    assert_eq!(source, Source::CliUtils);
    assert_eq!(config_map.name(), "inventory-7-42");
    assert_eq!(
        listed(&inventory),
        ["/ Service shop/web", "apps/ Deployment shop/web"]
    );
}

#[test]
fn resource_group() {
    let group = object(json!({
        "apiVersion": "kpt.dev/v1alpha1", "kind": "ResourceGroup", "metadata": {"name": "a", "namespace": "b"},
        "spec": {"resources": [{"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"}]}}));
    assert_eq!(listed(&read(&group).unwrap().1), ["apps/ Deployment shop/web"]);
}

#[test]
fn argo() {
    let marked = |name: &str, id: &str| {
        object(
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "shop",
            "annotations": {"argocd.argoproj.io/tracking-id": id}, "labels": {"app.kubernetes.io/instance": "web"}}}),
        )
    };
    let objects = [
        marked("ours", "web:apps/Deployment:shop/ours"),
        marked("copied", "web:apps/Deployment:shop/ours"),
        marked("theirs", "other:apps/Deployment:shop/theirs"),
        marked("strange", "web"),
    ];
    let by_annotation = argo::tracked(&objects, "web", argo::Tracking::Annotation);
    assert_eq!(listed(&by_annotation), ["apps/v1 Deployment shop/ours"]);
    assert_eq!(argo::tracked(&objects, "web", argo::Tracking::Label).len(), 4);
    let application = object(
        json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": {"name": "web"},
        "status": {"resources": [{"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "web"}]}}),
    );
    assert_eq!(
        listed(&read(&application).unwrap().1),
        ["apps/v1 Deployment shop/web"]
    );
}

#[test]
fn kapp() {
    let config_map = object(json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "web.apps.k14s.io", "namespace": "shop"},
        "data": {"spec": r#"{"labelKey":"kapp.k14s.io/app","labelValue":"1700000000","usedGKs":[{"Group":"apps","Kind":"Deployment"}]}"#}}));
    let app = kapp::app(&config_map).unwrap();
    assert_eq!(app.group_kinds, [manifest::GroupKind::new("apps", "Deployment")]);
    let labelled = |name: &str, owners: Value| {
        object(json!({"apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {"name": name, "labels": {"kapp.k14s.io/app": "1700000000"}, "ownerReferences": owners}}))
    };
    let objects = [
        labelled("own", json!([])),
        labelled("made", json!([{"kind": "Deployment"}])),
    ];
    assert_eq!(
        listed(&kapp::labelled(&objects, &app)),
        ["apps/v1 ReplicaSet /own"]
    );
}

#[test]
fn what_is_not_understood_is_named() {
    let config_map = |data: Value| {
        object(
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a",
            "labels": {"cli-utils.sigs.k8s.io/inventory-id": "x"}}, "data": data}),
        )
    };
    let error = read(&config_map(json!({"nonsense": ""}))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "failed to import an inventory from ConfigMap/a: entry \"nonsense\" is not understood"
    );
    let error = read(&config_map(json!([1]))).unwrap_err();
    assert_eq!(
        error,
        Error::Field {
            parent: ResourceKey::new("", "ConfigMap", "", "a"),
            field: "data"
        }
    );
    let other = object(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}));
    assert!(matches!(read(&other), Err(Error::NotAnInventory(_))));
}
