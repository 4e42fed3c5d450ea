use std::collections::BTreeSet;

use super::{directive, directive::Directive, sequence};
use crate::{
    error::Result,
    node::{Access as _, Kind, Node, expect},
    schema::{Registry, Schema},
};

/// Where items of a patch that are new to a merged list go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListGrowth {
    Append,
    Prepend,
}

/// Lays `patch` over `target`. False when nothing is left of it.
pub(crate) fn merge(target: &mut Node, patch: &Node, schemas: &Registry, growth: ListGrowth) -> Result<bool> {
    let walker = Walker { schemas, growth };
    let mut patch = patch.clone();
    Ok(match walker.walk(Some(target), Some(&mut patch), None)? {
        Outcome::Target => true,
        Outcome::Patch => {
            *target = patch;
            true
        }
        Outcome::Nothing => false,
    })
}

/// What a place becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The target, which the walk has changed in its place.
    Target,
    /// The patch, which the walk has cleaned.
    Patch,
    Nothing,
}

pub(super) struct Walker<'a> {
    pub(super) schemas: &'a Registry,
    pub(super) growth: ListGrowth,
}

impl Walker<'_> {
    /// Merges one place of target and patch; either may be missing.
    pub(super) fn walk(
        &self,
        target: Option<&mut Node>,
        patch: Option<&mut Node>,
        schema: Option<Schema>,
    ) -> Result<Outcome> {
        let schema = schema.or_else(|| {
            [target.as_deref(), patch.as_deref()]
                .into_iter()
                .flatten()
                .find_map(|node| self.schema_of(node))
        });
        let sources = [target.as_deref(), patch.as_deref()];
        let kind = sources
            .iter()
            .flatten()
            .find(|node| !node.is_null())
            .map(|node| node.kind());
        if let Some(kind) = kind {
            sources.iter().flatten().try_for_each(|node| expect(node, kind))?;
        }
        match kind {
            None | Some(Kind::Mapping) => self.map(target, patch, schema.as_ref()),
            Some(Kind::Sequence) => match schema.as_ref().map(Schema::list_merge) {
                Some(merge) if merge.merges => {
                    sequence::walk(self, target, patch, schema.as_ref(), &merge.keys)
                }
                _ => Ok(patch_first(patch.is_some())),
            },
            Some(Kind::Scalar) => Ok(patch_first(patch.is_some())),
        }
    }

    fn schema_of(&self, node: &Node) -> Option<Schema> {
        let text = |field| node.get(field).map_or("", |value| value.value_text());
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        if api_version.is_empty() || kind.is_empty() {
            return None;
        }
        self.schemas.of_kind(api_version, kind)
    }

    fn map(
        &self,
        target: Option<&mut Node>,
        mut patch: Option<&mut Node>,
        schema: Option<&Schema>,
    ) -> Result<Outcome> {
        let Some(target) = target.filter(|target| !target.is_null() || patch.is_none()) else {
            return self.new_map(patch, schema);
        };
        if target.is_null() {
            // a null that is written out stays, one that is only implied goes
            return Ok(if target.text().is_empty() {
                Outcome::Nothing
            } else {
                Outcome::Target
            });
        }
        if patch.as_ref().is_some_and(|patch| patch.is_null()) {
            return Ok(Outcome::Nothing);
        }
        match directive::take(patch.as_deref_mut())? {
            Directive::Delete => return Ok(Outcome::Nothing),
            Directive::Replace => {
                if let Some(patch) = patch {
                    self.clean(patch, schema)?;
                }
                return Ok(Outcome::Patch);
            }
            Directive::Merge => {}
        }
        self.fields(target, patch, schema)?;
        Ok(Outcome::Target)
    }

    /// A map that only the patch has.
    fn new_map(&self, patch: Option<&mut Node>, schema: Option<&Schema>) -> Result<Outcome> {
        let Some(patch) = patch else {
            return Ok(Outcome::Nothing);
        };
        if directive::take(Some(patch)) == Ok(Directive::Delete) {
            return Ok(Outcome::Nothing);
        }
        self.clean(patch, schema)?;
        Ok(Outcome::Patch)
    }

    fn fields(&self, target: &mut Node, mut patch: Option<&mut Node>, schema: Option<&Schema>) -> Result<()> {
        let names: BTreeSet<String> = [Some(&*target), patch.as_deref()]
            .into_iter()
            .flatten()
            .flat_map(|node| node.entries().iter().map(|(key, _)| key.text.clone()))
            .collect();
        for name in names {
            let mut field = patch.as_mut().and_then(|patch| patch.get_mut(&name));
            let schema = schema.and_then(|schema| schema.field(&name));
            match self.walk(target.get_mut(&name), field.as_deref_mut(), schema)? {
                Outcome::Nothing => {
                    target.remove(&name);
                }
                Outcome::Target => {}
                Outcome::Patch => match field {
                    Some(field) if !field.is_null() => {
                        target.set(&name, std::mem::replace(field, Node::null()));
                    }
                    _ => {
                        target.remove(&name);
                    }
                },
            }
        }
        Ok(())
    }

    /// Takes directives and nulls out of what a patch adds as a whole: it is merged with itself.
    pub(super) fn clean(&self, patch: &mut Node, schema: Option<&Schema>) -> Result<()> {
        let names: BTreeSet<String> = patch.entries().iter().map(|(key, _)| key.text.clone()).collect();
        for name in names {
            let schema = schema.and_then(|schema| schema.field(&name));
            if let Some(field) = patch.get_mut(&name)
                && !self.clean_place(field, schema)?
            {
                patch.remove(&name);
            }
        }
        Ok(())
    }

    /// One place of what [`Walker::clean`] cleans; false when it goes.
    pub(super) fn clean_place(&self, place: &mut Node, schema: Option<Schema>) -> Result<bool> {
        if place.is_null() {
            return Ok(false);
        }
        let schema = schema.or_else(|| self.schema_of(place));
        match place.kind() {
            Kind::Scalar => Ok(true),
            Kind::Mapping => {
                if directive::take(Some(place))? == Directive::Delete {
                    return Ok(false);
                }
                self.clean(place, schema.as_ref())?;
                Ok(true)
            }
            Kind::Sequence => match schema.as_ref().map(Schema::list_merge) {
                Some(merge) if merge.merges => sequence::clean(self, place, schema.as_ref(), &merge.keys),
                _ => Ok(true),
            },
        }
    }
}

fn patch_first(has_patch: bool) -> Outcome {
    if has_patch {
        Outcome::Patch
    } else {
        Outcome::Target
    }
}
