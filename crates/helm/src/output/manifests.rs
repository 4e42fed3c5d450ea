use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use gotemplate::Cancellation;
use serde_json::Value;
use yaml::Reader;

use super::{documents, install_rank};
use crate::capabilities::Compatibility;

const HOOK: &str = "helm.sh/hook";

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum HookEvent {
    PreInstall,
    PostInstall,
    PreDelete,
    PostDelete,
    PreUpgrade,
    PostUpgrade,
    PreRollback,
    PostRollback,
    Test,
}

impl HookEvent {
    fn named(name: &str) -> Option<Self> {
        Some(match name.trim().to_lowercase().as_str() {
            "pre-install" => Self::PreInstall,
            "post-install" => Self::PostInstall,
            "pre-delete" => Self::PreDelete,
            "post-delete" => Self::PostDelete,
            "pre-upgrade" => Self::PreUpgrade,
            "post-upgrade" => Self::PostUpgrade,
            "pre-rollback" => Self::PreRollback,
            "post-rollback" => Self::PostRollback,
            "test" | "test-success" => Self::Test,
            _ => return None,
        })
    }
}

/// A document of a rendered file.
#[derive(Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The template that it comes from.
    pub file: String,
    /// Its kind, empty if it has none.
    pub kind: String,
    /// Its text.
    pub content: String,
    /// When it runs, if it is a hook; empty otherwise.
    pub events: Vec<HookEvent>,
}

/// A document is no object that Helm could read.
#[derive(Debug, thiserror::Error)]
#[error("YAML parse error on {file}: {reason}")]
pub struct Error {
    /// The template that it comes from.
    pub file: String,
    /// What is wrong with it.
    pub reason: Reason,
}

impl Error {
    /// The same without what the document holds.
    pub fn outline(&self) -> String {
        match &self.reason {
            Reason::Yaml(error) => format!("YAML parse error on {}: {error}", self.file),
            Reason::Field(_) | Reason::Cancelled => self.to_string(),
        }
    }
}

/// What is wrong with a document, in Go's words.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// It is no YAML.
    #[error("error converting YAML to JSON: {}", .0.go_text())]
    Yaml(yaml::Error),
    /// A field has a type that it must not have.
    #[error("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {0}")]
    Field(String),
    /// The caller cancelled.
    #[error("render was cancelled")]
    Cancelled,
}

/// The documents of a render, each list in the order of installation.
#[derive(Clone, Default)]
pub struct Manifests {
    /// Everything that is no hook.
    pub objects: Vec<Manifest>,
    /// The hooks.
    pub hooks: Vec<Manifest>,
}

/// What is printed besides the objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Printed {
    /// No hooks: `--no-hooks`.
    Objects,
    /// Hooks, but no tests: `--skip-tests`.
    HooksWithoutTests,
    /// All hooks.
    #[default]
    Hooks,
}

impl Manifests {
    /// Takes rendered files apart. Partials and blank files are passed over, and so are hooks of unknown events.
    pub fn from_files(
        files: &BTreeMap<String, Vec<u8>>,
        compatibility: Compatibility,
        cancellation: &Cancellation,
    ) -> Result<Self, Error> {
        let mut manifests = Self::default();
        for (file, text) in files {
            let base = file.rsplit('/').next().unwrap_or(file);
            if base.starts_with('_') {
                continue;
            }
            let text = readable(file, text)?;
            for document in documents(&text, compatibility) {
                if cancellation.is_cancelled() {
                    return Err(Error {
                        file: file.clone(),
                        reason: Reason::Cancelled,
                    });
                }
                manifests.add(file, document)?;
            }
        }
        for list in [&mut manifests.objects, &mut manifests.hooks] {
            list.sort_by(|a, b| install_rank(&a.kind).cmp(&install_rank(&b.kind)));
        }
        Ok(manifests)
    }

    fn add(&mut self, file: &str, content: &str) -> Result<(), Error> {
        let Head { kind, hook } = Head::read(content).map_err(|reason| Error {
            file: file.to_owned(),
            reason,
        })?;
        let events: Option<Vec<_>> = hook
            .iter()
            .flat_map(|names| names.split(','))
            .map(HookEvent::named)
            .collect();
        let Some(events) = events else {
            return Ok(());
        };
        let list = match hook {
            Some(_) => &mut self.hooks,
            None => &mut self.objects,
        };
        list.push(Manifest {
            file: file.to_owned(),
            kind,
            content: content.to_owned(),
            events,
        });
        Ok(())
    }
}

/// The text of a file. Bytes that are no UTF-8 are the same mistake as in Helm, unless they are not read as YAML.
fn readable<'t>(file: &str, text: &'t [u8]) -> Result<Cow<'t, str>, Error> {
    let lossy = String::from_utf8_lossy(text);
    if let (Cow::Owned(_), Err(error)) = (&lossy, yaml::from_slice(text, Reader::V2)) {
        return Err(Error {
            file: file.to_owned(),
            reason: Reason::Yaml(error),
        });
    }
    Ok(lossy)
}

/// The text of `helm template`: definitions first, then the objects, then the hooks.
pub fn print(definitions: &[Manifest], objects: &[Manifest], hooks: &[Manifest], printed: Printed) -> String {
    let mut text = String::new();
    for manifest in definitions.iter().chain(objects) {
        append(&mut text, manifest);
    }
    let mut text = format!("{}\n", text.trim());
    let is_printed = |hook: &&Manifest| match printed {
        Printed::Objects => false,
        Printed::HooksWithoutTests => !hook.events.contains(&HookEvent::Test),
        Printed::Hooks => true,
    };
    for hook in hooks.iter().filter(is_printed) {
        append(&mut text, hook);
    }
    text
}

fn append(text: &mut String, manifest: &Manifest) {
    let Manifest { file, content, .. } = manifest;
    // writing to a String cannot fail
    let _ = write!(text, "---\n# Source: {file}\n{content}\n");
}

/// What Helm looks at in a document.
#[derive(Default)]
struct Head {
    kind: String,
    hook: Option<String>,
}

impl Head {
    fn read(document: &str) -> Result<Self, Reason> {
        let value = yaml::from_slice(document.as_bytes(), Reader::V2).map_err(Reason::Yaml)?;
        let Some(fields) = table(&value, "Go value of type util.SimpleHead")? else {
            return Ok(Self::default());
        };
        let metadata = table(
            fields.get("metadata").unwrap_or(&Value::Null),
            "Go struct field SimpleHead.metadata of type struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }",
        )?;
        if let Some(name) = metadata.and_then(|metadata| metadata.get("name")) {
            text(name, ".metadata.name")?;
        }
        let annotations = match metadata.and_then(|metadata| metadata.get("annotations")) {
            Some(annotations) => table(
                annotations,
                "Go struct field .metadata.annotations of type map[string]string",
            )?,
            None => None,
        };
        for annotation in annotations.iter().flat_map(|annotations| annotations.values()) {
            text(annotation, ".metadata.annotations")?;
        }
        let hook = annotations.and_then(|annotations| annotations.get(HOOK));
        Ok(Self {
            kind: text(fields.get("kind").unwrap_or(&Value::Null), "SimpleHead.kind")?,
            hook: hook.map(|hook| text(hook, "")).transpose()?,
        })
    }
}

type Table = serde_json::Map<String, Value>;

fn table<'v>(value: &'v Value, wanted: &str) -> Result<Option<&'v Table>, Reason> {
    match value {
        Value::Null => Ok(None),
        Value::Object(fields) => Ok(Some(fields)),
        other => Err(mismatch(other, wanted)),
    }
}

fn text(value: &Value, field: &str) -> Result<String, Reason> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        other => Err(mismatch(
            other,
            &format!("Go struct field {field} of type string"),
        )),
    }
}

fn mismatch(found: &Value, wanted: &str) -> Reason {
    let found = match found {
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        Value::Number(_) | Value::Null => "number",
    };
    Reason::Field(format!("{found} into {wanted}"))
}

#[cfg(test)]
mod tests;
