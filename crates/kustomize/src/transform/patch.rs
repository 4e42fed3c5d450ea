use serde_json::Value;

use super::{
    Transform,
    json_patch::JsonPatch,
    patch_json6902::apply_to,
    patch_strategic::{apply, apply_to_chosen},
};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Error, Result, fail},
    goquote::quote,
    kustomization::{Patch, PatchOptions, Selector},
    loader::Loader,
    resmap::ResMap,
    resource::{Resource, parse},
};

decodable! {
    /// A patch of any form and what it is for.
    struct PatchArgs("PatchTransformerPlugin" in "builtins") {
        path: String = "path",
        patch: String = "patch",
        target: Option<Selector> = "target",
        options: Option<PatchOptions> = "options",
    }
}

impl From<&Patch> for PatchArgs {
    fn from(patch: &Patch) -> Self {
        Self {
            path: patch.path.clone(),
            patch: patch.patch.clone(),
            target: patch.target.clone(),
            options: patch.options.clone(),
        }
    }
}

/// An entry of `patches`: strategic merge patches or a JSON patch.
pub(crate) struct PatchTransformer {
    patch: Loaded,
    source: String,
    /// The field that has the patch: itself or its path.
    field: &'static str,
    target: Option<Selector>,
}

enum Loaded {
    Strategic(Vec<Resource>),
    Json(JsonPatch),
}

impl PatchTransformer {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let args: PatchArgs = decode(config, Strictness::Lenient)?;
        Self::load(&args, loader, cx)
    }

    pub(crate) fn load(args: &PatchArgs, loader: &Loader, cx: &Cx<'_>) -> Result<Self> {
        let inline = args.patch.trim();
        let (text, source, field) = match (inline, args.path.as_str()) {
            ("", "") => fail!("must specify one of patch and path in\n{}", args.text()),
            ("", path) => {
                let bytes = loader
                    .load(path, cx)
                    .context(|| format!("failed to get the patch file from path({path})"))
                    .under("path")?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                (text, format!("[path: {}]", quote(path)), "path")
            }
            (inline, "") => (inline.to_owned(), format!("[patch: {}]", quote(inline)), "patch"),
            _ => {
                let problem = "patch and path can't be set at the same time";
                return Err(Error::quoting(format!("{problem}\n{}", args.text()), problem));
            }
        };
        let patch = read(&text, &source, args.options.as_ref()).map_err(|error| match field {
            "path" if error.place().is_some() => error.in_file(|| loader.shown(&args.path)),
            _ => error.of_whole().under(field),
        });
        Ok(Self {
            patch: patch?,
            source,
            field,
            target: args.target.clone(),
        })
    }

    /// Lays the one patch over the objects that the target selects.
    fn merge_into(
        &self,
        target: &Selector,
        patches: &[Resource],
        map: &mut ResMap,
        cx: &Cx<'_>,
    ) -> Result<()> {
        match patches {
            [] => Ok(()),
            [patch] => {
                let chosen = map
                    .select(target, &cx.schemas)
                    .context(|| {
                        format!(
                            "unable to find patch target {} in `resources`",
                            quote(&target.text())
                        )
                    })
                    .under("target")?;
                apply_to_chosen(map, &chosen, patch, cx).under(self.field)
            }
            _ => {
                let problem = "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set \
                               `patches.target` field: ";
                Err(about(problem, &self.source).under(self.field))
            }
        }
    }
}

impl Transform for PatchTransformer {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        match (&self.patch, &self.target) {
            (Loaded::Strategic(patches), None) => merge(patches, map, cx).under(self.field),
            (Loaded::Strategic(patches), Some(target)) => self.merge_into(target, patches, map, cx),
            (Loaded::Json(patch), _) if patch.is_empty() => Ok(()),
            (Loaded::Json(_), None) => {
                Err(about("must specify a target for JSON patch ", &self.source).under(self.field))
            }
            (Loaded::Json(patch), Some(target)) => {
                for index in map.select(target, &cx.schemas).under("target")? {
                    let resource = &mut map.list_mut()[index];
                    resource.remember_id(&cx.schemas);
                    apply_to(resource, patch).under(self.field)?;
                }
                Ok(())
            }
        }
    }
}

/// Lays each patch over the object that it names.
fn merge(patches: &[Resource], map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
    for patch in patches {
        let id = patch.original_id(&cx.schemas);
        let index = map.find_one(&id, &cx.schemas).context(|| {
            format!(
                "no resource matches strategic merge patch {}",
                quote(&id.to_string())
            )
        })?;
        apply(map, index, patch, cx)?;
    }
    Ok(())
}

/// A failure of a patch; the text of one that is inline may be secret.
fn about(problem: &str, source: &str) -> Error {
    let outline = if source.starts_with("[path: ") {
        source
    } else {
        "the inline patch"
    };
    Error::quoting(format!("{problem}{source}"), format!("{problem}{outline}"))
}

fn read(text: &str, source: &str, options: Option<&PatchOptions>) -> Result<Loaded> {
    let strategic = parse(text.as_bytes());
    let json = if text.is_empty() {
        Err(Error::new("empty json patch operations"))
    } else {
        JsonPatch::parse(text)
    };
    match (strategic, json) {
        (Ok(nodes), Ok(json)) if !nodes.is_empty() && !json.is_empty() => Err(about(
            "illegally qualifies as both an SM and JSON patch: ",
            source,
        )),
        (Ok(nodes), _) => {
            let mut patches: Vec<Resource> = nodes.into_iter().map(Resource::from).collect();
            if let Some(options) = options {
                for patch in &mut patches {
                    patch.state.allow_name_change = options.allow_name_change;
                    patch.state.allow_kind_change = options.allow_kind_change;
                }
            }
            Ok(Loaded::Strategic(patches))
        }
        (Err(_), Ok(json)) => Ok(Loaded::Json(json)),
        (Err(strategic), Err(json)) => Err(about("unable to parse SM or JSON patch from ", source)
            .found_as(if text.starts_with('[') { &json } else { &strategic })),
    }
}

impl PatchArgs {
    /// As messages show it.
    pub(crate) fn text(&self) -> String {
        yaml::to_string(&self.value())
    }

    fn value(&self) -> Value {
        let mut value = serde_json::Map::new();
        for (name, text) in [("path", &self.path), ("patch", &self.patch)] {
            if !text.is_empty() {
                value.insert(name.to_owned(), text.as_str().into());
            }
        }
        if let Some(target) = &self.target {
            value.insert("target".to_owned(), target.value());
        }
        if let Some(options) = &self.options {
            let mut flags = serde_json::Map::new();
            for (name, set) in [
                ("allowNameChange", options.allow_name_change),
                ("allowKindChange", options.allow_kind_change),
            ] {
                if set {
                    flags.insert(name.to_owned(), true.into());
                }
            }
            value.insert("options".to_owned(), flags.into());
        }
        value.into()
    }
}
