//! Input that is broken, huge or from elsewhere: a clear answer, in linear time, never a panic.

#![expect(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::fmt::Write as _;

use serde_json::{Value, json};
use structured_merge::{ApplyOptions, Doubt, FieldSet, NoOp, Outcome, Predictor, contested, unchanged};

const US: ApplyOptions<'static> = ApplyOptions {
    manager: "us",
    force: true,
    time: None,
};

/// A kind whose `spec` is of this schema.
fn predictor(spec: &Value) -> Predictor {
    let definition = json!({"spec": {"group": "test.dev", "names": {"kind": "Gadget"}, "versions": [
        {"name": "v1", "served": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}}]}});
    let mut predictor = Predictor::new();
    predictor.add_definition(&definition).unwrap();
    predictor
}

fn lists() -> Value {
    json!({"type": "object", "properties": {
        "items": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            "items": {"type": "object", "required": ["name"],
                "properties": {"name": {"type": "string"}, "value": {"type": "integer"}}}},
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}})
}

fn gadget(spec: &Value) -> Value {
    json!({"apiVersion": "test.dev/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": spec})
}

/// The object after an apply by us.
fn live(predictor: &Predictor, spec: &Value) -> Value {
    let Outcome::Applied(applied) = predictor.predict(None, &gadget(spec), US) else {
        panic!("the object is valid");
    };
    applied.into_object(None)
}

fn items(count: usize) -> Value {
    (0..count)
        .map(|index| json!({"name": format!("item-{index}"), "value": index}))
        .collect()
}

#[test]
fn fields_that_are_cut_are_an_error_at_every_place() {
    let text = r#"{"f:spec":{"f:items":{"k:{\"name\":\"a\"}":{".":{},"f:value":{}},"v:\"x\"":{},"i:3":{}}}}"#;
    assert!(FieldSet::from_json(text).is_ok());
    for end in 0..text.len() {
        assert!(FieldSet::from_json(&text[..end]).is_err(), "{}", &text[..end]);
    }
}

#[test]
fn a_megabyte_of_fields_is_read_and_written() {
    let mut text = String::from("{\"f:data\":{");
    for index in 0..60_000 {
        let comma = if index == 0 { "" } else { "," };
        write!(text, "{comma}\"f:key-{index:06}\":{{}}").unwrap();
    }
    text.push_str("}}");
    assert!(text.len() > 1 << 20);
    let set = FieldSet::from_json(&text).unwrap();
    assert_eq!(set.len(), 60_000);
    assert_eq!(set.to_json(), text);
}

#[test]
fn fields_nested_deeper_than_any_object_are_an_error() {
    let text = "{\"f:a\":".repeat(100_000) + "{}" + &"}".repeat(100_000);
    assert!(FieldSet::from_json(&text).is_err());
}

#[test]
fn fields_that_cannot_be_read_are_left_to_the_server() {
    let predictor = predictor(&lists());
    let mut object = live(&predictor, &json!({"set": ["a"]}));
    for fields in [
        json!([]),
        json!("x"),
        json!({"spec": {}}),
        json!({"k:{": {}}),
        json!({"i:x": {}}),
    ] {
        object["metadata"]["managedFields"][0]["fieldsV1"] = fields.clone();
        let outcome = predictor.predict(Some(&object), &gadget(&json!({"set": ["a"]})), US);
        assert!(
            matches!(outcome, Outcome::AskServer(Doubt::ManagedFields(_))),
            "{fields} {outcome:?}"
        );
        assert!(
            matches!(unchanged(&gadget(&json!({})), &object, "us"), NoOp::Unknown(_)),
            "{fields}"
        );
    }
}

#[test]
fn fields_of_another_schema_own_nothing_and_disturb_nothing() {
    let predictor = predictor(&lists());
    let mut object = live(&predictor, &json!({"set": ["a"]}));
    let foreign = json!({"f:spec": {"f:elsewhere": {"k:{\"id\":1}": {".": {}, "f:x": {}}}, "f:set": {"f:no": {}},
        "f:items": {"i:3": {}, "v:7": {}}}});
    let entry = json!({"manager": "them", "operation": "Apply", "apiVersion": "test.dev/v1", "fieldsType": "FieldsV1",
        "fieldsV1": foreign});
    object["metadata"]["managedFields"]
        .as_array_mut()
        .unwrap()
        .push(entry);
    let intent = gadget(&json!({"set": ["b"]}));
    let Outcome::Applied(applied) = predictor.predict(Some(&object), &intent, US) else {
        panic!("it can be applied");
    };
    assert_eq!(applied.into_object(Some(&object))["spec"], json!({"set": ["b"]}));
    assert!(contested(&intent, &object, "us").is_empty());
}

#[test]
fn an_object_without_managed_fields_belongs_to_whoever_made_it() {
    let predictor = predictor(&lists());
    let object = gadget(&json!({"set": ["a"]}));
    let options = ApplyOptions { force: false, ..US };
    let Outcome::Applied(applied) =
        predictor.predict(Some(&object), &gadget(&json!({"set": ["a", "b"]})), options)
    else {
        panic!("it can be applied");
    };
    let managers: Vec<&str> = applied
        .managed_fields
        .iter()
        .map(|entry| entry.manager.as_str())
        .collect();
    assert_eq!(managers, ["us", "before-first-apply"]);
    assert_eq!(
        unchanged(&gadget(&json!({"set": ["a", "b"]})), &object, "us"),
        NoOp::Differs
    );
    assert!(contested(&gadget(&json!({"set": ["c"]})), &object, "us").is_empty());
}

#[test]
fn items_without_or_with_equal_keys_are_refused() {
    let predictor = predictor(&lists());
    for (spec, problem) in [
        (json!({"items": [{"value": 1}]}), "omits all key fields"),
        (
            json!({"items": [{"name": "a"}, {"name": "a", "value": 1}]}),
            "duplicate entries",
        ),
        (json!({"items": [7]}), "element 0"),
        (json!({"set": ["a", "a"]}), "duplicate entries"),
    ] {
        let Outcome::Invalid(invalid) = predictor.predict(None, &gadget(&spec), US) else {
            panic!("{spec} is accepted");
        };
        assert!(invalid.to_string().contains(problem), "{invalid}");
    }
}

#[test]
fn live_items_with_equal_keys_are_no_obstacle() {
    let predictor = predictor(&lists());
    let mut object = live(&predictor, &json!({"items": [{"name": "a", "value": 1}]}));
    object["spec"]["items"] = json!([{"name": "a", "value": 1}, {"name": "a", "value": 2}, {"name": "b"}]);
    let intent = gadget(&json!({"items": [{"name": "a", "value": 3}]}));
    let Outcome::Applied(applied) = predictor.predict(Some(&object), &intent, US) else {
        panic!("it can be applied");
    };
    assert_eq!(
        applied.into_object(Some(&object))["spec"]["items"],
        json!([{"name": "a", "value": 3}, {"name": "b"}])
    );
}

#[test]
fn ten_thousand_items_cost_ten_times_a_thousand() {
    let predictor = predictor(&lists());
    // quadratic work on so many items would not end within a test's patience
    let many = 10_000;
    let object = live(&predictor, &json!({"items": items(many)}));
    let mut spec = json!({"items": items(many)});
    let Outcome::Applied(same) = predictor.predict(Some(&object), &gadget(&spec), US) else {
        panic!("it can be applied");
    };
    assert!(same.is_no_op());
    assert_eq!(unchanged(&gadget(&spec), &object, "us"), NoOp::Same);
    spec["items"].as_array_mut().unwrap().remove(many / 2);
    spec["items"].as_array_mut().unwrap().reverse();
    let Outcome::Applied(changed) = predictor.predict(Some(&object), &gadget(&spec), US) else {
        panic!("it can be applied");
    };
    assert_eq!(
        changed.into_object(Some(&object))["spec"]["items"]
            .as_array()
            .unwrap()
            .len(),
        many - 1
    );
    let names: Value = (0..many).map(|index| Value::from(format!("v-{index}"))).collect();
    assert_eq!(
        live(&predictor, &json!({"set": names.clone()}))["spec"]["set"],
        names
    );
}

#[test]
fn a_schema_that_holds_itself_is_read_once() {
    let node = json!({"type": "object", "properties": {
        "value": {"type": "integer"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/dev.test.v1.Node"}},
        "left": {"$ref": "#/components/schemas/dev.test.v1.Node"}}});
    let tree = json!({"type": "object", "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
        "metadata": {"type": "object"}, "spec": {"$ref": "#/components/schemas/dev.test.v1.Node"}},
        "x-kubernetes-group-version-kind": [{"group": "test.dev", "version": "v1", "kind": "Gadget"}]});
    let document = json!({"components": {"schemas": {"dev.test.v1.Node": node, "dev.test.v1.Gadget": tree}}});
    let mut predictor = Predictor::new();
    predictor.add_open_api(&document, |_| true).unwrap();
    let mut spec = json!({"value": 0});
    for depth in 1..50 {
        spec = json!({"value": depth, "left": spec, "children": [{"value": 1}]});
    }
    let object = live(&predictor, &spec);
    let Outcome::Applied(applied) = predictor.predict(Some(&object), &gadget(&spec), US) else {
        panic!("it can be applied");
    };
    assert!(applied.is_no_op());
}

#[test]
fn schemas_that_are_none_are_named() {
    let mut predictor = Predictor::new();
    for document in [json!(null), json!({}), json!({"components": {"schemas": 3}})] {
        assert!(predictor.add_open_api(&document, |_| true).is_err(), "{document}");
    }
    let dangling = json!({"components": {"schemas": {"a": {"$ref": "#/components/schemas/b",
        "type": "object", "properties": {"x": {"$ref": "#/components/schemas/nowhere"}},
        "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "A"}]}}}});
    let error = predictor.add_open_api(&dangling, |_| true).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let outcome = predictor.predict(None, &gadget(&json!({})), US);
    assert!(
        matches!(outcome, Outcome::AskServer(Doubt::NoSchema(_))),
        "{outcome:?}"
    );
}
