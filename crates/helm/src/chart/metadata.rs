use std::collections::{BTreeMap, HashSet};

use gotemplate::SemVersion;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What `Chart.yaml` says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    /// `apiVersion`: `v1` or `v2`.
    #[serde(deserialize_with = "text")]
    pub api_version: String,
    /// `name`, or the alias that the parent gives.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// `version`
    #[serde(deserialize_with = "text")]
    pub version: String,
    /// `appVersion`
    #[serde(deserialize_with = "text")]
    pub app_version: String,
    /// `kubeVersion`: a constraint.
    #[serde(deserialize_with = "text")]
    pub kube_version: String,
    /// `type`: `application`, `library` or nothing.
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: String,
    /// `description`
    #[serde(deserialize_with = "text")]
    pub description: String,
    /// `home`
    #[serde(deserialize_with = "text")]
    pub home: String,
    /// `icon`
    #[serde(deserialize_with = "text")]
    pub icon: String,
    /// `condition`
    #[serde(deserialize_with = "text")]
    pub condition: String,
    /// `tags`
    #[serde(deserialize_with = "text")]
    pub tags: String,
    /// `deprecated`
    pub deprecated: bool,
    /// `sources`
    #[serde(deserialize_with = "texts")]
    pub sources: Vec<String>,
    /// `keywords`
    #[serde(deserialize_with = "texts")]
    pub keywords: Vec<String>,
    /// `maintainers`
    pub maintainers: Vec<Maintainer>,
    /// `annotations`
    #[serde(deserialize_with = "text_map")]
    pub annotations: BTreeMap<String, String>,
    /// `dependencies`; an empty list is not the same as none.
    pub dependencies: Option<Vec<Dependency>>,
}

/// Who maintains a chart.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Maintainer {
    /// Name.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// Address for mail.
    #[serde(deserialize_with = "text")]
    pub email: String,
    /// Address in the web.
    #[serde(deserialize_with = "text")]
    pub url: String,
}

/// A chart that a chart depends on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// Its name; once dependencies are processed, the alias where there is one.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// A constraint.
    #[serde(deserialize_with = "text")]
    pub version: String,
    /// Where it is fetched from.
    #[serde(deserialize_with = "text")]
    pub repository: String,
    /// Paths of values, of which the first boolean says whether it takes part.
    #[serde(deserialize_with = "text")]
    pub condition: String,
    /// Names in the table `tags` that say whether it takes part.
    #[serde(deserialize_with = "texts")]
    pub tags: Vec<String>,
    /// Values that the parent takes over.
    #[serde(rename = "import-values")]
    pub import_values: Vec<Value>,
    /// Another name for it.
    #[serde(deserialize_with = "text")]
    pub alias: String,
}

/// What is wrong with `Chart.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadata {
    /// A field must be there.
    #[error("chart.metadata.{0} is required")]
    Missing(&'static str),
    /// The name is a path.
    #[error("chart.metadata.name {0:?} is invalid")]
    Name(String),
    /// The version is no semantic version.
    #[error("chart.metadata.version {0:?} is invalid")]
    Version(String),
    /// The type is unknown.
    #[error("chart.metadata.type must be application or library")]
    Kind,
    /// An alias has characters that no name may have.
    #[error("dependency {0:?} has disallowed characters in the alias")]
    Alias(String),
    /// Two dependencies of one name.
    #[error("more than one dependency with name or alias {0:?}")]
    Twice(String),
}

impl Metadata {
    /// Reads a document; what is null is as if it were not there.
    pub(super) fn from_json(mut document: Value) -> serde_json::Result<Self> {
        drop_nulls(&mut document);
        if document.is_null() {
            return Ok(Self::default());
        }
        Self::deserialize(document)
    }

    /// Checks it as Helm does when a chart is loaded.
    pub fn validate(&self) -> Result<(), InvalidMetadata> {
        for (field, text) in [
            ("apiVersion", &self.api_version),
            ("name", &self.name),
            ("version", &self.version),
        ] {
            if text.is_empty() {
                return Err(InvalidMetadata::Missing(field));
            }
        }
        if self.name.contains('/') || matches!(self.name.as_str(), "." | "..") {
            return Err(InvalidMetadata::Name(self.name.clone()));
        }
        if SemVersion::parse(&self.version).is_err() {
            return Err(InvalidMetadata::Version(self.version.clone()));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err(InvalidMetadata::Kind);
        }
        self.validate_dependencies()
    }

    fn validate_dependencies(&self) -> Result<(), InvalidMetadata> {
        let mut seen = HashSet::new();
        for dependency in self.dependencies.iter().flatten() {
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            if !dependency.alias.chars().all(is_name) {
                return Err(InvalidMetadata::Alias(dependency.name.clone()));
            }
            if !seen.insert(dependency.known_as()) {
                return Err(InvalidMetadata::Twice(dependency.known_as().to_owned()));
            }
        }
        Ok(())
    }
}

impl Dependency {
    /// The alias, or the name where there is none.
    pub fn known_as(&self) -> &str {
        if self.alias.is_empty() {
            &self.name
        } else {
            &self.alias
        }
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|_, value| !value.is_null());
            entries.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// A text; numbers and booleans become one, as Go's reader does for fields of that type.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text_of(Value::deserialize(deserializer)?)
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let items = Vec::<Value>::deserialize(deserializer)?;
    items.into_iter().map(text_of).collect()
}

fn text_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let entries = BTreeMap::<String, Value>::deserialize(deserializer)?;
    entries
        .into_iter()
        .map(|(key, value)| Ok((key, text_of(value)?)))
        .collect()
}

fn text_of<E: serde::de::Error>(value: Value) -> Result<String, E> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(match (number.as_i64(), number.as_f64()) {
            (None, Some(float)) => float.to_string(),
            _ => number.to_string(),
        }),
        Value::Array(_) => Err(E::custom("cannot unmarshal array into a field of type string")),
        Value::Object(_) => Err(E::custom("cannot unmarshal object into a field of type string")),
    }
}
