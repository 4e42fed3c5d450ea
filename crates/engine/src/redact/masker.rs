use std::{collections::HashMap, fmt};

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::{Map, Value};

use super::{
    secrets::{Secrets, decode, is_secret},
    suspicious,
};

/// Values of these names in annotations are whole manifests of the past.
const LAST_APPLIED: &[&str] = &["last-applied", "last_applied", "kapp.k14s.io/original"];

/// Replaces secret values by numbers. It cannot be printed.
#[derive(Default)]
pub struct Masker {
    secrets: Secrets,
    /// Finds the values of `secrets`; `None` until it is needed, and after something was learned.
    known: Option<AhoCorasick>,
    numbers: HashMap<String, usize>,
}

impl Masker {
    /// Takes in the values of an object if it is a Secret: from now on they are masked wherever they stand.
    pub fn learn(&mut self, object: &Value) {
        if self.secrets.learn(object) {
            self.known = None;
        }
    }

    /// Replaces all that is secret in an object, and moves a Secret's `stringData` to `data`.
    pub fn mask(&mut self, object: &mut Value) {
        if is_secret(object) {
            self.mask_secret(object);
        }
        self.mask_value(object, "");
    }

    /// A text with all that is secret replaced.
    pub fn mask_text(&mut self, text: &str) -> String {
        let Some(known) = self.known_parts(text) else {
            return self.number(text);
        };
        let text = self.replace(text, &known);
        let suspicious = suspicious::parts(&text);
        self.replace(&text, &suspicious)
    }

    /// Where known values stand in a text; `None` when that cannot be told, and all of it must be masked.
    fn known_parts(&mut self, text: &str) -> Option<Vec<(usize, usize)>> {
        if self.known.is_none() {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(self.secrets.values());
            self.known = automaton.ok();
        }
        let found = self.known.as_ref()?.find_iter(text);
        Some(found.map(|found| (found.start(), found.end())).collect())
    }

    fn mask_secret(&mut self, secret: &mut Value) {
        let Some(map) = secret.as_object_mut() else { return };
        let mut masked = Map::new();
        if let Some(Value::Object(data)) = map.remove("data") {
            for (name, value) in data {
                let plain = value
                    .as_str()
                    .map(|text| decode(text).unwrap_or_else(|| text.to_owned()));
                masked.insert(
                    name,
                    self.masked(plain.unwrap_or_else(|| value.to_string()).as_str()),
                );
            }
        }
        if let Some(Value::Object(texts)) = map.remove("stringData") {
            for (name, value) in texts {
                let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                masked.insert(name, self.masked(&plain));
            }
        }
        if !masked.is_empty() {
            map.insert("data".to_owned(), Value::Object(masked));
        }
    }

    fn mask_value(&mut self, value: &mut Value, name: &str) {
        match value {
            Value::String(text) if LAST_APPLIED.iter().any(|part| name.contains(part)) => {
                *value = self.masked(text);
            }
            Value::String(text) => {
                let masked = self.mask_text(text);
                if masked != *text {
                    *text = masked;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_value(item, "")),
            Value::Object(map) => {
                self.mask_telling_variable(map);
                map.iter_mut()
                    .for_each(|(name, value)| self.mask_value(value, name));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `{name: DB_PASSWORD, value: …}`, as containers have it.
    fn mask_telling_variable(&mut self, map: &mut Map<String, Value>) {
        let is_telling = map
            .get("name")
            .and_then(Value::as_str)
            .is_some_and(suspicious::is_telling_name);
        if let Some(value) = map
            .get_mut("value")
            .filter(|value| is_telling && value.is_string())
        {
            let masked = self.masked(value.as_str().unwrap_or_default());
            *value = masked;
        }
    }

    fn replace(&mut self, text: &str, parts: &[(usize, usize)]) -> String {
        let mut masked = String::new();
        let mut end = 0;
        for &(from, to) in parts {
            masked.push_str(&text[end..from]);
            masked.push_str(&self.number(&text[from..to]));
            end = to;
        }
        masked.push_str(&text[end..]);
        masked
    }

    fn masked(&mut self, plain: &str) -> Value {
        Value::String(self.number(plain))
    }

    /// The same number for the same value, in plain or as base64.
    fn number(&mut self, secret: &str) -> String {
        // what was masked stays as it is
        if secret.starts_with("(secret #") && secret.ends_with(')') {
            return secret.to_owned();
        }
        let plain = match decode(secret) {
            Some(plain) if self.secrets.contains(&plain) => plain,
            _ => secret.to_owned(),
        };
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(plain.trim().to_owned()).or_insert(next);
        format!("(secret #{number})")
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masker({:?})", self.secrets)
    }
}
