use serde_json::json;

use super::*;
use crate::diff::{Answer, DiffMode};

fn key() -> ResourceKey {
    ResourceKey::new("apps", "Deployment", "shop", "web")
}

fn side(value: Value) -> Side {
    if value.is_null() {
        Side::new()
    } else {
        Side::from([(key(), (Origin::default(), value))])
    }
}

/// The labels that a preview gives, where an apply of the head leaves `after`.
fn labels(base: Value, head: Value, live: Value, after: Value) -> Vec<(String, String)> {
    let diff = ObjectDiff {
        key: key(),
        origin: Origin::default(),
        change: ObjectChange::Update,
        mode: DiffMode::ReadOnly,
        answer: Answer::Predicted,
        fallback: None,
        explained: Vec::new(),
        unknown: Vec::new(),
        fields: Vec::new(),
        before: live,
        after,
        note: None,
    };
    let preview = join(&side(base), &side(head), Some(vec![diff]));
    let fields = &preview.objects[0].cluster.as_ref().unwrap().fields;
    fields
        .iter()
        .map(|field| (field.path.clone(), field.label.to_string()))
        .collect()
}

#[test]
fn each_field_is_told_whose_change_it_is() {
    // image: the request changes it. replicas: edited in the cluster. paused: the request sets what is live already.
    // port: changed by both. strategy: set by the server.
    let base = json!({"image": "a", "replicas": 2, "paused": false, "port": 80});
    let head = json!({"image": "b", "replicas": 2, "paused": true, "port": 81});
    let live = json!({"image": "a", "replicas": 5, "paused": true, "port": 99});
    let after = json!({"image": "b", "replicas": 2, "paused": true, "port": 81, "strategy": "x"});
    let expected = [
        ("image", "your change"),
        ("paused", "already live"),
        ("port", "conflict"),
        ("replicas", "drift"),
        ("strategy", "defaulted"),
    ];
    assert_eq!(
        labels(base, head, live, after),
        expected.map(|(path, label)| (path.to_owned(), label.to_owned()))
    );
}

#[test]
fn a_field_that_the_request_takes_out_is_its_change() {
    let labels = labels(
        json!({"a": 1, "b": 1}),
        json!({"b": 1}),
        json!({"a": 1, "b": 1}),
        json!({"b": 1}),
    );
    assert_eq!(labels, [("a".to_owned(), "your change".to_owned())]);
}

#[test]
fn without_a_cluster_the_request_alone_is_told() {
    let preview = join(&side(json!({"a": 1})), &side(json!({"a": 2})), None);
    assert_eq!(
        (preview.objects[0].requested.clone(), preview.has_cluster),
        (RequestedChange::Changed, false)
    );
    let preview = join(&side(Value::Null), &side(json!({"a": 2})), None);
    assert_eq!(preview.objects[0].requested, RequestedChange::Added);
    let preview = join(&side(json!({"a": 1})), &side(Value::Null), None);
    assert_eq!(preview.objects[0].requested, RequestedChange::Removed);
}

#[test]
fn a_new_digest_in_a_name_is_one_change() {
    let named = |name: &str, value: Value| {
        Side::from([(
            ResourceKey::new("", "ConfigMap", "shop", name),
            (Origin::default(), value),
        )])
    };
    let preview = join(
        &named("app-5tk2b8d9fm", json!({"a": 1})),
        &named("app-9fm5tk2b8d", json!({"a": 2})),
        None,
    );
    let told: Vec<_> = preview
        .objects
        .iter()
        .map(|object| (&object.key.name, &object.requested))
        .collect();
    assert_eq!(told[0], (&"app-5tk2b8d9fm".to_owned(), &RequestedChange::Removed));
    assert_eq!(
        told[1],
        (
            &"app-9fm5tk2b8d".to_owned(),
            &RequestedChange::Renamed {
                from: "app-5tk2b8d9fm".into()
            }
        )
    );
    assert_eq!(preview.objects[1].base, json!({"a": 1}));
}
