use serde_json::Value;
use yaml::Reader;

use super::{Transform, set_namespace};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Error, Result, fail},
    kustomization::Selector,
    loader::{Loader, base_name},
    node::{Access as _, Kind, Node, create, expect},
    resmap::ResMap,
};

decodable! {
    struct Target("Target" in "builtins") {
        selector: Option<Selector> = "selector",
        field_path: String = "fieldPath",
        file_path_position: i64 = "filePathPosition",
    }

    struct Config("ValueAddTransformerPlugin" in "builtins") {
        value: String = "value",
        targets: Vec<Target> = "targets",
        target_file_path: String = "targetFilePath",
    }
}

/// Puts a value into fields, as a whole or as a part of a path.
pub(crate) struct ValueAdd {
    value: String,
    targets: Vec<Target>,
}

impl ValueAdd {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let mut config: Config = decode(config, Strictness::Lenient)?;
        let mut value = config.value.trim().to_owned();
        if value.is_empty() {
            base_name(loader.root()).clone_into(&mut value);
        }
        if !config.target_file_path.is_empty() {
            let text = loader.load(&config.target_file_path, cx)?;
            let more = yaml::from_slice(&text, Reader::V2).map_err(|error| Error::new(error.to_string()))?;
            let more: Config = decode(&more, Strictness::Lenient)?;
            config.targets.extend(more.targets);
        }
        if config.targets.is_empty() {
            fail!("must specify at least one target");
        }
        for target in &config.targets {
            if target.field_path.is_empty() {
                fail!("fieldPath cannot be empty");
            }
            if target.file_path_position < 0 {
                fail!(
                    "value of FilePathPosition ({}) cannot be negative",
                    target.file_path_position
                );
            }
        }
        Ok(Self {
            value,
            targets: config.targets,
        })
    }

    fn add(&self, node: &mut Node, target: &Target) -> Result<()> {
        let path = fields(&target.field_path);
        let Some(field) = create(node, &path, Kind::Scalar)? else {
            return Ok(());
        };
        expect(field, Kind::Scalar)?;
        let text = match usize::try_from(target.file_path_position) {
            Ok(position) if position > 0 => insert_part(field.text(), position - 1, &self.value),
            _ => self.value.clone(),
        };
        field.set_text(text);
        Ok(())
    }
}

impl Transform for ValueAdd {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        for target in &self.targets {
            let chosen = match &target.selector {
                None => (0..map.list().len()).collect(),
                Some(selector) => map.select(selector, &cx.schemas)?,
            };
            for index in chosen {
                let node = &mut map.list_mut()[index].node;
                if target.field_path == "metadata/namespace" {
                    set_namespace(node, &self.value, cx)?;
                } else {
                    self.add(node, target)?;
                }
            }
        }
        Ok(())
    }
}

/// The parts of a path; a backslash before a slash keeps it.
fn fields(path: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for part in path.split('/') {
        match fields.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('/');
                last.push_str(part);
            }
            _ => fields.push(part.to_owned()),
        }
    }
    fields
}

/// A path with a part more at that position, or at the end.
fn insert_part(path: &str, position: usize, part: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.insert(position.min(parts.len()), part);
    let joined = parts.join("/");
    if is_absolute { format!("/{joined}") } else { joined }
}
