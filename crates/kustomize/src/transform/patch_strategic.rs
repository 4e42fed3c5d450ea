use serde_json::Value;

use super::Transform;
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Result, fail},
    loader::Loader,
    merge::{ListGrowth, merge},
    node::{Access as _, Node},
    resmap::ResMap,
    resource::{Resource, State, parse, parse_file_error},
};

decodable! {
    struct StrategicMergeArgs("PatchStrategicMergeTransformerPlugin" in "builtins") {
        paths: Vec<String> = "paths",
        patches: String = "patches",
    }
}

/// The patches of `patchesStrategicMerge`: each finds its target by its own id.
pub(crate) struct StrategicMerge {
    /// Each with the number of its entry in the list.
    patches: Vec<(usize, Resource)>,
}

impl StrategicMerge {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let args: StrategicMergeArgs = decode(config, Strictness::Lenient)?;
        Self::load(&args, loader, cx)
    }

    pub(crate) fn load(args: &StrategicMergeArgs, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        if args.paths.is_empty() && args.patches.is_empty() {
            fail!("empty file path and empty patch content");
        }
        let mut patches = Vec::new();
        let mut add = |index: usize, nodes: Vec<Node>| {
            patches.extend(nodes.into_iter().map(|node| (index, Resource::from(node))));
        };
        for (index, path) in args.paths.iter().enumerate() {
            match parse(path.as_bytes()) {
                Ok(nodes) => add(index, nodes),
                Err(_) => add(index, from_file(path, loader, cx).under(index)?),
            }
        }
        if !args.patches.is_empty() {
            add(args.paths.len(), parse(args.patches.as_bytes())?);
        }
        if patches.is_empty() {
            fail!(
                "patch appears to be empty; files=[{}], Patch={}",
                args.paths.join(" "),
                args.patches
            );
        }
        Ok(Self { patches })
    }
}

fn from_file(path: &str, loader: &Loader, cx: &Cx<'_>) -> Result<Vec<Node>> {
    let text = loader.load(path, cx)?;
    parse(&text).map_err(|error| parse_file_error(error, path).in_file(|| loader.shown(path)))
}

impl Transform for StrategicMerge {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        for (entry, patch) in &self.patches {
            let id = patch.original_id(&cx.schemas);
            let index = map.find_one(&id, &cx.schemas).under(*entry)?;
            apply_to_chosen(map, &[index], patch, cx).under(*entry)?;
        }
        Ok(())
    }
}

/// Lays a patch over the objects at these places, whatever it says about their type.
pub(super) fn apply_to_chosen(
    map: &mut ResMap,
    chosen: &[usize],
    patch: &Resource,
    cx: &Cx<'_>,
) -> Result<()> {
    let mut patch = patch.clone();
    let itself = patch.clone();
    let flags = patch.state.clone();
    patch.take_identity_of(&itself);
    patch.state = flags;
    for index in chosen {
        patch.set_api_version(map.list()[*index].api_version());
        apply(map, *index, &patch, cx)?;
    }
    map.drop_empty();
    if patch.state.allow_name_change || patch.state.allow_kind_change {
        let resources = std::mem::take(map).into_list();
        map.append_all(resources, &cx.schemas)?;
    }
    Ok(())
}

/// Lays a patch over one object, which keeps its name, namespace and kind.
pub(super) fn apply(map: &mut ResMap, index: usize, patch: &Resource, cx: &Cx<'_>) -> Result<()> {
    let may_change_id = patch.state.allow_name_change || patch.state.allow_kind_change;
    let resource = if may_change_id {
        &mut map.list_mut()[index]
    } else {
        &mut map.list_mut_same_ids()[index]
    };
    let (name, namespace, kind) = (
        resource.name().to_owned(),
        resource.namespace().to_owned(),
        resource.kind().to_owned(),
    );
    if may_change_id {
        resource.remember_id(&cx.schemas);
    }
    let is_left = merge(&mut resource.node, &patch.node, &cx.schemas, ListGrowth::Prepend)?;
    if !is_left || resource.node.is_null_or_empty() {
        resource.node = Node::null();
        return Ok(());
    }
    if drops_annotations(&patch.node) {
        resource.state = State::default();
        map.list_mut();
    }
    let resource = &mut map.list_mut_same_ids()[index];
    if !patch.state.allow_kind_change {
        resource.set_kind(&kind);
    }
    if !patch.state.allow_name_change {
        resource.set_name(&name);
    }
    resource.set_namespace(&namespace);
    Ok(())
}

/// Whether a patch takes all annotations away; what kustomize remembers in them goes with them.
fn drops_annotations(patch: &Node) -> bool {
    let drops = |node: &Node| {
        node.is_null()
            || node
                .get("$patch")
                .is_some_and(|directive| matches!(directive.text(), "replace" | "delete"))
    };
    drops(patch)
        || patch
            .get("metadata")
            .is_some_and(|metadata| drops(metadata) || metadata.get("annotations").is_some_and(drops))
}
