use serde_json::Value;

use crate::inventory::apply_set::PART_OF;

/// What the server keeps for itself.
const METADATA: &[&str] = &[
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];
/// Annotations that repeat the object, or that the server counts by.
const ANNOTATIONS: &[&str] = &[
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
];

/// An object without what no manifest says: its status, and the bookkeeping of the server and of ours.
pub fn without_noise(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(map) = object.as_object_mut() {
        map.remove("status");
    }
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return object;
    };
    for field in METADATA {
        metadata.remove(*field);
    }
    if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
        labels.remove(PART_OF);
        if labels.is_empty() {
            metadata.remove("labels");
        }
    }
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        for name in ANNOTATIONS {
            annotations.remove(*name);
        }
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    object
}
