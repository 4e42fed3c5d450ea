use super::Transform;
use crate::{
    context::Cx,
    error::{Result, fail},
    fieldspec::{Creation, FieldSpec, visit},
    id::{Gvk, ResId},
    node::{Access as _, Kind, Node, expect},
    resmap::ResMap,
    resource::Resource,
};

/// Before or behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AffixKind {
    Prefix,
    Suffix,
}

/// Puts something before or behind names.
pub(crate) struct Affix {
    pub(crate) kind: AffixKind,
    pub(crate) text: String,
    pub(crate) fields: Vec<FieldSpec>,
}

impl Affix {
    /// From a configuration, in which there must be fields.
    pub(crate) fn configured(kind: AffixKind, text: String, fields: Option<Vec<FieldSpec>>) -> Result<Self> {
        match fields {
            Some(fields) => Ok(Self { kind, text, fields }),
            None => fail!("fieldSpecs is not expected to be nil"),
        }
    }

    fn apply(&self, resource: &mut Resource, cx: &Cx<'_>) -> Result<()> {
        let id = resource.original_id(&cx.schemas);
        if keeps_its_name(&id) {
            return Ok(());
        }
        for spec in &self.fields {
            if !id.gvk.is_selected_by(&spec.gvk()) {
                continue;
            }
            if spec.path == "metadata/name" && !self.text.is_empty() {
                match self.kind {
                    AffixKind::Prefix => resource.state.prefixes.push(self.text.clone()),
                    AffixKind::Suffix => resource.state.suffixes.push(self.text.clone()),
                }
                resource.remember_id(&cx.schemas);
            }
            visit(
                &mut resource.node,
                spec,
                Creation::As(Kind::Scalar),
                &mut |name| self.affix(name),
            )?;
        }
        Ok(())
    }

    fn affix(&self, name: &mut Node) -> Result<()> {
        expect(name, Kind::Scalar)?;
        let text = match self.kind {
            AffixKind::Prefix => format!("{}{}", self.text, name.text()),
            AffixKind::Suffix => format!("{}{}", name.text(), self.text),
        };
        name.set_text(text);
        Ok(())
    }
}

impl Transform for Affix {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        map.list_mut()
            .iter_mut()
            .try_for_each(|resource| self.apply(resource, cx))
    }
}

/// Kinds whose names mean something by themselves.
fn keeps_its_name(id: &ResId) -> bool {
    let is = |group: &str, kind: &str| id.gvk.is_selected_by(&Gvk::new(group, "", kind));
    is("", "CustomResourceDefinition") || is("apiregistration.k8s.io", "APIService") || is("", "Namespace")
}
