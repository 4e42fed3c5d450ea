//! Who may only read sees the same of the whole demo as who may do everything.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use testkit::control_plane::rule;
use testkit::{ControlPlane, settings};

use crate::shell::{Ran, Shell};

/// The parts of the demo: plain manifests, an overlay of a kustomization, a chart.
const PARTS: [&str; 3] = ["shop", "storefront/production", "cache"];

/// Writes the demo below the home, with this name for its namespace and for the group of its own kind.
fn write_demo(shell: &Shell, from: &Path, to: &str, namespace: &str) {
    for entry in fs::read_dir(from).expect("the demo") {
        let entry = entry.expect("a file of the demo");
        let to = format!("{to}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            write_demo(shell, &entry.path(), &to, namespace);
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("a file of the demo");
        let text = text
            .replace("namespace: shop", &format!("namespace: {namespace}"))
            .replace("name: shop\n", &format!("name: {namespace}\n"))
            .replace("namespaces/shop/", &format!("namespaces/{namespace}/"))
            .replace("shop.example.com", &format!("{namespace}.example.com"));
        shell.write(&to, &text);
    }
}

/// What is said of each object: what is done to it, and whose change each field is.
#[track_caller]
fn labels(ran: &Ran) -> Vec<Value> {
    assert_eq!(ran.code, Some(0), "{ran}");
    let lines = ran.json_lines();
    assert!(!lines.is_empty(), "{ran}");
    let label = |line: &Value| {
        let fields = line["fields"].as_array().expect("a list of fields");
        let fields = fields
            .iter()
            .map(|field| json!([field["path"], field["label"], field["manager"]]));
        json!([
            line["group"],
            line["kind"],
            line["namespace"],
            line["name"],
            line["change"],
            fields.collect::<Vec<_>>()
        ])
    };
    lines.iter().map(label).collect()
}

/// The labels of all parts of the demo.
fn labels_of_the_demo(shell: &Shell, mode: &str) -> Vec<Vec<Value>> {
    let diffs = PARTS.iter().map(|part| {
        let inventory = part.replace('/', "-");
        labels(&shell.glops(&format!("diff demo/{part} --inventory {inventory} --mode {mode}")))
    });
    diffs.collect()
}

#[tokio::test]
async fn the_demo_has_the_same_labels_without_the_right_to_write() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("demo-reader").await;
    let account = plane
        .service_account(namespace.name(), "reviewer")
        .await
        .expect("an account");
    plane
        .grant(&account, None, vec![rule("*", "*", &["get", "list"])])
        .await
        .expect("rights");
    let demo = settings::repository_root().join("testdata/demo/main");
    let on = |shell: Shell| {
        let shell = shell
            .with("GLOPS_NAMESPACE", namespace.name())
            .with("GLOPS_INVENTORY_POLICY", "adopt-if-no-inventory")
            .with("GLOPS_OUTPUT", "json");
        write_demo(&shell, &demo, "demo", namespace.name());
        shell
    };
    let full = on(Shell::on_control_plane());
    let reader = on(Shell::new().with("KUBECONFIG", &account.kubeconfig().to_string_lossy()));
    let assert_same = |state: &str| {
        let with_rights = labels_of_the_demo(&full, "filtered");
        for mode in ["filtered", "read-only"] {
            assert_eq!(labels_of_the_demo(&reader, mode), with_rights, "{state}, {mode}");
        }
        with_rights
    };

    let before = assert_same("before");
    for part in PARTS {
        let inventory = part.replace('/', "-");
        let applied = full.glops(&format!("apply demo/{part} --inventory {inventory}"));
        assert_eq!(applied.code, Some(0), "{applied}");
    }
    let applied = assert_same("applied");
    for object in ["deployment/api", "deployment/web", "deployment/storefront"] {
        let patch = r#"{"spec":{"replicas":7},"metadata":{"labels":{"edited":"yes"}}}"#;
        let place = format!("--namespace {}", namespace.name());
        full.kubectl(
            &format!("patch {object} {place} --type=merge --patch {patch}"),
            "",
        );
    }
    let edited = assert_same("edited");
    assert_ne!(before, applied);
    assert_ne!(applied, edited);
}
