use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::{FutureExt as _, StreamExt as _, stream};
use manifest::{GroupKind, ResourceKey};
use serde_json::Value;

use super::{Live, Targets, lookup};
use crate::{
    SyncOptions,
    cluster::{Cluster, Discovery, Error, ListScope, Resource},
    inventory::Inventory,
    ownership::PART_OF,
};

const IN_FLIGHT: usize = 16;

/// What is live of what is desired and of what was applied before.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// What exists; a key that is not here does not exist, unless its kind could not be read.
    pub(crate) live: HashMap<ResourceKey, Live>,
    /// Where watches of the kinds that were listed can go on.
    pub(crate) versions: Vec<(Resource, String)>,
    /// Kinds that could not be read, and why.
    pub(crate) unreadable: HashMap<GroupKind, String>,
    /// What namespaces that may be deleted hold that is not ours; looked for only where it matters.
    pub(crate) foreign_content: BTreeMap<String, String>,
    /// Desired objects that may not be looked at, and why: nobody knows whose they are.
    pub(crate) hidden: HashMap<ResourceKey, String>,
}

/// Looks at the cluster, with the marks of our field manager and our label. Without anything `recorded`, nothing can
/// carry that label.
pub(crate) async fn observe(
    cluster: &Cluster,
    targets: &Targets,
    recorded: &Inventory,
    marks: (&str, &str),
    options: &SyncOptions,
) -> Result<Observed, Error> {
    let mut observed = Observed::default();
    if !recorded.is_empty() {
        let discovery = cluster.discovery().await?;
        let reader = Reader {
            cluster,
            targets,
            marks,
            options,
            by_key: targets
                .items
                .iter()
                .enumerate()
                .map(|(index, target)| (&target.key, index))
                .collect(),
        };
        reader.read_managed(&discovery, recorded, &mut observed).await;
        reader
            .read_unlabelled(&discovery, recorded, &mut observed)
            .await?;
    }
    lookup::look_up(cluster, targets, marks, &mut observed).await?;
    Ok(observed)
}

/// A listed object.
struct Found {
    key: ResourceKey,
    live: Live,
    is_desired: bool,
}

struct Reader<'a> {
    cluster: &'a Cluster,
    targets: &'a Targets,
    /// Our field manager, and the value of our label.
    marks: (&'a str, &'a str),
    options: &'a SyncOptions,
    by_key: HashMap<&'a ResourceKey, usize>,
}

impl Reader<'_> {
    /// One list per kind of what carries our label.
    async fn read_managed(&self, discovery: &Discovery, recorded: &Inventory, observed: &mut Observed) {
        let resources = self.resources(discovery, recorded);
        let lists = stream::iter(resources.into_values())
            .map(|(resource, namespaces)| async move {
                let listed = self.list(&resource, &namespaces).await;
                (resource, listed)
            })
            .buffer_unordered(IN_FLIGHT);
        futures::pin_mut!(lists);
        while let Some((resource, listed)) = lists.next().await {
            match listed {
                Ok((found, version)) => {
                    observed.versions.push((resource, version));
                    for Found {
                        key,
                        live,
                        is_desired,
                    } in found
                    {
                        // of an object in two versions, the one in which it is desired counts
                        if is_desired {
                            observed.live.insert(key, live);
                        } else {
                            observed.live.entry(key).or_insert(live);
                        }
                    }
                }
                Err(error) => {
                    let reason = crate::failure::describe(&error);
                    observed.unreadable.insert(resource.gvk.group_kind(), reason);
                }
            }
        }
    }

    /// The kinds to list and the namespaces they are in, each kind in the version in which it is desired.
    fn resources(
        &self,
        discovery: &Discovery,
        recorded: &Inventory,
    ) -> BTreeMap<String, (Resource, BTreeSet<String>)> {
        let mut resources: BTreeMap<String, (Resource, BTreeSet<String>)> = BTreeMap::new();
        let mut add = |resource: &Resource, namespace: &str| {
            let entry = resources.entry(resource.collection(""));
            let (_, namespaces) = entry.or_insert_with(|| (resource.clone(), BTreeSet::new()));
            if !namespaces.contains(namespace) {
                namespaces.insert(namespace.to_owned());
            }
        };
        // a kind of which nothing is recorded has nothing with our label
        let kinds: HashSet<GroupKind> = recorded.keys().map(ResourceKey::group_kind).collect();
        for target in &self.targets.items {
            if let Some(resource) = target
                .resource
                .as_ref()
                .filter(|_| kinds.contains(&target.key.group_kind()))
            {
                add(resource, &target.key.namespace);
            }
        }
        for key in recorded.keys().filter(|key| !self.by_key.contains_key(key)) {
            if let Some(resource) = discovery.preferred(&key.group_kind()) {
                add(resource, &key.namespace);
            }
        }
        resources.retain(|_, (resource, _)| resource.listable);
        resources
    }

    /// Lists across namespaces, or in each where only that is allowed.
    async fn list(
        &self,
        resource: &Resource,
        namespaces: &BTreeSet<String>,
    ) -> Result<(Vec<Found>, String), Error> {
        let labels = format!("{PART_OF}={}", self.marks.1);
        let scope = ListScope {
            labels: &labels,
            ..ListScope::default()
        };
        let mut found = Vec::new();
        let mut take = |object| found.extend(self.look_at(resource, object));
        match self.cluster.list_each(resource, scope, &mut take).await {
            Err(error) if error.is_code(403) && resource.namespaced => {}
            version => return Ok((found, version?)),
        }
        for namespace in namespaces {
            let scope = ListScope { namespace, ..scope };
            self.cluster.list_each(resource, scope, &mut take).await?;
        }
        // one point in time for all does not exist: whoever watches lists again
        Ok((found, String::new()))
    }

    /// What is worth knowing of a listed object; nothing when it is desired in another version.
    fn look_at(&self, resource: &Resource, object: Value) -> Option<Found> {
        let key = lookup::key_of(resource, &object);
        let Some(&index) = self.by_key.get(&key) else {
            let live = Live::surplus(object, self.marks.0, self.marks.1);
            return Some(Found {
                key,
                live,
                is_desired: false,
            });
        };
        let desired_as = self.targets.items[index].resource.as_ref()?;
        (desired_as.gvk == resource.gvk).then(|| {
            let intent = self.targets.intent(index);
            let live = Live::compared(object, &intent, self.marks, self.options);
            Found {
                key,
                live,
                is_desired: true,
            }
        })
    }

    /// Objects of the inventory that have lost our label, or whose kind cannot be listed: one by one.
    async fn read_unlabelled(
        &self,
        discovery: &Discovery,
        recorded: &Inventory,
        observed: &mut Observed,
    ) -> Result<(), Error> {
        let lost = recorded.keys().filter(|key| {
            !self.by_key.contains_key(key)
                && !observed.live.contains_key(*key)
                && !observed.unreadable.contains_key(&key.group_kind())
        });
        // a kind that is no longer served has no objects, unless its server is only down
        let lost: Vec<&ResourceKey> = lost.collect();
        for key in &lost {
            let kind = key.group_kind();
            if discovery.preferred(&kind).is_none() && discovery.is_unavailable(&kind.group) {
                let reason = format!("the server of API group {} does not answer", kind.group);
                observed.unreadable.insert(kind, reason);
            }
        }
        let queries: Vec<_> = lost
            .into_iter()
            .filter_map(|key| Some((key, discovery.preferred(&key.group_kind())?)))
            .collect();
        // collected first: a closure over references that lives across an await would make the sync unable to move
        // between threads
        let queries: Vec<_> = queries
            .into_iter()
            .map(|(key, resource)| {
                async move { (key, self.cluster.get(resource, &key.namespace, &key.name).await) }.boxed()
            })
            .collect();
        let mut answers = stream::iter(queries).buffer_unordered(IN_FLIGHT);
        while let Some((key, object)) = answers.next().await {
            if let Some(object) = object? {
                observed
                    .live
                    .insert(key.clone(), Live::surplus(object, self.marks.0, self.marks.1));
            }
        }
        Ok(())
    }
}
