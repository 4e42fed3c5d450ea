//! The annotation in which the server counts how often the template of a `DaemonSet` changed.

use serde_json::{Map, Value};

const COUNT: &str = "deprecated.daemonset.template.generation";

/// Counts a `DaemonSet` that is written over a live one, or anew over null.
pub(super) fn count_templates(live: &Value, daemon_set: &mut Value) {
    let count = if live.is_null() {
        count(daemon_set).unwrap_or_default().max(1)
    } else {
        let Some(before) = count(live) else {
            return;
        };
        before + i64::from(template(live) != template(daemon_set))
    };
    let Some(metadata) = daemon_set.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let annotations = metadata.entry("annotations").or_insert(Value::Null);
    if annotations.is_null() {
        *annotations = Value::Object(Map::new());
    }
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(COUNT.to_owned(), count.to_string().into());
    }
}

fn count(daemon_set: &Value) -> Option<i64> {
    let annotations = daemon_set.get("metadata")?.get("annotations")?;
    annotations.get(COUNT)?.as_str()?.parse().ok()
}

fn template(daemon_set: &Value) -> Option<&Value> {
    daemon_set.get("spec")?.get("template")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_of_the_template_are_counted() {
        let counted = |live: &Value, image: &str| {
            let mut written =
                json!({"metadata": {"name": "d"}, "spec": {"replicas": 1, "template": {"image": image}}});
            count_templates(live, &mut written);
            written
        };
        let created = counted(&Value::Null, "a");
        assert_eq!(created["metadata"]["annotations"], json!({COUNT: "1"}));
        assert_eq!(counted(&created, "a"), created);
        let changed = counted(&created, "b");
        assert_eq!(changed["metadata"]["annotations"], json!({COUNT: "2"}));
    }
}
