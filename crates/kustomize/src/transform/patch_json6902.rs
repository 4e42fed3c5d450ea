use serde_json::Value;

use super::{Transform, json_patch::JsonPatch};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Error, Result, fail},
    kustomization::Selector,
    loader::Loader,
    node::{Access as _, Node},
    resmap::ResMap,
    resource::{INTERNAL_DOMAIN, Resource},
};

decodable! {
    struct Json6902Args("PatchJson6902TransformerPlugin" in "builtins") {
        target: Option<Selector> = "target",
        path: String = "path",
        operations: String = "jsonOp",
    }
}

/// An entry of `patchesJson6902`.
pub(crate) struct Json6902 {
    target: Selector,
    patch: JsonPatch,
    /// The field that has the patch: itself or its path.
    field: &'static str,
}

impl Json6902 {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let args: Json6902Args = decode(config, Strictness::Lenient)?;
        Self::load(args, loader, cx)
    }

    pub(crate) fn load(args: Json6902Args, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let Some(target) = args.target.filter(|target| !target.name.is_empty()) else {
            return Err(Error::new("must specify the target name").under("target"));
        };
        let (text, field) = match (args.path.as_str(), args.operations.as_str()) {
            ("", "") => fail!("empty file path and empty jsonOp"),
            ("", operations) => (operations.to_owned(), "patch"),
            (path, "") => (load(path, loader, cx).under("path")?, "path"),
            _ => fail!("must specify a file path or jsonOp, not both"),
        };
        let patch = JsonPatch::parse(&text)
            .context(|| format!("decoding {text}"))
            .map_err(|error| match field {
                "path" if error.place().is_some() => error.in_file(|| loader.shown(&args.path)),
                _ => error.of_whole().under(field),
            })?;
        if patch.is_empty() {
            let problem = format!("patch appears to be empty; file={}, JsonOp={text}", args.path);
            return Err(Error::new(problem).under(field));
        }
        Ok(Self { target, patch, field })
    }
}

impl Transform for Json6902 {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        for index in map.select(&self.target, &cx.schemas).under("target")? {
            apply_to(&mut map.list_mut()[index], &self.patch).under(self.field)?;
        }
        Ok(())
    }
}

fn load(path: &str, loader: &Loader, cx: &Cx<'_>) -> Result<String> {
    let text = String::from_utf8_lossy(&loader.load(path, cx)?).into_owned();
    if text.is_empty() {
        fail!("patch file '{path}' empty seems to be empty");
    }
    Ok(text)
}

/// Patches one object. What is remembered of it can be seen by the patch, as annotations, but not be lost.
pub(super) fn apply_to(resource: &mut Resource, patch: &JsonPatch) -> Result<()> {
    let mut document = resource.with_internal_annotations().node.into_value();
    patch.apply(&mut document)?;
    if !document.is_object() {
        fail!("json: cannot unmarshal array into Go value of type map[string]interface {{}}");
    }
    resource.node = Node::from(document);
    let mut annotations = resource.strings("annotations");
    annotations.retain(|name, _| !name.starts_with(INTERNAL_DOMAIN));
    if resource.node.get("metadata").is_some() || !annotations.is_empty() {
        resource.set_strings("annotations", annotations);
    }
    Ok(())
}
