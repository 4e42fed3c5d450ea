//! What a chart made up once stays: a field that was filled at random has the value that is live, where there is one.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use manifest::{Object, ResourceKey};
use serde_json::Value;

use crate::{
    Desired,
    cluster::{Cluster, Discovery, Error},
};

/// The desired objects with live values in their generated fields; `None` when there is nothing to put in.
pub(super) async fn keep_generated(
    cluster: &Cluster,
    discovery: &Discovery,
    desired: &Desired,
) -> Result<Option<Vec<Object>>, Error> {
    if desired.generated.is_empty() {
        return Ok(None);
    }
    let mut objects = desired.objects.clone();
    for object in &mut objects {
        let Some(pointers) = desired.generated.get(&object.key()) else {
            continue;
        };
        let Some(live) = live(cluster, discovery, desired, object).await? else {
            continue;
        };
        let is_secret = object.is_secret();
        for pointer in pointers {
            keep(object.value_mut(), &live, pointer, is_secret);
        }
    }
    Ok(Some(objects))
}

async fn live(
    cluster: &Cluster,
    discovery: &Discovery,
    desired: &Desired,
    object: &Object,
) -> Result<Option<Value>, Error> {
    let Some(resource) = discovery.resource(&object.gvk()) else {
        return Ok(None);
    };
    let ResourceKey { namespace, name, .. } = object.key();
    let namespace = match (resource.namespaced, namespace.as_str()) {
        (false, _) => "",
        (true, "") => desired.namespace_or_default(),
        (true, namespace) => namespace,
    };
    match cluster.get(resource, namespace, &name).await {
        // who may only look sees what a render makes
        Err(error) if error.is_code(403) => Ok(None),
        result => result,
    }
}

/// Puts the live value of a field in the place of the desired one, where both have one.
fn keep(desired: &mut Value, live: &Value, pointer: &str, is_secret: bool) {
    // the whole object, or a name that is made anew, is another object
    if pointer.is_empty() || pointer == "/metadata/name" {
        return;
    }
    let text = pointer.strip_prefix("/stringData/").filter(|_| is_secret);
    let value = match text {
        Some(key) => live.pointer(&format!("/data/{key}")).and_then(decoded),
        None => live.pointer(pointer).cloned(),
    };
    if let (Some(place), Some(value)) = (desired.pointer_mut(pointer), value) {
        *place = value;
    }
}

/// `stringData` is read back as `data`, in base64.
fn decoded(data: &Value) -> Option<Value> {
    let bytes = STANDARD.decode(data.as_str()?).ok()?;
    Some(Value::String(String::from_utf8(bytes).ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn live_values_stay() {
        let live = json!({"metadata": {"name": "a-1", "annotations": {"x/y": "old"}}, "data": {"p": "b2xk", "q": "b2xk"}});
        let mut desired = json!({
            "metadata": {"name": "a-2", "annotations": {"x/y": "new", "z": "new"}},
            "data": {"p": "bmV3"}, "stringData": {"q": "new"},
        });
        for pointer in [
            "",
            "/metadata/name",
            "/metadata/annotations/x~1y",
            "/metadata/annotations/z",
            "/data/p",
            "/stringData/q",
            "/data/gone",
        ] {
            keep(&mut desired, &live, pointer, true);
        }
        let expected = json!({
            "metadata": {"name": "a-2", "annotations": {"x/y": "old", "z": "new"}},
            "data": {"p": "b2xk"}, "stringData": {"q": "old"},
        });
        assert_eq!(desired, expected);
    }
}
