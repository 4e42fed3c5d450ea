//! Defaults of fields: those that custom resources state, and common ones of built-in kinds as data.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What a field is when it is left out.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Default {
    pub(crate) field: String,
    #[serde(default)]
    value: Value,
    /// Told from the fields beside it.
    #[serde(default)]
    computed: Option<Computed>,
    /// Takes the value of this field beside it.
    #[serde(default)]
    copies: Option<String>,
    /// Is another name of this field beside it, which decides.
    #[serde(default)]
    mirrors: Option<String>,
    /// Fields of the value are the defaults of fields within what is there.
    #[serde(default)]
    within: bool,
    /// Only when the fields beside it have one of these values; null stands for a field that is left out.
    #[serde(default)]
    when: HashMap<String, Vec<Value>>,
    /// Only when this list beside it has items.
    #[serde(default)]
    beside: Option<String>,
    /// Only in objects of these kinds, where not in all.
    #[serde(default)]
    kinds: Vec<String>,
}

/// Whose fields get their defaults.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Within<'a> {
    /// The kind of the whole object.
    pub(crate) kind: &'a str,
    /// Whether the server reads the fields into types of its own.
    pub(crate) built_in: bool,
}

/// How a default follows from the fields beside it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Computed {
    /// An image that may change under its name is pulled always.
    ImagePullPolicy,
}

impl Default {
    /// What the field of this map is by default.
    fn value(&self, fields: &Map<String, Value>) -> Option<Value> {
        match (&self.copies, self.computed) {
            (Some(source), _) => fields.get(source).cloned(),
            (None, Some(Computed::ImagePullPolicy)) => {
                let image = fields.get("image").and_then(Value::as_str).unwrap_or_default();
                let policy = if is_latest(image) {
                    "Always"
                } else {
                    "IfNotPresent"
                };
                Some(Value::from(policy))
            }
            (None, None) => Some(self.value.clone()),
        }
    }

    /// Sets the field of this map, or what is missing within it, where it is left out.
    pub(crate) fn complete(&self, fields: &mut Map<String, Value>, within: Within<'_>) {
        if let Some(source) = &self.mirrors {
            match fields.get(source).cloned() {
                Some(value) => fields.insert(self.field.clone(), value),
                None => fields.remove(&self.field),
            };
        } else if let (true, Some(Value::Object(inner)), Value::Object(defaults)) =
            (self.within, fields.get_mut(&self.field), &self.value)
        {
            for (name, value) in defaults {
                inner.entry(name).or_insert_with(|| value.clone());
            }
        } else if self.applies_to(fields, within)
            && let Some(value) = self.value(fields)
        {
            fields.insert(self.field.clone(), value);
        }
    }

    /// Whether the field of this map gets the default. To the server's own types an empty text is none.
    fn applies_to(&self, fields: &Map<String, Value>, within: Within<'_>) -> bool {
        let is_absent = match fields.get(&self.field) {
            None => true,
            Some(value) => within.built_in && value == "",
        };
        is_absent
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == within.kind))
            && self
                .beside
                .as_ref()
                .is_none_or(|list| has_items(fields.get(list)))
            && self
                .when
                .iter()
                .all(|(name, values)| values.contains(fields.get(name).unwrap_or(&Value::Null)))
    }
}

fn has_items(list: Option<&Value>) -> bool {
    list.and_then(Value::as_array)
        .is_some_and(|items| !items.is_empty())
}

/// Whether an image has the tag `latest`, which is also that of an image without a tag and a digest.
fn is_latest(image: &str) -> bool {
    let (named, digest) = image
        .split_once('@')
        .map_or((image, ""), |(named, digest)| (named, digest));
    let last = named.rsplit('/').next().unwrap_or(named);
    match last.split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => digest.is_empty() && !image.is_empty(),
    }
}

/// A default that a schema states.
pub(crate) fn stated_default(field: &str, value: &Value) -> Default {
    Default {
        field: field.into(),
        value: value.clone(),
        computed: None,
        copies: None,
        mirrors: None,
        within: false,
        when: HashMap::new(),
        beside: None,
        kinds: Vec::new(),
    }
}

/// The known defaults of a built-in type.
pub(crate) fn built_in_defaults(type_name: &str) -> Vec<Default> {
    static DEFAULTS: LazyLock<HashMap<String, Vec<Default>>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/defaults.json")).expect("the file is part of the crate")
    });
    DEFAULTS.get(type_name).cloned().unwrap_or_default()
}

/// Fields of a built-in type that are not written where they are zero, false or an empty text.
pub(crate) fn omitted_zeros(type_name: &str) -> &'static [String] {
    static OMITTED: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/omitted-zeros.json"))
            .expect("the file is part of the crate")
    });
    OMITTED.get(type_name).map_or(&[], Vec::as_slice)
}
