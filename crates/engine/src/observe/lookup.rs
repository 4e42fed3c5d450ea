use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::{FutureExt as _, StreamExt as _, stream};
use manifest::ResourceKey;
use serde_json::Value;

use super::{Live, Targets, text_at};
use crate::cluster::{Cluster, Error, ListScope, Resource};

/// Up to this many objects of a kind are asked for one by one.
const SINGLE: usize = 16;
/// Up to this many namespaces are listed one by one.
const NAMESPACES: usize = 4;
const IN_FLIGHT: usize = 16;

/// Something to be asked of the cluster.
enum Query<'a> {
    One(&'a Resource, &'a ResourceKey),
    All(&'a Resource, &'a str),
}

/// Finds out which of the desired objects that do not carry our label exist, by their metadata.
pub(crate) async fn look_up(
    cluster: &Cluster,
    targets: &Targets,
    marks: (&str, &str),
    live: &mut HashMap<ResourceKey, Live>,
) -> Result<(), Error> {
    let namespaces = unknown(targets, live, is_namespace);
    let found = ask(cluster, namespaces).await?;
    insert(found, targets, marks, live);
    // what is in a namespace that does not exist yet does not exist either
    let absent: HashSet<&str> = targets
        .keys()
        .filter(|key| is_namespace(key) && !live.contains_key(*key))
        .map(|key| key.name.as_str())
        .collect();
    let others = unknown(targets, live, |key| {
        !is_namespace(key) && !absent.contains(key.namespace.as_str())
    });
    let found = ask(cluster, others).await?;
    insert(found, targets, marks, live);
    Ok(())
}

type Unknown<'a> = BTreeMap<String, (&'a Resource, Vec<&'a ResourceKey>)>;

fn unknown<'a>(
    targets: &'a Targets,
    live: &HashMap<ResourceKey, Live>,
    wanted: impl Fn(&ResourceKey) -> bool,
) -> Unknown<'a> {
    let mut unknown = Unknown::new();
    for target in &targets.items {
        let Some(resource) = &target.resource else {
            continue;
        };
        if wanted(&target.key) && !live.contains_key(&target.key) {
            let (_, keys) = unknown
                .entry(resource.collection(""))
                .or_insert_with(|| (resource, Vec::new()));
            keys.push(&target.key);
        }
    }
    unknown
}

fn queries<'a>(resource: &'a Resource, keys: &[&'a ResourceKey]) -> Vec<Query<'a>> {
    if keys.len() <= SINGLE || !resource.listable {
        return keys.iter().map(|key| Query::One(resource, key)).collect();
    }
    let namespaces: BTreeSet<&str> = keys.iter().map(|key| key.namespace.as_str()).collect();
    if namespaces.len() <= NAMESPACES {
        return namespaces
            .into_iter()
            .map(|namespace| Query::All(resource, namespace))
            .collect();
    }
    vec![Query::All(resource, "")]
}

async fn ask(cluster: &Cluster, unknown: Unknown<'_>) -> Result<Vec<(ResourceKey, Value)>, Error> {
    // collected first: a closure over references that lives across an await would make the sync unable to move
    // between threads
    let queries: Vec<_> = unknown
        .values()
        .flat_map(|(resource, keys)| queries(resource, keys))
        .map(|query| answer(cluster, query).boxed())
        .collect();
    let mut answers = stream::iter(queries).buffer_unordered(IN_FLIGHT);
    let mut found = Vec::new();
    while let Some(answer) = answers.next().await {
        found.extend(answer?);
    }
    Ok(found)
}

async fn answer(cluster: &Cluster, query: Query<'_>) -> Result<Vec<(ResourceKey, Value)>, Error> {
    match query {
        Query::One(resource, key) => {
            let object = cluster.get_metadata(resource, &key.namespace, &key.name).await?;
            Ok(object.map(|object| (key.clone(), object)).into_iter().collect())
        }
        Query::All(resource, namespace) => {
            let scope = ListScope {
                namespace,
                metadata_only: true,
                ..ListScope::default()
            };
            let listed = cluster.list(resource, scope).await?;
            let keyed = listed
                .items
                .into_iter()
                .map(|object| (key_of(resource, &object), object));
            Ok(keyed.collect())
        }
    }
}

fn insert(
    found: Vec<(ResourceKey, Value)>,
    targets: &Targets,
    marks: (&str, &str),
    live: &mut HashMap<ResourceKey, Live>,
) {
    let desired: HashSet<&ResourceKey> = targets.keys().collect();
    for (key, object) in found {
        if desired.contains(&key) {
            live.insert(key, Live::metadata(object, marks.0, marks.1));
        }
    }
}

/// The key of a listed object.
pub(super) fn key_of(resource: &Resource, object: &Value) -> ResourceKey {
    let metadata = |name| text_at(object, &["metadata", name]);
    resource.key(metadata("namespace"), metadata("name"))
}

fn is_namespace(key: &ResourceKey) -> bool {
    key.kind == "Namespace" && key.group.is_empty()
}
