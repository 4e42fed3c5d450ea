//! The check that needs neither a schema nor a server: would this apply change anything?

#![expect(clippy::unwrap_used, reason = "a panic is a failed test")]

use serde_json::{Value, json};
use structured_merge::{NoOp, unchanged};

fn intent() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {"spec": {
            "containers": [
                {"name": "web", "image": "nginx:1", "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}],
                 "resources": {"limits": {"cpu": "100m"}}},
                {"name": "log", "image": "fluent:2", "emptyDir": {}}],
            "tolerations": [{"key": "a"}]}}}})
}

/// The intent with what the server adds: defaults, another manager's label and container, and ownership.
fn live() -> Value {
    let mut live = intent();
    live["metadata"]["uid"] = json!("1-2-3");
    live["metadata"]["labels"]["team"] = json!("a");
    live["spec"]["strategy"] = json!({"type": "RollingUpdate"});
    let spec = &mut live["spec"]["template"]["spec"];
    spec["containers"][0]["ports"][0]["protocol"] = json!("TCP");
    spec["containers"]
        .as_array_mut()
        .unwrap()
        .insert(1, json!({"name": "sidecar", "image": "envoy:1"}));
    live["metadata"]["managedFields"] = json!([{"manager": "glops", "operation": "Apply", "apiVersion": "apps/v1",
        "fieldsType": "FieldsV1", "fieldsV1": {
            "f:metadata": {"f:labels": {"f:app": {}}},
            "f:spec": {"f:replicas": {}, "f:selector": {}, "f:template": {"f:spec": {
                "f:containers": {
                    "k:{\"name\":\"log\"}": {".": {}, "f:name": {}, "f:image": {}, "f:emptyDir": {}},
                    "k:{\"name\":\"web\"}": {".": {}, "f:name": {}, "f:image": {}, "f:ports": {
                        "k:{\"containerPort\":53,\"protocol\":\"UDP\"}": {".": {}, "f:containerPort": {}, "f:protocol": {}},
                        "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}},
                        "f:resources": {"f:limits": {"f:cpu": {}}}}},
                "f:tolerations": {}}}}}}]);
    live
}

fn after(change: impl Fn(&mut Value, &mut Value)) -> NoOp {
    let (mut intent, mut live) = (intent(), live());
    change(&mut intent, &mut live);
    unchanged(&intent, &live, "glops")
}

#[test]
fn what_others_wrote_and_what_was_defaulted_does_not_matter() {
    assert_eq!(after(|_, _| {}), NoOp::Same);
}

type Change = fn(&mut Value);

#[test]
fn a_change_of_the_intent_differs() {
    let spec = |intent: &mut Value| intent["spec"]["template"]["spec"].take();
    let changes: [(&str, Change); 8] = [
        ("value", |i| i["spec"]["replicas"] = json!(3)),
        ("new field", |i| i["spec"]["paused"] = json!(true)),
        ("field given up", |i| {
            i["metadata"].as_object_mut().unwrap().remove("labels");
        }),
        ("new item", |i| {
            i["spec"]["template"]["spec"]["containers"]
                .as_array_mut()
                .unwrap()
                .push(json!({"name": "new"}));
        }),
        ("item given up", |i| {
            i["spec"]["template"]["spec"]["containers"]
                .as_array_mut()
                .unwrap()
                .pop();
        }),
        ("item doubled", |i| {
            let items = i["spec"]["template"]["spec"]["containers"]
                .as_array_mut()
                .unwrap();
            items.push(items[0].clone());
        }),
        ("atomic list", |i| {
            i["spec"]["template"]["spec"]["tolerations"] = json!([{"key": "b"}]);
        }),
        ("defaulted key stated", |i| {
            i["spec"]["template"]["spec"]["containers"][0]["ports"][0]["protocol"] = json!("TCP");
        }),
    ];
    for (name, change) in changes {
        assert_eq!(after(|intent, _| change(intent)), NoOp::Differs, "{name}");
    }
    assert_eq!(
        after(|intent, _| drop(spec(intent))),
        unknown("null is written another way by some types")
    );
}

fn unknown(reason: &str) -> NoOp {
    NoOp::Unknown(reason.to_owned())
}

#[test]
fn drift_of_the_live_object_differs() {
    assert_eq!(
        after(|_, live| live["spec"]["replicas"] = json!(5)),
        NoOp::Differs
    );
    assert_eq!(
        after(|_, live| drop(live["metadata"]["labels"].as_object_mut().unwrap().remove("app"))),
        NoOp::Differs
    );
    let removed = after(|_, live| {
        live["spec"]["template"]["spec"]["containers"]
            .as_array_mut()
            .unwrap()
            .remove(0);
    });
    assert_eq!(removed, NoOp::Differs);
}

#[test]
fn another_order_or_doubled_items_differ() {
    let swapped = |value: &mut Value| {
        value["spec"]["template"]["spec"]["containers"]
            .as_array_mut()
            .unwrap()
            .reverse();
    };
    assert_eq!(after(|intent, _| swapped(intent)), NoOp::Differs);
    assert_eq!(after(|_, live| swapped(live)), NoOp::Differs);
    let doubled = after(|_, live| {
        let items = live["spec"]["template"]["spec"]["containers"]
            .as_array_mut()
            .unwrap();
        items.push(items[0].clone());
    });
    assert_eq!(doubled, NoOp::Differs);
}

#[test]
fn values_that_the_server_may_write_another_way_are_left_to_it() {
    let cpu = |value: Value| {
        move |intent: &mut Value, _: &mut Value| {
            intent["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = value.clone();
        }
    };
    let reason = unknown("the live value may be the same, written another way");
    assert_eq!(after(cpu(json!("0.1"))), reason);
    assert_eq!(after(cpu(json!(0.1))), reason);
    assert_eq!(after(cpu(json!("0.2"))), NoOp::Differs);
    let defaulted = after(|_, live| {
        live["spec"]["template"]["spec"]["tolerations"][0]["operator"] = json!("Equal");
    });
    assert_eq!(
        defaulted,
        unknown("the live value has more fields, which may be defaults")
    );
}

#[test]
fn ownership_decides() {
    assert_eq!(unchanged(&intent(), &live(), "other"), NoOp::Differs);
    assert_eq!(
        after(|_, live| live["metadata"]["managedFields"] = json!([])),
        NoOp::Differs
    );
    let other_version =
        after(|_, live| live["metadata"]["managedFields"][0]["apiVersion"] = json!("apps/v1beta1"));
    assert_eq!(other_version, unknown("the fields were applied as apps/v1beta1"));
    let broken = after(|_, live| live["metadata"]["managedFields"][0]["fieldsV1"] = json!({"nonsense": {}}));
    assert_eq!(broken, unknown("failed to read managed fields of \"glops\""));
    assert_eq!(
        after(|intent, _| intent["status"] = json!({})),
        unknown("the server may ignore status")
    );
}

#[test]
fn string_data_is_looked_for_in_data() {
    let intent = |text: &str| json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"password": text}});
    let live = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "managedFields": [
        {"manager": "glops", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
         "fieldsV1": {"f:stringData": {"f:password": {}}}}]}, "data": {"password": "aHVudGVy"}});
    assert_eq!(unchanged(&intent("hunter"), &live, "glops"), NoOp::Same);
    assert_eq!(unchanged(&intent("other"), &live, "glops"), NoOp::Differs);
}

#[test]
fn a_list_of_ten_thousand_items_is_compared_in_one_walk() {
    let items: Vec<Value> = (0..10_000)
        .map(|port| json!({"port": port, "name": format!("p{port}")}))
        .collect();
    let owned: serde_json::Map<String, Value> = (0..10_000)
        .map(|port| {
            (
                format!("k:{{\"port\":{port},\"protocol\":\"TCP\"}}"),
                json!({".": {}, "f:port": {}, "f:name": {}}),
            )
        })
        .collect();
    let intent = json!({"apiVersion": "v1", "kind": "Service", "spec": {"ports": items}});
    let mut live = intent.clone();
    for item in live["spec"]["ports"].as_array_mut().unwrap() {
        item["protocol"] = json!("TCP");
    }
    live["metadata"] = json!({"managedFields": [{"manager": "glops", "operation": "Apply", "apiVersion": "v1",
        "fieldsV1": {"f:spec": {"f:ports": owned}}}]});
    assert_eq!(unchanged(&intent, &live, "glops"), NoOp::Same);
}
