use base64::{Engine as _, engine::general_purpose::STANDARD};
use manifest::Object;
use serde_json::{Map, Value};

use crate::ownership::PART_OF;

/// What the server writes and no one may apply.
const SERVER_METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// What is sent to the server for an object: the manifest without what is the server's, with the mark of its
/// application, and with the texts of a Secret in the form in which they are stored.
pub(crate) fn intent(object: &Object, namespace: &str, apply_set: &str) -> Value {
    let mut intent = object.value().clone();
    if let Some(map) = intent.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = intent.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in SERVER_METADATA {
            metadata.remove(*field);
        }
        if namespace.is_empty() {
            metadata.remove("namespace");
        } else {
            metadata.insert("namespace".to_owned(), Value::from(namespace));
        }
        mark(metadata, apply_set);
    }
    if object.is_secret() {
        store_texts_as_data(&mut intent);
    }
    intent
}

fn mark(metadata: &mut Map<String, Value>, apply_set: &str) {
    let labels = metadata
        .entry("labels")
        .or_insert_with(|| Value::Object(Map::new()));
    if labels.is_null() {
        *labels = Value::Object(Map::new());
    }
    // labels that are no map are the server's to refuse
    if let Some(labels) = labels.as_object_mut() {
        labels.insert(PART_OF.to_owned(), Value::from(apply_set));
    }
}

/// `stringData` is never read back: as `data` it can be compared and owned.
fn store_texts_as_data(secret: &mut Value) {
    let texts_are_plain = secret
        .get("stringData")
        .and_then(Value::as_object)
        .is_some_and(|texts| texts.values().all(Value::is_string));
    let Some(map) = secret.as_object_mut().filter(|_| texts_are_plain) else {
        return;
    };
    let Some(Value::Object(texts)) = map.remove("stringData") else {
        return;
    };
    let data = map.entry("data").or_insert_with(|| Value::Object(Map::new()));
    if data.is_null() {
        *data = Value::Object(Map::new());
    }
    if let Some(data) = data.as_object_mut() {
        for (name, text) in texts {
            let encoded = STANDARD.encode(text.as_str().unwrap_or_default());
            data.insert(name, Value::from(encoded));
        }
    }
}

/// The name under which an object that asks for a generated one is applied: the same for the same content, so
/// that a hook is run once for each state that is desired.
pub(crate) fn generated_name(object: &Object, set_digest: &str) -> Option<String> {
    let prefix = object.value().pointer("/metadata/generateName")?.as_str()?;
    let suffix = set_digest.get(..10).unwrap_or(set_digest);
    Some(format!("{prefix}{suffix}"))
}

#[cfg(test)]
mod tests {
    use manifest::Origin;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        Object::new(value, Origin::default()).unwrap()
    }

    #[test]
    fn leaves_out_what_is_the_servers_and_adds_the_mark() {
        let object = object(json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "uid": "1", "creationTimestamp": null, "labels": {"app": "x"}},
            "data": {"k": "v"}, "status": {}}));
        let expected = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "shop", "labels": {"app": "x", PART_OF: "id"}}, "data": {"k": "v"}});
        assert_eq!(intent(&object, "shop", "id"), expected);
    }

    #[test]
    fn texts_of_a_secret_win_over_its_data() {
        let object = object(
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
            "data": {"k": "b2xk", "l": "bA=="}, "stringData": {"k": "new"}}),
        );
        let intent = intent(&object, "shop", "id");
        assert_eq!(intent["data"], json!({"k": "bmV3", "l": "bA=="}));
        assert_eq!(intent.get("stringData"), None);
    }
}
