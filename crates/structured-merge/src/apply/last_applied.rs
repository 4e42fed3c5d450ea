//! The annotation of client-side apply, which the server knows for `kubectl` alone.

use serde_json::{Map, Value};

use crate::field_set::FieldSet;
use crate::migration::LAST_APPLIED_ANNOTATION;
use crate::schema::ObjectSchema;
use crate::typed::{Duplicates, compare, to_field_set, validate};

/// The manager for which the server looks at the annotation.
pub(super) const MANAGER: &str = "kubectl";

/// Annotations of one object may be this large altogether.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// Fields that client-side apply wrote and that are still as it wrote them; `None` without the annotation, or
/// when it cannot be read.
pub(super) fn fields(live: &Value, schema: &ObjectSchema) -> Option<FieldSet> {
    let applied: Value = serde_json::from_str(annotation(live)?).ok()?;
    let of_this_version =
        applied.get("apiVersion").and_then(Value::as_str) == Some(&schema.kind.api_version());
    let is_valid = |value| validate(&schema.types, schema.root, value, Duplicates::Refused).is_ok();
    if !of_this_version || !is_valid(&applied) || !is_valid(live) {
        return None;
    }
    let changes = compare(&schema.types, schema.root, &applied, live);
    let fields = to_field_set(&schema.types, schema.root, &applied);
    Some(
        fields
            .difference(&changes.modified)
            .difference(&changes.added)
            .difference(&changes.removed),
    )
}

/// Keeps the annotation up to date, where there is one.
pub(super) fn update(object: &mut Value, config: &Value) {
    if annotation(object).is_none() {
        return;
    }
    let mut applied = config.clone();
    write_annotations_again(&mut applied);
    let text = sorted(&applied) + "\n";
    let Some(annotations) = annotations_mut(object) else {
        return;
    };
    annotations.insert(LAST_APPLIED_ANNOTATION.to_owned(), Value::String(text));
    let size = |value: &Value| value.as_str().map_or(0, str::len);
    let total: usize = annotations
        .iter()
        .map(|(name, value)| name.len() + size(value))
        .sum();
    if total > ANNOTATIONS_LIMIT {
        annotations.remove(LAST_APPLIED_ANNOTATION);
    }
}

/// The server reads the annotations and writes them back without its own: null is none, and a null text is empty.
fn write_annotations_again(applied: &mut Value) {
    let Some(metadata) = applied.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    match metadata.get_mut("annotations") {
        Some(Value::Null) => {
            metadata.remove("annotations");
        }
        Some(Value::Object(annotations)) => {
            annotations.remove(LAST_APPLIED_ANNOTATION);
            for text in annotations.values_mut().filter(|text| text.is_null()) {
                *text = Value::from("");
            }
        }
        _ => {}
    }
}

fn annotation(object: &Value) -> Option<&str> {
    let annotations = object.get("metadata")?.get("annotations")?;
    annotations
        .get(LAST_APPLIED_ANNOTATION)?
        .as_str()
        .filter(|text| !text.is_empty())
}

fn annotations_mut(object: &mut Value) -> Option<&mut Map<String, Value>> {
    object
        .get_mut("metadata")?
        .get_mut("annotations")?
        .as_object_mut()
}

/// JSON as Go writes it: the names of maps sorted.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            let fields: Vec<String> = names
                .iter()
                .map(|name| format!("{}:{}", go_string(name), sorted(&fields[*name])))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        Value::String(text) => go_string(text),
        scalar => scalar.to_string(),
    }
}

fn go_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    // writing to a string cannot fail
    let _ = crate::path::write_json_string(text, crate::path::Html::Escaped, &mut out);
    out
}
