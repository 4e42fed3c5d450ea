use serde_json::Value;
use yaml::Reader;

use super::{source, target};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Error, Result, fail},
    kustomization::Replacement,
    loader::Loader,
    resmap::ResMap,
    transform::Transform,
};

decodable! {
    struct Config("ReplacementTransformerPlugin" in "builtins") {
        replacements: Vec<Replacement> = "replacements",
    }
}

/// The replacements of a kustomization, in order.
pub(crate) struct Replacements(Vec<Entry>);

struct Entry {
    replacement: Replacement,
    /// Its place in the list of the kustomization.
    index: usize,
    /// Whether the list has but the path of the file that it comes from.
    from_file: bool,
}

impl Replacements {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let config: Config = decode(config, Strictness::Lenient)?;
        Self::load(&config.replacements, loader, cx)
    }

    pub(crate) fn load(list: &[Replacement], loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let mut entries = Vec::new();
        for (index, written) in list.iter().enumerate() {
            let from_file = !written.path.is_empty();
            let entry = |replacement| Entry {
                replacement,
                index,
                from_file,
            };
            if from_file {
                entries.extend(load(written, loader, cx).under(index)?.into_iter().map(entry));
            } else {
                entries.push(entry(written.clone()));
            }
        }
        Ok(Self(entries))
    }
}

/// The replacements of the file that an entry names.
fn load(written: &Replacement, loader: &Loader, cx: &Cx<'_>) -> Result<Vec<Replacement>> {
    let path = &written.path;
    let has_targets = written
        .targets
        .as_ref()
        .is_some_and(|targets| !targets.is_empty());
    if written.source.is_some() || has_targets {
        fail!("cannot specify both path and inline replacement");
    }
    let text = loader.load(path, cx).under("path")?;
    from_file(&text).map_err(|error| error.in_text(&text, || loader.shown(path)))
}

/// One replacement, or a list of them.
fn from_file(text: &[u8]) -> Result<Vec<Replacement>> {
    let value = yaml::from_slice(text, Reader::V2).map_err(|error| {
        Error::of_yaml(&error)
            .within("error converting YAML to JSON")
            .on_line(error.line)
    })?;
    let read = "error unmarshaling JSON: while decoding JSON";
    match value {
        Value::Array(_) => decode(&value, Strictness::Lenient).context(|| read.into()),
        Value::Object(_) => Ok(vec![decode(&value, Strictness::Lenient).context(|| read.into())?]),
        other => fail!(
            "unsupported replacement type encountered within replacement path: {}",
            match other {
                Value::Null => "invalid",
                Value::Bool(_) => "bool",
                Value::Number(_) => "float64",
                _ => "string",
            }
        ),
    }
}

impl Transform for Replacements {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        for entry in &self.0 {
            apply(&entry.replacement, map, cx)
                .map_err(|error| {
                    if entry.from_file {
                        error.of_whole().under("path")
                    } else {
                        error
                    }
                })
                .under(entry.index)?;
        }
        map.drop_empty();
        Ok(())
    }
}

fn apply(replacement: &Replacement, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
    let has_source = replacement.source.is_some() || replacement.source_value.is_some();
    let (true, Some(targets)) = (has_source, &replacement.targets) else {
        fail!("replacements must specify a source and at least one target");
    };
    let value = source::value(map, replacement, cx)?;
    for (index, target) in targets.iter().enumerate() {
        if let Some(target) = target {
            target::apply(map, &value, target, cx)
                .under(index)
                .under("targets")?;
        }
    }
    Ok(())
}
