//! Defaults of fields: those that custom resources state, and common ones of built-in kinds as data.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What a field is when it is left out.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Default {
    pub(crate) field: String,
    pub(crate) value: Value,
    /// Only when the fields beside it have one of these values; null stands for a field that is left out.
    #[serde(default)]
    when: HashMap<String, Vec<Value>>,
}

impl Default {
    /// Whether the field of this map gets the default. To the server's own types an empty text is none.
    pub(crate) fn applies_to(&self, fields: &Map<String, Value>, built_in: bool) -> bool {
        let is_absent = match fields.get(&self.field) {
            None => true,
            Some(value) => built_in && value == "",
        };
        is_absent
            && self
                .when
                .iter()
                .all(|(name, values)| values.contains(fields.get(name).unwrap_or(&Value::Null)))
    }
}

/// A default that a schema states.
pub(crate) fn stated_default(field: &str, value: &Value) -> Default {
    Default {
        field: field.into(),
        value: value.clone(),
        when: HashMap::new(),
    }
}

/// The known defaults of a built-in type.
pub(crate) fn built_in_defaults(type_name: &str) -> Vec<Default> {
    static DEFAULTS: LazyLock<HashMap<String, Vec<Default>>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/defaults.json")).expect("the file is part of the crate")
    });
    DEFAULTS.get(type_name).cloned().unwrap_or_default()
}
