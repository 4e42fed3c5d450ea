//! Applies by small schemas: what is explained, what is refused, and what is left to the server.

#![expect(clippy::unwrap_used, reason = "a panic is a failed test")]

use serde_json::{Value, json};
use structured_merge::{Action, Applied, ApplyOptions, Doubt, Outcome, Predictor};

/// A kind in two versions with the same fields, and one with others.
fn definition() -> Value {
    let schema = |more: &str| {
        json!({"openAPIV3Schema": {"type": "object", "properties": {
            "spec": {"type": "object", "properties": {
                "size": {"type": "integer", "default": 1},
                more: {"type": "string"},
                "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"],
                    "items": {"type": "object", "properties": {
                        "port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}, "name": {"type": "string"}}}},
                "hosts": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                "args": {"type": "array", "items": {"type": "string"}}}}}}})
    };
    let version = |name: &str, more: &str| json!({"name": name, "served": true, "subresources": {"status": {}}, "schema": schema(more)});
    json!({"spec": {"group": "test.dev", "names": {"kind": "Gadget"},
        "versions": [version("v1", "mode"), version("v1beta1", "mode"), version("v1alpha1", "style")]}})
}

fn predictor() -> Predictor {
    let mut predictor = Predictor::new();
    predictor.add_definition(&definition()).unwrap();
    predictor
}

fn gadget(spec: &Value) -> Value {
    json!({"apiVersion": "test.dev/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": spec})
}

fn apply(live: Option<&Value>, spec: &Value, manager: &str, force: bool) -> Outcome {
    let options = ApplyOptions {
        manager,
        force,
        time: None,
    };
    predictor().predict(live, &gadget(spec), options)
}

fn applied(outcome: Outcome) -> Applied {
    match outcome {
        Outcome::Applied(applied) => *applied,
        other => panic!("not applied: {other:?}"),
    }
}

/// The object after applies by several managers, all with force.
fn after(applies: &[(&str, Value)]) -> Value {
    let mut live: Option<Value> = None;
    for (manager, spec) in applies {
        let applied = applied(apply(live.as_ref(), spec, manager, true));
        live = Some(applied.into_object(live.as_ref()));
    }
    live.unwrap()
}

fn explained(live: &Value, spec: &Value) -> Vec<(String, Action)> {
    let applied = applied(apply(Some(live), spec, "us", true));
    let changes = applied.explain(Some(live), "us");
    changes
        .into_iter()
        .map(|change| (change.path.to_string(), change.action))
        .collect()
}

#[test]
fn each_changing_field_is_explained() {
    let live = after(&[
        ("us", json!({"mode": "a", "hosts": ["x"], "args": ["1"]})),
        (
            "them",
            json!({"size": 3, "args": ["1"], "ports": [{"port": 80, "name": "web"}]}),
        ),
    ]);
    let intent = json!({"size": 4, "mode": "b", "ports": [{"port": 80, "name": "web"}]});
    assert_eq!(
        explained(&live, &intent),
        [
            (".spec.args".to_owned(), Action::GivenUp),
            (".spec.hosts[=\"x\"]".to_owned(), Action::Removed),
            (".spec.mode".to_owned(), Action::Set),
            (
                ".spec.ports[port=80,protocol=\"TCP\"].name".to_owned(),
                Action::Shared
            ),
            (
                ".spec.ports[port=80,protocol=\"TCP\"].port".to_owned(),
                Action::Shared
            ),
            (".spec.size".to_owned(), Action::TakenOver),
        ]
    );
}

#[test]
fn conflicts_name_manager_and_field() {
    let live = after(&[("them", json!({"size": 3, "ports": [{"port": 80, "name": "web"}]}))]);
    let Outcome::Conflicts(conflicts) = apply(
        Some(&live),
        &json!({"size": 4, "ports": [{"port": 80, "name": "x"}]}),
        "us",
        false,
    ) else {
        panic!("two fields of another manager change");
    };
    assert_eq!(
        conflicts.to_string(),
        "Apply failed with 2 conflicts: conflicts with \"them\":\n- .spec.ports[port=80,protocol=\"TCP\"].name\n- .spec.size"
    );
}

#[test]
fn an_apply_repeated_is_a_no_op() {
    let spec =
        json!({"mode": "a", "ports": [{"port": 1}, {"port": 1, "protocol": "UDP"}], "hosts": ["b", "a"]});
    let live = after(&[("us", spec.clone())]);
    assert!(applied(apply(Some(&live), &spec, "us", false)).is_no_op());
    assert_eq!(live["spec"]["size"], 1, "the default is set");
}

#[test]
fn an_apply_repeated_keeps_what_others_own() {
    let spec = json!({"mode": "a", "ports": [{"port": 1}]});
    let mut live = after(&[
        ("us", spec.clone()),
        ("them", json!({"args": ["1"], "mode": "a"})),
    ]);
    let repeated = applied(apply(Some(&live), &spec, "us", false));
    assert!(repeated.is_no_op() && repeated.object.is_none());
    assert_eq!(repeated.into_object(Some(&live)), live);
    // the fields are the same, but not what they are
    live["spec"]["mode"] = json!("b");
    let corrected = applied(apply(Some(&live), &spec, "us", true));
    assert!(!corrected.is_no_op() && !corrected.changes.ownership);
    let mode = structured_merge::Path::fields(["spec", "mode"]).0;
    let owners = corrected
        .managed_fields
        .iter()
        .filter(|entry| entry.fields.contains(&mode));
    let owners: Vec<&str> = owners.map(|entry| entry.manager.as_str()).collect();
    assert_eq!(owners, ["us"], "it was taken over");
}

#[test]
fn of_two_entries_of_one_manager_the_last_counts() {
    let spec = json!({"mode": "a"});
    let mut live = after(&[("us", spec.clone())]);
    let entries = live["metadata"]["managedFields"].as_array_mut().unwrap();
    let mut wider = entries[0].clone();
    wider["fieldsV1"]["f:spec"]["f:size"] = json!({});
    entries.push(wider);
    let narrowed = applied(apply(Some(&live), &spec, "us", false));
    assert!(narrowed.changes.ownership);
    assert_eq!(narrowed.managed_fields.len(), 1);
    live["metadata"]["managedFields"]
        .as_array_mut()
        .unwrap()
        .reverse();
    assert!(applied(apply(Some(&live), &spec, "us", false)).is_no_op());
}

#[test]
fn a_repeated_apply_in_another_version_is_of_that_version() {
    let spec = json!({"mode": "a"});
    let mut live = after(&[("us", spec.clone())]);
    live["apiVersion"] = json!("test.dev/v1beta1");
    let converted = applied(apply(Some(&live), &spec, "us", false)).into_object(Some(&live));
    assert_eq!(converted["apiVersion"], "test.dev/v1");
}

#[test]
fn a_list_follows_the_configuration_and_keeps_what_others_added() {
    let live = after(&[
        ("us", json!({"hosts": ["a", "c"]})),
        ("them", json!({"hosts": ["a", "b", "c"]})),
    ]);
    let applied = applied(apply(
        Some(&live),
        &json!({"hosts": ["c", "a", "d"]}),
        "us",
        false,
    ));
    assert_eq!(
        applied.into_object(Some(&live))["spec"]["hosts"],
        json!(["b", "c", "a", "d"])
    );
}

#[test]
fn what_is_wrong_is_said_in_the_servers_words() {
    let spec = json!({"size": "big", "colour": "red", "mode": 1, "ports": [{"port": 1}, {"port": 1}]});
    let Outcome::Invalid(invalid) = apply(None, &spec, "us", false) else {
        panic!("the configuration is invalid");
    };
    let mut lines: Vec<String> = invalid.to_string().lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "  .spec.colour: field not declared in schema",
            "  .spec.mode: expected string, got &value.valueUnstructured{Value:1}",
            "  .spec.ports: duplicate entries for key [port=1,protocol=\"TCP\"]",
            "  .spec.size: expected numeric (int or float), got string",
            "failed to create typed patch object (/g; test.dev/v1, Kind=Gadget): errors:",
        ]
    );
}

#[test]
fn fields_of_other_versions_are_known_forgotten_or_asked_for() {
    let mut live = after(&[("them", json!({"mode": "a"}))]);
    let mut owned_in = |version: &str| {
        live["metadata"]["managedFields"][0]["apiVersion"] = json!(version);
        apply(Some(&live), &json!({"mode": "b"}), "us", false)
    };
    assert!(
        matches!(owned_in("test.dev/v1beta1"), Outcome::Conflicts(_)),
        "the fields are the same"
    );
    assert!(
        matches!(owned_in("test.dev/v0"), Outcome::Applied(_)),
        "the server has no such version"
    );
    let Outcome::AskServer(doubt) = owned_in("test.dev/v1alpha1") else {
        panic!("only the server can convert");
    };
    assert_eq!(doubt, Doubt::OtherVersion("test.dev/v1alpha1".to_owned()));
}

#[test]
fn ten_thousand_items_in_any_order_are_merged() {
    let ports: Vec<Value> = (0..10_000)
        .rev()
        .map(|port| json!({"port": port, "name": "n"}))
        .collect();
    let spec = json!({"ports": ports});
    let live = after(&[("us", spec.clone())]);
    let mut changed = spec;
    changed["ports"].as_array_mut().unwrap().reverse();
    let applied = applied(apply(Some(&live), &changed, "us", false));
    assert_eq!(applied.into_object(Some(&live))["spec"]["ports"][0]["port"], 0);
}

#[test]
fn metadata_of_an_embedded_resource_is_never_null() {
    let definition = json!({"spec": {"group": "test.dev", "names": {"kind": "Holder"}, "versions": [{"name": "v1", "served": true,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"template": {
            "type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}}}}}}}]}});
    let mut predictor = Predictor::new();
    predictor.add_definition(&definition).unwrap();
    let template = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": null, "data": null});
    let config = json!({"apiVersion": "test.dev/v1", "kind": "Holder", "metadata": {"name": "h"}, "spec": {"template": template}});
    let options = ApplyOptions {
        manager: "us",
        force: true,
        time: None,
    };
    let applied = applied(predictor.predict(None, &config, options));
    let object = applied.into_object(None);
    assert_eq!(object["spec"]["template"]["metadata"], json!({}));
    assert_eq!(object["spec"]["template"]["data"], Value::Null);
}
