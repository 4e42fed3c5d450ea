use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use yaml::Reader;

use crate::chart::Dependency;

/// Why a lock file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// It is no YAML, or has other fields.
    #[error("failed to read {file}: {reason}")]
    Malformed {
        /// The file.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The dependencies were changed since it was written.
    #[error(
        "the lock file ({lock}) is out of sync with the dependencies file ({file}). Please update the dependencies"
    )]
    OutOfSync {
        /// The lock file.
        lock: &'static str,
        /// The file with the dependencies.
        file: &'static str,
    },
}

/// `Chart.lock`: which version each dependency has.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Lock {
    dependencies: Vec<Dependency>,
    digest: String,
}

impl Lock {
    pub(super) fn parse(file: &'static str, text: &[u8]) -> Result<Self, LockError> {
        let malformed = |reason: String| LockError::Malformed { file, reason };
        let document = yaml::from_slice(text, Reader::V2).map_err(|error| malformed(error.to_string()))?;
        if document.is_null() {
            return Ok(Self::default());
        }
        serde_json::from_value(document).map_err(|error| malformed(error.to_string()))
    }

    /// Whether it was written for these dependencies.
    pub(super) fn is_for(&self, dependencies: &[Dependency]) -> bool {
        self.digest == digest(dependencies, &self.dependencies)
    }

    /// The version that a dependency is held at.
    pub(super) fn version(&self, dependency: &Dependency) -> Option<&str> {
        self.dependencies
            .iter()
            .find(|locked| locked.name == dependency.name && locked.repository == dependency.repository)
            .map(|locked| locked.version.as_str())
    }
}

/// The digest that Helm writes into a lock file.
fn digest(dependencies: &[Dependency], locked: &[Dependency]) -> String {
    // Go keeps the order of fields, serde_json may not
    let list = |dependencies: &[Dependency]| {
        let items: Vec<String> = dependencies.iter().map(json_of).collect();
        format!("[{}]", items.join(","))
    };
    let text = format!("[{},{}]", list(dependencies), list(locked));
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// A dependency as Go's `json.Marshal` writes it.
fn json_of(dependency: &Dependency) -> String {
    let text = |value: &str| Value::String(value.to_owned());
    let fields = [
        ("name", text(&dependency.name), true),
        (
            "version",
            text(&dependency.version),
            !dependency.version.is_empty(),
        ),
        ("repository", text(&dependency.repository), true),
        (
            "condition",
            text(&dependency.condition),
            !dependency.condition.is_empty(),
        ),
        ("tags", json!(dependency.tags), !dependency.tags.is_empty()),
        (
            "import-values",
            json!(dependency.import_values),
            !dependency.import_values.is_empty(),
        ),
        ("alias", text(&dependency.alias), !dependency.alias.is_empty()),
    ];
    let fields: Vec<String> = fields
        .into_iter()
        .filter(|(.., is_written)| *is_written)
        .map(|(name, value, _)| format!("\"{name}\":{}", go_json(&value)))
        .collect();
    format!("{{{}}}", fields.join(","))
}

/// Keys sorted, and `<`, `>`, `&` escaped.
fn go_json(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_json).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{}:{}", go_json(&Value::String(key.clone())), go_json(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        scalar => scalar
            .to_string()
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029"),
    }
}
