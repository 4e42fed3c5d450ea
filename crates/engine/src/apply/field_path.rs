use serde_json::{Map, Value};

/// Takes the field with this path out of an object. The path is as the API server prints it; names in it may
/// themselves hold dots, so it is read along the object. `false` when the object has no such field.
pub(crate) fn remove(object: &mut Value, path: &str) -> bool {
    match object {
        Value::Object(map) => remove_from_map(map, path),
        Value::Array(items) => remove_from_list(items, path),
        _ => false,
    }
}

fn remove_from_map(map: &mut Map<String, Value>, path: &str) -> bool {
    let Some(path) = path.strip_prefix('.') else {
        return false;
    };
    if map.contains_key(path) {
        map.remove(path);
        return true;
    }
    map.iter_mut().any(|(name, value)| {
        path.strip_prefix(name.as_str())
            .filter(|rest| rest.starts_with(['.', '[']))
            .is_some_and(|rest| remove(value, rest))
    })
}

fn remove_from_list(items: &mut Vec<Value>, path: &str) -> bool {
    let Some((selector, rest)) = split_selector(path) else {
        return false;
    };
    let Some(index) = find(items, selector) else {
        return false;
    };
    if rest.is_empty() {
        items.remove(index);
        return true;
    }
    remove(&mut items[index], rest)
}

/// `[name="a"].image` is the selector `name="a"` and the rest `.image`.
fn split_selector(path: &str) -> Option<(&str, &str)> {
    let inner = path.strip_prefix('[')?;
    let mut quoted = false;
    let mut escaped = false;
    for (index, character) in inner.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some((&inner[..index], &inner[index + 1..])),
            _ => {}
        }
    }
    None
}

fn find(items: &[Value], selector: &str) -> Option<usize> {
    if let Some(value) = selector.strip_prefix('=') {
        let value: Value = serde_json::from_str(value).ok()?;
        return items.iter().position(|item| *item == value);
    }
    if let Ok(index) = selector.parse::<usize>() {
        return (index < items.len()).then_some(index);
    }
    let keys = read_keys(selector)?;
    items.iter().position(|item| {
        keys.iter()
            .all(|(name, value)| item.get(name.as_str()) == Some(value))
    })
}

/// `name="a",port=80`: as a JSON object, once the names are quoted.
fn read_keys(selector: &str) -> Option<Vec<(String, Value)>> {
    let mut keys = Vec::new();
    let mut rest = selector;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let mut values = serde_json::Deserializer::from_str(after).into_iter::<Value>();
        let value = values.next()?.ok()?;
        let end = values.byte_offset();
        keys.push((name.to_owned(), value));
        rest = after[end..].strip_prefix(',').unwrap_or(&after[end..]);
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn removes_fields_as_the_server_names_them() {
        let object = json!({
            "metadata": {"labels": {"app.kubernetes.io/name": "a", "app": "b"}, "finalizers": ["x/y", "z"]},
            "spec": {"containers": [{"name": "a", "image": "i", "ports": [{"containerPort": 80, "protocol": "TCP"}]}]},
        });
        let without = |path: &str| {
            let mut object = object.clone();
            assert!(remove(&mut object, path), "{path}");
            object
        };
        assert_eq!(
            without(".metadata.labels.app.kubernetes.io/name")["metadata"]["labels"],
            json!({"app": "b"})
        );
        assert_eq!(
            without(r#".metadata.finalizers[="x/y"]"#)["metadata"]["finalizers"],
            json!(["z"])
        );
        let removed = without(r#".spec.containers[name="a"].image"#);
        assert_eq!(removed["spec"]["containers"][0].get("image"), None);
        let removed = without(r#".spec.containers[name="a"].ports[containerPort=80,protocol="TCP"]"#);
        assert_eq!(removed["spec"]["containers"][0]["ports"], json!([]));
        assert!(!remove(
            &mut object.clone(),
            r#".spec.containers[name="b"].image"#
        ));
        assert!(!remove(&mut object.clone(), ".spec.contain"));
    }
}
