//! Moving client-side apply's fields to a manager of server-side apply.

#![expect(clippy::unwrap_used, reason = "a panic is a failed test")]

use serde_json::{Value, json};
use structured_merge::migration::{migration_patch, needs_migration};

fn entry(manager: &str, operation: &str, api_version: &str, fields: &Value) -> Value {
    json!({"manager": manager, "operation": operation, "apiVersion": api_version, "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1", "fieldsV1": fields})
}

fn live(entries: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "resourceVersion": "7", "managedFields": entries}})
}

fn is_client_side(manager: &str) -> bool {
    manager.starts_with("kubectl")
}

fn patch(live: &Value) -> Option<Value> {
    let patch = migration_patch(live, "glops", is_client_side).unwrap();
    assert_eq!(patch.is_some(), needs_migration(live, is_client_side));
    patch
}

#[test]
fn the_latest_entry_becomes_ours_when_we_have_none() {
    let fields = json!({"f:data": {".": {}, "f:a": {}}});
    let live = live(&[
        entry("kubectl-client-side-apply", "Update", "v1", &fields),
        entry("hpa", "Update", "v1", &json!({"f:x": {}})),
    ]);
    let entries = json!([
        entry("glops", "Apply", "v1", &fields),
        entry("hpa", "Update", "v1", &json!({"f:x": {}}))
    ]);
    assert_eq!(
        patch(&live).unwrap(),
        json!([
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
        ])
    );
}

#[test]
fn all_entries_of_our_version_fold_into_ours() {
    let live = live(&[
        entry("kubectl-edit", "Update", "v1", &json!({"f:data": {"f:b": {}}})),
        entry("glops", "Apply", "v1", &json!({"f:data": {"f:a": {}}})),
        entry(
            "kubectl-old",
            "Update",
            "v1beta1",
            &json!({"f:data": {"f:c": {}}}),
        ),
    ]);
    let expected = json!([entry(
        "glops",
        "Apply",
        "v1",
        &json!({"f:data": {"f:a": {}, "f:b": {}}})
    )]);
    assert_eq!(patch(&live).unwrap()[0]["value"], expected);
}

#[test]
fn the_annotation_of_client_side_apply_goes() {
    let mut live = live(&[entry("glops", "Apply", "v1", &json!({"f:data": {}}))]);
    assert_eq!(patch(&live), None);
    live["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": "{}"});
    assert_eq!(
        patch(&live).unwrap()[0],
        json!({"op": "remove", "path": "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"})
    );
}

#[test]
fn entries_of_subresources_stay() {
    let mut status = entry("kubectl-edit", "Update", "v1", &json!({"f:status": {}}));
    status["subresource"] = json!("status");
    assert_eq!(patch(&live(&[status])), None);
}
