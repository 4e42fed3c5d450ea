use std::collections::BTreeMap;

use super::{Transform, labels::set_entries};
use crate::{context::Cx, error::Result, fieldspec::FieldSpec, resmap::ResMap};

/// Adds annotations.
pub(crate) struct Annotations {
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) fields: Vec<FieldSpec>,
}

impl Transform for Annotations {
    fn transform(&self, map: &mut ResMap, _: &Cx<'_>) -> Result<()> {
        set_entries(map, &self.annotations, &self.fields)
    }
}
