use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::sources;
use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    kustomization::{GeneratorArgs, GeneratorOptions},
    loader::Loader,
    node::{Access as _, Kind, Node},
    resource::{Behavior, Resource},
};

const LINE: usize = 70;

/// Which kind of object data is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataKind<'a> {
    ConfigMap,
    /// With its type, if one is given.
    Secret(&'a str),
}

/// Makes a ConfigMap or Secret.
pub(crate) fn generate(
    args: &GeneratorArgs,
    kind: DataKind<'_>,
    loader: &Loader,
    cx: &Cx<'_>,
) -> Result<Resource> {
    if args.name.is_empty() {
        return Err(Error::new("a configmap must have a name").under("name"));
    }
    let mut object = Resource::from(Node::empty(Kind::Mapping));
    object.set_api_version("v1");
    object.set_kind(match kind {
        DataKind::ConfigMap => "ConfigMap",
        DataKind::Secret(_) => "Secret",
    });
    object.set_name(&args.name);
    object.set_namespace(&args.namespace);
    if let DataKind::Secret(kind) = kind {
        let kind = if kind.is_empty() { "Opaque" } else { kind };
        object.node.set("type", Node::string(kind));
    }
    fill(&mut object.node, data(args, loader, cx)?, kind);
    if let Some(options) = &args.options {
        apply_options(&mut object, options);
    }
    let no_hash = args
        .options
        .as_ref()
        .is_some_and(|options| options.disable_name_suffix_hash);
    object.state.needs_hash = !no_hash;
    object.state.behavior = Some(Behavior::parse(&args.behavior));
    Ok(object)
}

fn data(args: &GeneratorArgs, loader: &Loader, cx: &Cx<'_>) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut data = BTreeMap::new();
    for (key, value) in sources::pairs(args, loader, cx).context(|| "loading KV pairs".into())? {
        if data.contains_key(&key) {
            fail!("configmap {} illegally repeats the key `{key}`", args.name);
        }
        data.insert(key, value);
    }
    Ok(data)
}

fn fill(object: &mut Node, data: BTreeMap<String, Vec<u8>>, kind: DataKind<'_>) {
    if matches!(kind, DataKind::Secret(_)) {
        object.set("data", Node::empty(Kind::Mapping));
    }
    for (key, value) in data {
        let (field, text) = match (kind, String::from_utf8(value)) {
            (DataKind::ConfigMap, Ok(text)) => ("data", text),
            (DataKind::ConfigMap, Err(bytes)) => ("binaryData", encode(bytes.as_bytes())),
            (DataKind::Secret(_), Ok(text)) => ("data", encode(text.as_bytes())),
            (DataKind::Secret(_), Err(bytes)) => ("data", encode(bytes.as_bytes())),
        };
        if object.get(field).is_none() {
            object.set(field, Node::empty(Kind::Mapping));
        }
        if let Some(map) = object.get_mut(field) {
            map.set(&key, Node::string(text));
        }
    }
}

/// Base64; what is longer than a line is broken into lines.
fn encode(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    if encoded.len() < LINE {
        return encoded;
    }
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(LINE));
        lines.push_str(line);
        lines.push('\n');
        rest = tail;
    }
    lines
}

fn apply_options(object: &mut Resource, options: &GeneratorOptions) {
    for (field, strings) in [("labels", &options.labels), ("annotations", &options.annotations)] {
        if !strings.is_empty() {
            object.set_strings(field, strings.clone());
        }
    }
    if options.immutable {
        object.node.set("immutable", Node::bool(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_base64_is_broken_into_lines() {
        assert_eq!(encode(b"short"), "c2hvcnQ=");
        let long = encode(&[0; 54]);
        assert_eq!(long, format!("{}\nAA\n", "A".repeat(70)));
        assert_eq!(encode(&[0; 51]), "A".repeat(68));
    }
}
