use serde_json::Value;

/// The objects of a text that are to be judged, in order; the items of a `List` each for itself.
///
/// This is more lenient than reading manifests: what was copied out of somewhere may lack a name or all metadata,
/// and may hold a key twice, of which the last counts.
pub fn documents(text: &[u8]) -> Vec<Result<Value, yaml::Error>> {
    let mut found = Vec::new();
    for document in yaml::documents(text, yaml::Reader::V2) {
        match document {
            Ok(document) => expand(document.value, &mut found),
            Err(error) => found.push(Err(error)),
        }
    }
    found
}

fn expand(value: Value, found: &mut Vec<Result<Value, yaml::Error>>) {
    let is_list = value
        .get("kind")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.ends_with("List"));
    match value {
        Value::Null => {}
        Value::Object(mut map) if is_list && map.contains_key("items") => {
            if let Some(Value::Array(items)) = map.remove("items") {
                for item in items {
                    expand(item, found);
                }
            }
        }
        value => found.push(Ok(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_manifests_may_not_be_is_read_all_the_same() {
        let text = b"kind: A\n---\n---\nkind: ConfigMapList\nitems: [{kind: B}, {kind: C}]\n---\nkind: D\nkind: E\n---\na: [\n";
        let kinds: Vec<_> = documents(text)
            .into_iter()
            .map(|document| document.map(|value| value["kind"].clone()).ok())
            .collect();
        assert_eq!(
            kinds,
            [
                Some("A".into()),
                Some("B".into()),
                Some("C".into()),
                Some("E".into()),
                None
            ]
        );
    }
}
