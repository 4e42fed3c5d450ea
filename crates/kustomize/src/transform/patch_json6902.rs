use serde_json::Value;

use super::{Transform, json_patch::JsonPatch};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Result, fail},
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
}

impl Json6902 {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let args: Json6902Args = decode(config, Strictness::Lenient)?;
        Self::load(args, loader, cx)
    }

    pub(crate) fn load(args: Json6902Args, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let Some(target) = args.target.filter(|target| !target.name.is_empty()) else {
            fail!("must specify the target name");
        };
        let text = match (args.path.as_str(), args.operations.as_str()) {
            ("", "") => fail!("empty file path and empty jsonOp"),
            ("", operations) => operations.to_owned(),
            (path, "") => {
                let text = String::from_utf8_lossy(&loader.load(path, cx)?).into_owned();
                if text.is_empty() {
                    fail!("patch file '{path}' empty seems to be empty");
                }
                text
            }
            _ => fail!("must specify a file path or jsonOp, not both"),
        };
        let patch = JsonPatch::parse(&text).context(|| format!("decoding {text}"))?;
        if patch.is_empty() {
            fail!("patch appears to be empty; file={}, JsonOp={text}", args.path);
        }
        Ok(Self { target, patch })
    }
}

impl Transform for Json6902 {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        for index in map.select(&self.target, &cx.schemas)? {
            apply_to(&mut map.list_mut()[index], &self.patch)?;
        }
        Ok(())
    }
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
