use std::{collections::BTreeSet, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Shorter values are too common to be told from what is not secret; in their Secret they are masked all the same.
const SHORTEST: usize = 4;

/// The values of the Secrets that were seen. It cannot be printed.
#[derive(Clone, Default)]
pub(super) struct Secrets {
    values: BTreeSet<String>,
}

impl Secrets {
    /// Takes in the values of an object if it is a Secret, in plain and as base64; whether any was new.
    pub(super) fn learn(&mut self, object: &Value) -> bool {
        let before = self.values.len();
        if is_secret(object) {
            for encoded in texts(object, "data") {
                self.add(encoded);
                if let Some(plain) = decode(encoded) {
                    self.add(&plain);
                }
            }
            for plain in texts(object, "stringData") {
                self.add(plain);
                self.add(&STANDARD.encode(plain));
            }
        }
        self.values.len() > before
    }

    pub(super) fn contains(&self, value: &str) -> bool {
        self.values.contains(value)
    }

    fn add(&mut self, value: &str) {
        let value = value.trim();
        if value.len() >= SHORTEST {
            self.values.insert(value.to_owned());
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} values)", self.values.len())
    }
}

/// Whether a value is a Secret of the core group.
pub(super) fn is_secret(object: &Value) -> bool {
    object.get("kind").and_then(Value::as_str) == Some("Secret")
        && object.get("apiVersion").and_then(Value::as_str) == Some("v1")
}

/// The text that base64 stands for; `None` when it is none, or no text.
pub(super) fn decode(encoded: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

fn texts<'a>(object: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    object
        .get(field)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|map| map.values())
        .filter_map(Value::as_str)
}
