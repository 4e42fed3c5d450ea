use std::collections::HashMap;

use crate::{
    error::{Result, fail},
    id::{IdKey, ResId},
    resource::Resource,
    schema::Registry,
};

/// Objects in order. Their ids are indexed as long as nobody changes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResMap {
    list: Vec<Resource>,
    current: Option<HashMap<IdKey, usize>>,
    any: Option<HashMap<IdKey, Vec<usize>>>,
}

impl ResMap {
    /// All objects, in order.
    pub(crate) fn list(&self) -> &[Resource] {
        &self.list
    }

    /// All objects, to be changed.
    pub(crate) fn list_mut(&mut self) -> &mut Vec<Resource> {
        self.current = None;
        self.any = None;
        &mut self.list
    }

    /// All objects, to be changed in what is no part of an id.
    pub(crate) fn list_mut_same_ids(&mut self) -> &mut [Resource] {
        &mut self.list
    }

    pub(crate) fn into_list(self) -> Vec<Resource> {
        self.list
    }

    /// Adds an object; fails when its id is taken.
    pub(crate) fn append(&mut self, resource: Resource, schemas: &Registry) -> Result<()> {
        let id = resource.id(schemas);
        let index = self.list.len();
        let current = self.current.get_or_insert_with(|| {
            let keys = self.list.iter().map(|resource| resource.id(schemas).key());
            keys.enumerate().map(|(index, key)| (key, index)).collect()
        });
        if current.contains_key(&id.key()) {
            fail!("may not add resource with an already registered id: {id}");
        }
        current.insert(id.key(), index);
        if let Some(any) = &mut self.any {
            note_ids(any, index, &resource, schemas);
        }
        self.list.push(resource);
        Ok(())
    }

    /// Adds many objects by [`ResMap::append`].
    pub(crate) fn append_all(&mut self, resources: Vec<Resource>, schemas: &Registry) -> Result<()> {
        if self.list.is_empty() {
            self.list.reserve(resources.len());
        }
        resources
            .into_iter()
            .try_for_each(|resource| self.append(resource, schemas))
    }

    /// The places of objects that are, or ever were, called this.
    pub(crate) fn find_any(&mut self, id: &ResId, schemas: &Registry) -> Vec<usize> {
        let any = self.any.get_or_insert_with(|| {
            let mut any = HashMap::new();
            for (index, resource) in self.list.iter().enumerate() {
                note_ids(&mut any, index, resource, schemas);
            }
            any
        });
        any.get(&id.key()).cloned().unwrap_or_default()
    }

    /// The one object that is, or ever was, called this.
    pub(crate) fn find_one(&mut self, id: &ResId, schemas: &Registry) -> Result<usize> {
        let problem = match self.find_any(id, schemas)[..] {
            [index] => return Ok(index),
            [] => "no matches for Id",
            _ => "multiple matches for Id",
        };
        fail!("{problem} {id}; failed to find unique target for patch {id}")
    }

    /// Removes what became empty.
    pub(crate) fn drop_empty(&mut self) {
        use crate::node::Access as _;
        if self.list.iter().any(|resource| resource.node.is_null_or_empty()) {
            self.list_mut()
                .retain(|resource| !resource.node.is_null_or_empty());
        }
    }
}

fn note_ids(any: &mut HashMap<IdKey, Vec<usize>>, index: usize, resource: &Resource, schemas: &Registry) {
    for id in resource.all_ids(schemas) {
        let places = any.entry(id.key()).or_default();
        if places.last() != Some(&index) {
            places.push(index);
        }
    }
}
