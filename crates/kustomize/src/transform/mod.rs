//! The built-in transformers, one a file: each changes the objects of a target in one way.

mod affix;
mod annotations;
mod hash;
mod image_name;
mod images;
mod json_patch;
mod labels;
mod namespace;
mod patch;
mod patch_json6902;
mod patch_strategic;
mod replicas;
mod sort;
mod value_add;

pub(crate) use affix::{Affix, AffixKind};
pub(crate) use annotations::Annotations;
pub(crate) use hash::Hash;
pub(crate) use images::Images;
pub(crate) use labels::Labels;
pub(crate) use namespace::{Namespace, Subjects, set_namespace};
pub(crate) use patch::{PatchArgs, PatchTransformer};
pub(crate) use patch_json6902::{Json6902, Json6902Args};
pub(crate) use patch_strategic::{StrategicMerge, StrategicMergeArgs};
pub(crate) use replicas::Replicas;
pub(crate) use sort::sort;
pub(crate) use value_add::ValueAdd;

use crate::{context::Cx, error::Result, resmap::ResMap};

/// Changes the objects of a target.
pub(crate) trait Transform {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()>;
}
