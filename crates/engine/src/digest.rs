use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What stands for a value: equal digests mean equal values, whatever the order of the maps in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest of one value.
    pub fn of(value: &Value) -> Self {
        let mut hasher = Hasher::default();
        hasher.value(value);
        hasher.finish()
    }

    /// The digest of several, in their order.
    pub fn combine<'a>(digests: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut hasher = Hasher::default();
        digests.into_iter().for_each(|digest| hasher.0.update(digest.0));
        hasher.finish()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A digest in the making. Everything that is fed begins with its kind and its length, so that no two sequences
/// feed the same bytes.
#[derive(Debug, Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(b's', text);
    }

    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.update(b"0"),
            Value::Bool(false) => self.0.update(b"f"),
            Value::Bool(true) => self.0.update(b"t"),
            Value::Number(number) => self.bytes(b'n', &number.to_string()),
            Value::String(string) => self.text(string),
            Value::Array(items) => {
                self.length(b'a', items.len());
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(map) => {
                self.length(b'm', map.len());
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_unstable_by_key(|(name, _)| *name);
                for (name, value) in entries {
                    self.bytes(b'k', name);
                    self.value(value);
                }
            }
        }
    }

    pub(crate) fn finish(self) -> Digest {
        let mut short = [0; 16];
        short.copy_from_slice(&self.0.finalize()[..16]);
        Digest(short)
    }

    fn bytes(&mut self, kind: u8, text: &str) {
        self.length(kind, text.len());
        self.0.update(text.as_bytes());
    }

    fn length(&mut self, kind: u8, length: usize) {
        self.0.update([kind]);
        self.0.update((length as u64).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differs_where_values_do() {
        let values = [
            json!(null),
            json!(false),
            json!(""),
            json!([]),
            json!({}),
            json!(["ab"]),
            json!(["a", "b"]),
            json!({"a": {"b": 1}}),
            json!({"a": {}, "b": 1}),
            json!(1),
            json!("1"),
        ];
        let digests: std::collections::BTreeSet<_> = values.iter().map(Digest::of).collect();
        assert_eq!(digests.len(), values.len());
    }
}
