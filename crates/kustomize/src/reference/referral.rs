use std::collections::{HashMap, HashSet};

use crate::{
    error::{Error, Result, fail},
    id::{Gvk, NO_NAMESPACE_AT_ALL, ResId},
    node::{Access as _, Node, lookup},
    resmap::ResMap,
    resource::{Resource, State},
    schema::Registry,
};

/// Stands in a message for the object with the name, which cannot be printed while it is changed.
pub(super) const REFERRER: &str = "\0referrer\0";

/// What must be known of every object to find what a name refers to.
pub(super) struct Catalogue {
    candidates: Vec<Candidate>,
    by_previous_name: HashMap<String, Vec<usize>>,
}

/// An object that may be referred to.
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) namespace: String,
    kind: String,
    id: ResId,
    original_namespace: String,
    previous: Vec<ResId>,
    state: State,
}

impl Catalogue {
    pub(super) fn new(map: &ResMap, schemas: &Registry) -> Self {
        let mut by_previous_name: HashMap<String, Vec<usize>> = HashMap::new();
        let candidates: Vec<Candidate> = map
            .list()
            .iter()
            .map(|resource| Candidate::new(resource, schemas))
            .collect();
        for (index, candidate) in candidates.iter().enumerate() {
            for id in &candidate.previous {
                let places = by_previous_name.entry(id.name.clone()).or_default();
                if places.last() != Some(&index) {
                    places.push(index);
                }
            }
        }
        Self {
            candidates,
            by_previous_name,
        }
    }
}

impl Candidate {
    fn new(resource: &Resource, schemas: &Registry) -> Self {
        let original = resource.original_id(schemas);
        Self {
            name: resource.name().to_owned(),
            namespace: resource.namespace().to_owned(),
            kind: resource.kind().to_owned(),
            id: resource.id(schemas),
            original_namespace: original.effective_namespace().to_owned(),
            previous: resource.previous_ids().collect(),
            state: resource.state.clone(),
        }
    }
}

/// An object in which names of others stand.
pub(super) struct Referrer {
    pub(super) id: ResId,
    state: State,
    role: Option<Gvk>,
    /// Namespaces of the service accounts that a role binding binds.
    bound_namespaces: HashSet<String>,
}

impl Referrer {
    pub(super) fn new(resource: &Resource, schemas: &Registry) -> Result<Self> {
        let id = resource.id(schemas);
        Ok(Self {
            bound_namespaces: bound_namespaces(resource, &id)?,
            role: role_of(&resource.node),
            state: resource.state.clone(),
            id,
        })
    }
}

fn role_of(node: &Node) -> Option<Gvk> {
    let part = |name| Some(lookup(node, &["roleRef", name]).ok()??.text().to_owned());
    Some(Gvk::new(&part("apiGroup")?, "", &part("kind")?))
}

fn bound_namespaces(resource: &Resource, id: &ResId) -> Result<HashSet<String>> {
    let mut namespaces = HashSet::new();
    if id.cluster_scoped || resource.kind() != "RoleBinding" {
        return Ok(namespaces);
    }
    let subjects = resource
        .node
        .get("subjects")
        .map_or(&[][..], |subjects| subjects.items());
    for subject in subjects {
        let is_account = subject
            .get("kind")
            .is_some_and(|kind| kind.text() == "ServiceAccount");
        match subject.get("namespace") {
            Some(namespace) if is_account && namespace.is_string() => {
                namespaces.insert(namespace.text().to_owned());
            }
            Some(_) if is_account => {
                fail!("Invalid Input: namespace is blank for resource \"{id}\"\n")
            }
            _ => {}
        }
    }
    Ok(namespaces)
}

/// A name that is looked up, and from where.
pub(super) struct Query<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) map: &'a ResMap,
    pub(super) referrer: &'a Referrer,
    pub(super) target: &'a Gvk,
    pub(super) is_role: bool,
}

impl<'a> Query<'a> {
    /// The object that a name refers to, if it is one of ours. `namespace` is what stands beside the name.
    pub(super) fn find(
        &self,
        name: &str,
        namespace: Option<&str>,
        with_namespace: bool,
    ) -> Result<Option<&'a Candidate>> {
        let Some(places) = self.catalogue.by_previous_name.get(name) else {
            return Ok(None);
        };
        let reachable: Vec<usize> = places
            .iter()
            .copied()
            .filter(|place| self.can_be_reached(&self.catalogue.candidates[*place]))
            .collect();
        let mut found = self.beside(reachable, namespace);
        found.retain(|place| self.is_meant(&self.catalogue.candidates[*place]));
        if found.len() > 1 {
            self.narrow(&mut found);
        }
        match found[..] {
            [] => Ok(None),
            [place] => Ok(Some(&self.catalogue.candidates[place])),
            [first, ..] => {
                let all = found.iter().map(|place| &self.catalogue.candidates[*place]);
                let first = &self.catalogue.candidates[first];
                let same = |other: &Candidate| {
                    other.name == first.name && (!with_namespace || other.namespace == first.namespace)
                };
                if all.clone().all(same) {
                    return Ok(Some(first));
                }
                Err(self.ambiguous(&found))
            }
        }
    }

    fn can_be_reached(&self, candidate: &Candidate) -> bool {
        self.referrer.id.cluster_scoped
            || candidate.id.cluster_scoped
            || candidate.id.same_namespace(&self.referrer.id)
            || self.referrer.bound_namespaces.contains(&candidate.namespace)
    }

    /// Those of the namespace beside the name: as it was at first, or else as it is now.
    fn beside(&self, places: Vec<usize>, namespace: Option<&str>) -> Vec<usize> {
        let Some(namespace) = namespace else {
            return places;
        };
        if namespace == NO_NAMESPACE_AT_ALL {
            return Vec::new();
        }
        let any_of_first = self
            .catalogue
            .candidates
            .iter()
            .any(|candidate| candidate.original_namespace == namespace && self.can_be_reached(candidate));
        places
            .into_iter()
            .filter(|place| {
                let candidate = &self.catalogue.candidates[*place];
                if any_of_first {
                    candidate.original_namespace == namespace
                } else {
                    candidate.id.effective_namespace() == namespace
                }
            })
            .collect()
    }

    fn is_meant(&self, candidate: &Candidate) -> bool {
        let was = |gvk: &Gvk| candidate.previous.iter().any(|id| id.gvk.is_selected_by(gvk));
        let role = self.referrer.role.as_ref().filter(|_| self.is_role);
        was(self.target)
            && role.is_none_or(was)
            && (self.referrer.id.cluster_scoped
                || candidate.id.cluster_scoped
                || candidate.kind == "ServiceAccount"
                || self.referrer.id.same_namespace(&candidate.id))
    }

    fn narrow(&self, found: &mut Vec<usize>) {
        let fits = |place: usize, allow_empty: bool| {
            let state = &self.catalogue.candidates[place].state;
            let own = &self.referrer.state;
            same_ending(&state.prefixes, &own.prefixes, allow_empty)
                && same_ending(&state.suffixes, &own.suffixes, allow_empty)
        };
        found.retain(|place| fits(*place, true));
        if found.len() > 1 {
            found.retain(|place| fits(*place, false));
        }
    }

    fn ambiguous(&self, found: &[usize]) -> Error {
        use std::fmt::Write as _;
        let ids: Vec<String> = found
            .iter()
            .map(|place| self.catalogue.candidates[*place].id.to_string())
            .collect();
        let mut details = String::new();
        for (number, place) in found.iter().enumerate() {
            let text = yaml_of(&self.map.list()[*place]);
            let _ = write!(details, "--- possible referral {number}:\n{text}\n");
        }
        Error::new(format!(
            "found multiple possible referrals: {}\n\n**** Too many possible referral targets to referrer:\n{}\n{details}",
            ids.join(", "),
            REFERRER
        ))
    }
}

/// Whether one list ends with the other; empty ones only with empty ones, unless that is allowed.
fn same_ending(a: &[String], b: &[String], allow_empty: bool) -> bool {
    if a.is_empty() || b.is_empty() {
        return allow_empty || (a.is_empty() && b.is_empty());
    }
    a.ends_with(b) || b.ends_with(a)
}

/// An object as messages show it.
pub(super) fn yaml_of(resource: &Resource) -> String {
    yaml::to_string(&resource.with_internal_annotations().node.into_value())
}
