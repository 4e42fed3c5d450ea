//! `stringData` of a Secret: it is owned, but the server moves its values to `data`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::NoOp;
use super::walk::{Step, all_matched};
use crate::field_set::Node;

pub(super) fn is_secret(live: &Map<String, Value>) -> bool {
    live.get("kind").and_then(Value::as_str) == Some("Secret")
        && live.get("apiVersion").and_then(Value::as_str) == Some("v1")
}

pub(super) fn string_data(
    intent: &Map<String, Value>,
    live: &Map<String, Value>,
    node: Option<&Node>,
) -> Step {
    let owned = &node.ok_or(NoOp::Differs)?.below;
    let data = live.get("data").and_then(Value::as_object);
    let mut matched = 0;
    for (name, value) in intent {
        let (Some(_), Some(text)) = (owned.get_field(name), value.as_str()) else {
            return Err(NoOp::Differs);
        };
        let live = data.and_then(|data| data.get(name)).and_then(Value::as_str);
        if live != Some(&STANDARD.encode(text)) {
            return Err(NoOp::Differs);
        }
        matched += 1;
    }
    all_matched(matched, owned)
}
