use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::digest::Digest;

/// Puts numbers in the place of secret values: equal values get equal numbers, within one report.
#[derive(Debug, Default)]
pub struct Masker {
    numbers: HashMap<Digest, usize>,
}

impl Masker {
    /// Masks the values of a Secret; other objects stay as they are.
    pub fn mask(&mut self, object: &mut Value) {
        let is_secret = object.get("kind").and_then(Value::as_str) == Some("Secret")
            && object.get("apiVersion").and_then(Value::as_str) == Some("v1");
        let Some(map) = object.as_object_mut().filter(|_| is_secret) else {
            return;
        };
        store_texts_as_data(map);
        if let Some(data) = map.get_mut("data") {
            match data.as_object_mut() {
                Some(data) => data.values_mut().for_each(|value| *value = self.number(value)),
                None => *data = self.number(data),
            }
        }
    }

    fn number(&mut self, value: &Value) -> Value {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(Digest::of(value)).or_insert(next);
        Value::from(format!("value not shown (#{number})"))
    }
}

/// In whichever of its two forms a value is written, it is the same value.
fn store_texts_as_data(secret: &mut Map<String, Value>) {
    let Some(texts) = secret.remove("stringData") else {
        return;
    };
    let data = secret.entry("data").or_insert_with(|| Value::Object(Map::new()));
    let (Value::Object(texts), Some(data)) = (texts, data.as_object_mut()) else {
        return;
    };
    for (name, text) in texts {
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        data.insert(name, Value::from(STANDARD.encode(text)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_values_get_equal_numbers_in_either_form() {
        let mut masker = Masker::default();
        let mut one =
            json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": STANDARD.encode("x"), "b": "eQ=="}});
        let mut other = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"c": "x"}});
        masker.mask(&mut one);
        masker.mask(&mut other);
        assert_eq!(
            one["data"],
            json!({"a": "value not shown (#1)", "b": "value not shown (#2)"})
        );
        assert_eq!(
            other,
            json!({"apiVersion": "v1", "kind": "Secret", "data": {"c": "value not shown (#1)"}})
        );
    }
}
