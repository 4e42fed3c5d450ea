use serde_json::{Map, Value};

use super::text_at;
use crate::digest::{Digest, Hasher};

/// What stands for all that `manager` has applied to an object: which fields those are, and their values now.
///
/// It changes exactly when someone changes one of these fields, or who owns them; whatever else happens to the
/// object (its status, defaults, fields of others) leaves it as it is. So that much is enough to keep.
pub(crate) fn owned_digest(live: &Value, manager: &str) -> Digest {
    let mut hasher = Hasher::default();
    for entry in entries(live).iter().filter(|entry| is_apply_of(entry, manager)) {
        hasher.text(text_at(entry, &["apiVersion"]));
        if let Some(Value::Object(fields)) = entry.get("fieldsV1") {
            feed_fields(fields, Some(live), &mut hasher);
        }
    }
    hasher.finish()
}

/// The managers other than this one that wrote to an object itself or scaled it, the last first.
pub(crate) fn other_managers(live: &Value, manager: &str) -> Vec<String> {
    let others = entries(live)
        .iter()
        .filter(|entry| text_at(entry, &["manager"]) != manager && writes_the_spec(entry));
    let mut others: Vec<(&str, &str)> = others
        .map(|entry| (text_at(entry, &["time"]), text_at(entry, &["manager"])))
        .collect();
    others.sort_unstable_by(|a, b| b.cmp(a));
    others
        .into_iter()
        .map(|(_, manager)| manager.to_owned())
        .collect()
}

fn entries(live: &Value) -> &[Value] {
    live.pointer("/metadata/managedFields")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Whether an entry of `managedFields` is about the object itself, and not its status: scaling sets a field of it.
pub(crate) fn writes_the_spec(entry: &Value) -> bool {
    matches!(text_at(entry, &["subresource"]), "" | "scale")
}

fn is_apply_of(entry: &Value, manager: &str) -> bool {
    text_at(entry, &["operation"]) == "Apply"
        && text_at(entry, &["manager"]) == manager
        && text_at(entry, &["subresource"]).is_empty()
}

fn feed_fields(fields: &Map<String, Value>, live: Option<&Value>, hasher: &mut Hasher) {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    for (name, below) in sorted {
        hasher.text(name);
        if name == "." {
            continue;
        }
        let value = live.and_then(|live| step(live, name));
        match below.as_object().filter(|below| !below.is_empty()) {
            Some(below) => feed_fields(below, value, hasher),
            None => match value {
                Some(value) => hasher.value(value),
                None => hasher.text("absent"),
            },
        }
    }
}

/// One step of a path as `fieldsV1` writes it.
fn step<'a>(live: &'a Value, element: &str) -> Option<&'a Value> {
    let (kind, text) = element.split_once(':')?;
    match kind {
        "f" => live.get(text),
        "k" => {
            let key: Map<String, Value> = serde_json::from_str(text).ok()?;
            let matches = |item: &&Value| {
                // a key field that is not set stands for its default, which the server keeps in the item
                key.iter().all(|(name, value)| item.get(name) == Some(value))
            };
            live.as_array()?.iter().find(matches)
        }
        "v" => {
            let value: Value = serde_json::from_str(text).ok()?;
            live.as_array()?.iter().find(|item| **item == value)
        }
        "i" => live.get(text.parse::<usize>().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn live(image: &str, replicas: u8) -> Value {
        json!({
            "metadata": {"managedFields": [
                {"manager": "us", "operation": "Apply", "apiVersion": "v1", "fieldsV1": {"f:spec": {"f:containers": {
                    "k:{\"name\":\"a\"}": {".": {}, "f:name": {}, "f:image": {}}}}}},
                {"manager": "them", "operation": "Update", "apiVersion": "v1", "time": "2026-01-02T00:00:00Z",
                    "fieldsV1": {"f:spec": {"f:replicas": {}}}},
                {"manager": "kubelet", "operation": "Update", "apiVersion": "v1", "subresource": "status",
                    "time": "2026-01-03T00:00:00Z", "fieldsV1": {}},
            ]},
            "spec": {"replicas": replicas, "containers": [{"name": "b"}, {"name": "a", "image": image}]},
        })
    }

    #[test]
    fn changes_with_our_fields_only() {
        let before = owned_digest(&live("x", 1), "us");
        assert_eq!(before, owned_digest(&live("x", 2), "us"));
        assert_ne!(before, owned_digest(&live("y", 1), "us"));
        assert_ne!(before, owned_digest(&live("x", 1), "them"));
    }

    #[test]
    fn names_those_who_wrote_the_object_itself() {
        assert_eq!(other_managers(&live("x", 1), "us"), ["them"]);
    }
}
