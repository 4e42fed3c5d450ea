use super::ResMap;
use crate::{
    error::{Error, Result, fail},
    id::ResId,
    origin,
    resource::{Behavior, Resource},
    schema::Registry,
};

impl ResMap {
    /// Takes in what a generator made: new objects, or such that replace or extend objects that are there.
    pub(crate) fn absorb_all(&mut self, resources: Vec<Resource>, schemas: &Registry) -> Result<()> {
        resources
            .into_iter()
            .try_for_each(|resource| self.absorb(resource, schemas))
    }

    fn absorb(&mut self, mut resource: Resource, schemas: &Registry) -> Result<()> {
        let id = resource.id(schemas);
        let behavior = resource.state.behavior.unwrap_or(Behavior::Unspecified);
        let index = match self.find_any(&id, schemas)[..] {
            [] if matches!(behavior, Behavior::Merge | Behavior::Replace) => {
                fail!("id {} does not exist; cannot merge or replace", go_syntax(&id))
            }
            [] => return self.append(resource, schemas),
            [index] => index,
            ref places => {
                let matches: Vec<String> = places.iter().map(|index| self.list()[*index].json()).collect();
                return Err(Error::quoting(
                    format!(
                        "found multiple objects [{}] that could accept merge of {id}",
                        matches.join(" ")
                    ),
                    format!("found multiple objects that could accept merge of {id}"),
                ));
            }
        };
        let old = &self.list()[index];
        match behavior {
            Behavior::Replace => resource.take_identity_of(old),
            Behavior::Merge => {
                let origin = old.annotation(origin::ORIGIN).map(str::to_owned);
                resource.take_identity_of(old);
                resource.merge_data_of(old);
                if let Some(origin) = origin {
                    resource.set_annotation(origin::ORIGIN, &origin);
                }
            }
            behavior => fail!(
                "id {} exists; can not use behavior: '{behavior}', behavior must be merge or replace",
                go_syntax(&id)
            ),
        }
        self.replace(index, resource, schemas)
    }

    fn replace(&mut self, index: usize, resource: Resource, schemas: &Registry) -> Result<()> {
        let id = resource.id(schemas);
        let same = |other: &Resource| other.id(schemas).same_object(&id);
        if same(&self.list()[index]) {
            self.list_mut()[index] = resource;
            return Ok(());
        }
        Err(match self.list().iter().filter(|other| same(other)).count() {
            0 => Error::new(format!("cannot find resource with id {id} to replace")),
            1 => Error::new("unexpected target index in replacement"),
            count => Error::new(format!("in Replace: id matched {count} resources")),
        })
    }
}

/// An id as Go's `%#v` prints it.
fn go_syntax(id: &ResId) -> String {
    format!(
        "resid.ResId{{Gvk:resid.Gvk{{Group:{:?}, Version:{:?}, Kind:{:?}, isClusterScoped:{}}}, Name:{:?}, Namespace:{:?}}}",
        id.gvk.group, id.gvk.version, id.gvk.kind, id.cluster_scoped, id.name, id.namespace
    )
}
