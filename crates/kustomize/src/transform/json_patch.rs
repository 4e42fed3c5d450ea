//! JSON patches (RFC 6902), with the leniency that kustomize's users rely on: a key that is not there can be
//! replaced, indices count from the end when negative, and whatever stands before the first slash is ignored.

use serde_json::Value;
use yaml::Reader;

use crate::error::{Context as _, Error, Result, fail};

/// The operations of a patch.
#[derive(Clone, Debug)]
pub(super) struct JsonPatch(Vec<Value>);

impl JsonPatch {
    /// From JSON, or from YAML unless it starts with a bracket.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let value: Value = if text.starts_with('[') {
            serde_json::from_str(text).map_err(|error| Error::new(error.to_string()).on_line(error.line()))?
        } else {
            yaml::from_slice(text.as_bytes(), Reader::V2).map_err(|error| Error::of_yaml(&error))?
        };
        match value {
            Value::Null => Ok(Self(Vec::new())),
            Value::Array(operations)
                if operations
                    .iter()
                    .all(|operation| operation.is_object() || operation.is_null()) =>
            {
                Ok(Self(operations))
            }
            Value::Array(_) => {
                fail!("json: cannot unmarshal string into Go value of type map[string]*json.RawMessage")
            }
            Value::String(_) => fail!("json: cannot unmarshal string into Go value of type jsonpatch.Patch"),
            _ => fail!("json: cannot unmarshal object into Go value of type jsonpatch.Patch"),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Changes the document, one operation after the other.
    pub(super) fn apply(&self, document: &mut Value) -> Result<()> {
        self.0.iter().try_for_each(|operation| apply(document, operation))
    }
}

fn apply(document: &mut Value, operation: &Value) -> Result<()> {
    let text = |field| operation.get(field).and_then(Value::as_str);
    let kind = text("op").unwrap_or("unknown");
    let value = operation.get("value").cloned().unwrap_or_default();
    let missing = |field: &str| {
        let cause = match kind {
            "add" | "remove" => "missing value".to_owned(),
            _ => format!("operation missing {field} field: missing value"),
        };
        Error::new(format!("{kind} operation failed to decode {field}: {cause}"))
    };
    let path = || text("path").ok_or_else(|| missing("path"));
    match kind {
        "add" => add(document, path()?, value),
        "remove" => remove(document, path()?),
        "replace" => replace(document, path()?, value),
        "test" => test(document, path()?, &value),
        "move" => {
            let from = text("from").ok_or_else(|| missing("from"))?;
            let moved = get(document, from, "move")?;
            remove(document, from).map_err(|error| error.within("error in move"))?;
            add_as("move", document, path()?, moved)
        }
        "copy" => {
            let from = text("from").ok_or_else(|| missing("from"))?;
            let copied = get(document, from, "copy")?;
            add_as("copy", document, path()?, copied)
        }
        _ => fail!("Unexpected kind: {kind}"),
    }
}

/// The container of what a path names, and the key in it.
fn find<'a>(document: &'a mut Value, path: &str) -> Option<(&'a mut Value, String)> {
    let mut parts: Vec<String> = path.split('/').skip(1).map(unescape).collect();
    let key = parts.pop()?;
    let mut container = document;
    for part in parts {
        container = match container {
            Value::Object(map) => map.get_mut(&part)?,
            Value::Array(items) => {
                let index = index(&part, items.len()).ok()?;
                items.get_mut(index)?
            }
            _ => return None,
        };
    }
    matches!(container, Value::Object(_) | Value::Array(_)).then_some((container, key))
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// A place in a list of that length, counted from the end when negative.
fn index(key: &str, length: usize) -> Result<usize> {
    let number: i64 = match key.parse() {
        Ok(number) => number,
        Err(_) => fail!("strconv.Atoi: parsing {key:?}: invalid syntax"),
    };
    let place = if number < 0 {
        number + length as i64
    } else {
        number
    };
    usize::try_from(place).map_err(|_| out_of_bounds(number))
}

fn out_of_bounds(number: impl std::fmt::Display) -> Error {
    Error::new(format!(
        "Unable to access invalid index: {number}: invalid index referenced"
    ))
}

fn add(document: &mut Value, path: &str, value: Value) -> Result<()> {
    let Some((container, key)) = find(document, path) else {
        fail!("add operation does not apply: doc is missing path: \"{path}\": missing value");
    };
    insert(container, key, value).context(|| format!("error in add for path: '{path}'"))
}

fn add_as(kind: &str, document: &mut Value, path: &str, value: Value) -> Result<()> {
    let Some((container, key)) = find(document, path) else {
        fail!("{kind} operation does not apply: doc is missing destination path: {path}: missing value");
    };
    insert(container, key, value).context(|| match kind {
        "copy" => "error while adding value during copy".to_owned(),
        _ => format!("error in {kind} for path: '{path}'"),
    })
}

fn insert(container: &mut Value, key: String, value: Value) -> Result<()> {
    match container {
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => {
            if key.parse::<i64>().is_err() {
                fail!(
                    "value was not a proper array index: '{key}': strconv.Atoi: parsing {key:?}: invalid syntax"
                );
            }
            let index = index(&key, items.len() + 1)?;
            if index > items.len() {
                return Err(out_of_bounds(key));
            }
            items.insert(index, value);
        }
        _ => {}
    }
    Ok(())
}

fn remove(document: &mut Value, path: &str) -> Result<()> {
    let Some((container, key)) = find(document, path) else {
        fail!("remove operation does not apply: doc is missing path: \"{path}\": missing value");
    };
    take(container, &key).context(|| format!("error in remove for path: '{path}'"))
}

fn take(container: &mut Value, key: &str) -> Result<()> {
    match container {
        Value::Object(map) => {
            let unknown = || Error::new(format!("Unable to remove nonexistent key: {key}: missing value"));
            map.remove(key).map(drop).ok_or_else(unknown)?;
        }
        Value::Array(items) => {
            let index = index(key, items.len())?;
            if index >= items.len() {
                return Err(out_of_bounds(key));
            }
            items.remove(index);
        }
        _ => {}
    }
    Ok(())
}

fn replace(document: &mut Value, path: &str, value: Value) -> Result<()> {
    if path.is_empty() {
        if !matches!(value, Value::Object(_) | Value::Array(_)) {
            fail!("replace operation value must be object or array");
        }
        *document = value;
        return Ok(());
    }
    let Some((container, key)) = find(document, path) else {
        fail!("replace operation does not apply: doc is missing path: {path}: missing value");
    };
    match container {
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(items) => {
            let place = index(&key, items.len())
                .ok()
                .and_then(|index| items.get_mut(index));
            match place {
                Some(place) => *place = value,
                None => fail!("replace operation does not apply: doc is missing key: {path}: missing value"),
            }
        }
        _ => {}
    }
    Ok(())
}

/// The value at a path; what an object does not have is null.
fn get(document: &mut Value, path: &str, kind: &str) -> Result<Value> {
    let Some((container, key)) = find(document, path) else {
        fail!("{kind} operation does not apply: doc is missing from path: {path}: missing value");
    };
    match container {
        Value::Array(items) => {
            let index = index(&key, items.len()).context(|| format!("error in {kind} for path: '{path}'"))?;
            items
                .get(index)
                .cloned()
                .ok_or_else(|| out_of_bounds(&key).within(format!("error in {kind} for path: '{path}'")))
        }
        container => Ok(container.get(&key).cloned().unwrap_or_default()),
    }
}

fn test(document: &mut Value, path: &str, value: &Value) -> Result<()> {
    let found = if path.is_empty() {
        document.clone()
    } else if find(document, path).is_none() {
        fail!("test operation does not apply: is missing path: {path}: missing value");
    } else {
        get(document, path, "test")?
    };
    if found != *value {
        fail!("testing value {path} failed: test failed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(patch: &str, mut document: Value) -> Result<Value> {
        JsonPatch::parse(patch)?.apply(&mut document)?;
        Ok(document)
    }

    #[test]
    fn operations_change_the_document() {
        let patch = "
- {op: add, path: /a/-, value: 3}
- {op: replace, path: /new, value: x}
- {op: remove, path: /a/0}
- {op: copy, from: /a/-1, path: /b~1c}
- {op: move, from: /new, path: /old}
- {op: test, path: /old, value: x}";
        assert_eq!(
            patched(patch, json!({"a": [1, 2]})).unwrap(),
            json!({"a": [2, 3], "b/c": 3, "old": "x"})
        );
    }

    #[test]
    fn what_does_not_apply_says_so() {
        let problem = |patch: &str| patched(patch, json!({"a": []})).unwrap_err().to_string();
        assert_eq!(
            problem(r#"[{"op": "add", "path": "/x/y", "value": 1}]"#),
            "add operation does not apply: doc is missing path: \"/x/y\": missing value"
        );
        assert_eq!(
            problem(r#"[{"op": "remove", "path": "/x"}]"#),
            "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value"
        );
        assert_eq!(
            problem(r#"[{"op": "add", "path": "/a/5", "value": 1}]"#),
            "error in add for path: '/a/5': Unable to access invalid index: 5: invalid index referenced"
        );
        assert!(JsonPatch::parse("op: add").is_err());
    }
}
