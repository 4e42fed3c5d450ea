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
pub(crate) struct Replacements(Vec<Replacement>);

impl Replacements {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let config: Config = decode(config, Strictness::Lenient)?;
        Self::load(&config.replacements, loader, cx)
    }

    pub(crate) fn load(list: &[Replacement], loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let mut replacements = Vec::new();
        for replacement in list {
            if replacement.path.is_empty() {
                replacements.push(replacement.clone());
                continue;
            }
            let has_targets = replacement
                .targets
                .as_ref()
                .is_some_and(|targets| !targets.is_empty());
            if replacement.source.is_some() || has_targets {
                fail!("cannot specify both path and inline replacement");
            }
            replacements.extend(from_file(&loader.load(&replacement.path, cx)?)?);
        }
        Ok(Self(replacements))
    }
}

/// One replacement, or a list of them.
fn from_file(text: &[u8]) -> Result<Vec<Replacement>> {
    let value = yaml::from_slice(text, Reader::V2)
        .map_err(|error| Error::of_yaml(&error).within("error converting YAML to JSON"))?;
    let list = match value {
        value @ Value::Array(_) => value,
        value @ Value::Object(_) => Value::Array(vec![value]),
        other => fail!(
            "unsupported replacement type encountered within replacement path: {}",
            match other {
                Value::Null => "invalid",
                Value::Bool(_) => "bool",
                Value::Number(_) => "float64",
                _ => "string",
            }
        ),
    };
    decode(&list, Strictness::Lenient).context(|| "error unmarshaling JSON: while decoding JSON".into())
}

impl Transform for Replacements {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        for replacement in &self.0 {
            let has_source = replacement.source.is_some() || replacement.source_value.is_some();
            let (true, Some(targets)) = (has_source, &replacement.targets) else {
                fail!("replacements must specify a source and at least one target");
            };
            let value = source::value(map, replacement, cx)?;
            for selector in targets.iter().flatten() {
                target::apply(map, &value, selector, cx)?;
            }
        }
        map.drop_empty();
        Ok(())
    }
}
