use std::collections::BTreeMap;

use super::Transform;
use crate::{
    context::Cx,
    error::Result,
    fieldspec::{Creation, FieldSpec, visit},
    node::{Access as _, Kind, Node, expect},
    resmap::ResMap,
};

/// Adds labels, to selectors too when the fields name them.
pub(crate) struct Labels {
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) fields: Vec<FieldSpec>,
}

impl Transform for Labels {
    fn transform(&self, map: &mut ResMap, _: &Cx<'_>) -> Result<()> {
        set_entries(map, &self.labels, &self.fields)
    }
}

/// Sets entries of the maps that the fields name.
pub(super) fn set_entries(
    map: &mut ResMap,
    entries: &BTreeMap<String, String>,
    fields: &[FieldSpec],
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    for resource in map.list_mut_same_ids() {
        for spec in fields {
            visit(
                &mut resource.node,
                spec,
                Creation::As(Kind::Mapping),
                &mut |node| {
                    expect(node, Kind::Mapping)?;
                    if !node.is_null() {
                        for (key, value) in entries {
                            node.set(key, Node::string(value.clone()));
                        }
                    }
                    Ok(())
                },
            )?;
        }
    }
    Ok(())
}
