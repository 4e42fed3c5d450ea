//! Field sets: `fieldsV1` as the server writes it, and the laws of sets.

use proptest::prelude::*;
use serde_json::{Value, json};
use structured_merge::{FieldSet, Key, PathElement, Scalar};

/// As an API server wrote it for a Deployment.
const DEPLOYMENT: &str = r#"{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}},"f:tolerations":{}}}}}"#;

fn read(text: &str) -> FieldSet {
    FieldSet::from_json(text).expect("the text is a field set")
}

fn printed(set: &FieldSet) -> Vec<String> {
    set.paths().iter().map(ToString::to_string).collect()
}

#[test]
fn writes_the_bytes_that_it_read() {
    for text in [
        DEPLOYMENT,
        "{}",
        r#"{"f:metadata":{"f:finalizers":{".":{},"v:\"a\\u003cb\"":{}}}}"#,
        r#"{"f:a":{"i:0":{},"i:10":{}},"f:b\"c\\":{},"f:é\n":{}}"#,
        r#"{"f:l":{"k:{\"key\":\"a/b\",\"on\":true,\"z\":null}":{".":{},"f:key":{}},"v:1":{},"v:1.5":{},"v:false":{}}}"#,
    ] {
        assert_eq!(read(text).to_json(), text);
    }
}

#[test]
fn reads_a_parsed_object_alike_whatever_the_order_of_its_keys() {
    let value: Value = serde_json::from_str(DEPLOYMENT).unwrap();
    let set = FieldSet::from_value(&value).unwrap();
    assert_eq!(set, read(DEPLOYMENT));
    assert_eq!(set.to_value(), value);
    let shuffled = read(r#"{"v:1":{},"k:{\"b\":2,\"a\":1}":{},"f:b":{},"f:a":{}}"#);
    assert_eq!(
        shuffled.to_json(),
        r#"{"f:a":{},"f:b":{},"k:{\"a\":1,\"b\":2}":{},"v:1":{}}"#
    );
}

#[test]
fn prints_paths_as_the_server_prints_them() {
    let set = read(
        r#"{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{}}},"f:l":{"v:\"x\"":{},"i:3":{}}},"f:p":{"k:{\"containerPort\":1234567,\"protocol\":\"TCP\"}":{}}}"#,
    );
    assert_eq!(
        printed(&set),
        [
            ".p[containerPort=1.234567e+06,protocol=\"TCP\"]",
            ".spec.containers[name=\"web\"]",
            ".spec.containers[name=\"web\"].image",
            ".spec.l[=\"x\"]",
            ".spec.l[3]",
        ]
    );
}

#[test]
fn skips_path_elements_of_unknown_types() {
    assert_eq!(
        read(r#"{"f:a":{},"x:new":{"f:b":{}}}"#).to_json(),
        r#"{"f:a":{}}"#
    );
}

#[test]
fn refuses_what_is_no_field_set() {
    for text in [
        "",
        "[]",
        "3",
        "{\"f:a\":{",
        "{\"f\":{}}",
        "{\"noColon\":{}}",
        "{\"k:{\":{}}",
        "{\"k:[1]\":{}}",
        "{\"i:x\":{}}",
        "{\"f:a\":3}",
        "{} {}",
    ] {
        assert!(FieldSet::from_json(text).is_err(), "{text}");
    }
    let deep = "{\"f:a\":".repeat(100_000);
    assert!(FieldSet::from_json(&deep).is_err());
}

#[test]
fn a_parent_does_not_remove_its_children() {
    let all = read(r#"{"f:a":{".":{},"f:b":{".":{},"f:c":{}}}}"#);
    let parent = read(r#"{"f:a":{"f:b":{}}}"#);
    assert_eq!(
        all.difference(&parent).to_json(),
        r#"{"f:a":{".":{},"f:b":{"f:c":{}}}}"#
    );
    assert_eq!(all.recursive_difference(&parent).to_json(), r#"{"f:a":{}}"#);
    assert_eq!(printed(&all.leaves()), [".a.b.c"]);
    assert!(all.contains(&parent.paths()[0].0) && all.touches(&parent.paths()[0].0));
}

fn element() -> impl Strategy<Value = PathElement> {
    prop_oneof![
        "[a-d]".prop_map(|name| PathElement::field(&name)),
        (0..3i64, "[ab]").prop_map(|(port, name)| {
            PathElement::Key(Key::new(vec![
                ("port".into(), Scalar::Int(port)),
                ("name".into(), Scalar::String(name.into())),
            ]))
        }),
        "[a<\"\\\\é]{0,2}".prop_map(|text| PathElement::Value(Scalar::String(text.into()))),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(|n| PathElement::Value(Scalar::Float(n))),
        (0..3i64).prop_map(PathElement::Index),
    ]
}

fn field_set() -> impl Strategy<Value = FieldSet> {
    proptest::collection::vec(proptest::collection::vec(element(), 1..4), 0..12)
        .prop_map(|paths| paths.into_iter().collect())
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same(set in field_set()) {
        prop_assert_eq!(&read(&set.to_json()), &set);
        prop_assert_eq!(&FieldSet::from_value(&set.to_value()).unwrap(), &set);
        prop_assert_eq!(set.len(), set.paths().len());
    }

    #[test]
    fn sets_obey_their_laws(a in field_set(), b in field_set(), c in field_set()) {
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert_eq!(a.intersection(&b).union(&a.difference(&b)), a.clone());
        prop_assert_eq!(a.difference(&b).intersection(&b), FieldSet::default());
        prop_assert_eq!(a.union(&a), a.clone());
        prop_assert!(a.recursive_difference(&b).difference(&a).is_empty());
    }

    #[test]
    fn each_path_is_where_its_set_says(a in field_set(), b in field_set()) {
        for path in a.union(&b).paths() {
            prop_assert!(a.contains(&path.0) || b.contains(&path.0));
            prop_assert_eq!(a.contains(&path.0) && !b.contains(&path.0), a.difference(&b).contains(&path.0));
        }
    }
}

#[test]
fn numbers_of_objects_equal_those_of_field_sets() {
    let set = read(r#"{"f:ports":{"k:{\"port\":80}":{}}}"#);
    let key = Key::new(vec![("port".into(), Scalar::from_value(&json!(80)))]);
    assert!(set.contains(&[PathElement::field("ports"), PathElement::Key(key)]));
}
