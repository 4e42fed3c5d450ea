use std::collections::{BTreeMap, HashMap, HashSet};

use futures::{FutureExt as _, StreamExt as _, stream};
use manifest::ResourceKey;
use serde_json::Value;

use super::{Live, Observed, Targets, text_at};
use crate::{
    cluster::{Cluster, Error, ListScope, Resource},
    failure,
};

/// Up to this many objects of a kind are asked for one by one.
const SINGLE: usize = 16;
/// Up to this many namespaces are listed one by one.
const NAMESPACES: usize = 4;
const IN_FLIGHT: usize = 16;

/// Some objects of one kind to be asked for.
struct Query<'a> {
    resource: &'a Resource,
    keys: Vec<&'a ResourceKey>,
    /// The namespace to list, empty for all; `None` when they are asked for one by one.
    list: Option<&'a str>,
}

/// What was found, and what may not be looked at.
#[derive(Default)]
struct Answer {
    found: Vec<(ResourceKey, Value)>,
    hidden: Vec<(ResourceKey, String)>,
}

/// Finds out which of the desired objects that do not carry our label exist, by their metadata. One that may not be looked
/// at is no reason to stop: it is told.
pub(crate) async fn look_up(
    cluster: &Cluster,
    targets: &Targets,
    marks: (&str, &str),
    observed: &mut Observed,
) -> Result<(), Error> {
    let namespaces = unknown(targets, &observed.live, is_namespace);
    let answer = ask(cluster, namespaces).await?;
    insert(answer, targets, marks, observed);
    // what is in a namespace that does not exist yet does not exist either
    let absent: HashSet<&str> = targets
        .keys()
        .filter(|key| {
            is_namespace(key) && !observed.live.contains_key(*key) && !observed.hidden.contains_key(*key)
        })
        .map(|key| key.name.as_str())
        .collect();
    let others = unknown(targets, &observed.live, |key| {
        !is_namespace(key) && !absent.contains(key.namespace.as_str())
    });
    let answer = ask(cluster, others).await?;
    insert(answer, targets, marks, observed);
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
    let query = |keys: Vec<&'a ResourceKey>, list| Query { resource, keys, list };
    if keys.len() <= SINGLE || !resource.listable {
        return keys.iter().map(|key| query(vec![key], None)).collect();
    }
    let mut by_namespace: BTreeMap<&str, Vec<&ResourceKey>> = BTreeMap::new();
    for key in keys {
        by_namespace.entry(&key.namespace).or_default().push(key);
    }
    if by_namespace.len() > NAMESPACES {
        return vec![query(keys.to_vec(), Some(""))];
    }
    let lists = by_namespace.into_iter();
    lists
        .map(|(namespace, keys)| query(keys, Some(namespace)))
        .collect()
}

async fn ask(cluster: &Cluster, unknown: Unknown<'_>) -> Result<Answer, Error> {
    // collected first: a closure over references that lives across an await would make the sync unable to move
    // between threads
    let queries: Vec<_> = unknown
        .values()
        .flat_map(|(resource, keys)| queries(resource, keys))
        .map(|query| answer(cluster, query).boxed())
        .collect();
    let mut answers = stream::iter(queries).buffer_unordered(IN_FLIGHT);
    let mut all = Answer::default();
    while let Some(answer) = answers.next().await {
        let answer = answer?;
        all.found.extend(answer.found);
        all.hidden.extend(answer.hidden);
    }
    Ok(all)
}

async fn answer(cluster: &Cluster, query: Query<'_>) -> Result<Answer, Error> {
    if let Some(namespace) = query.list {
        let scope = ListScope {
            namespace,
            metadata_only: true,
            ..ListScope::default()
        };
        match cluster.list(query.resource, scope).await {
            // who may not list may still get
            Err(error) if error.is_code(403) => {}
            listed => {
                let items = listed?.items.into_iter();
                return Ok(Answer {
                    found: items
                        .map(|object| (key_of(query.resource, &object), object))
                        .collect(),
                    hidden: Vec::new(),
                });
            }
        }
    }
    let mut answer = Answer::default();
    for key in query.keys {
        let object = cluster.get_metadata(query.resource, &key.namespace, &key.name);
        match object.await {
            Ok(object) => answer.found.extend(object.map(|object| (key.clone(), object))),
            Err(error) if error.is_code(403) => {
                answer.hidden.push((key.clone(), failure::describe(&error)));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

fn insert(answer: Answer, targets: &Targets, marks: (&str, &str), observed: &mut Observed) {
    let desired: HashSet<&ResourceKey> = targets.keys().collect();
    for (key, object) in answer.found {
        if desired.contains(&key) {
            let live = Live::metadata(object, marks.0, marks.1);
            observed.live.insert(key, live);
        }
    }
    observed.hidden.extend(answer.hidden);
}

/// The key of a listed object.
pub(super) fn key_of(resource: &Resource, object: &Value) -> ResourceKey {
    let metadata = |name| text_at(object, &["metadata", name]);
    resource.key(metadata("namespace"), metadata("name"))
}

fn is_namespace(key: &ResourceKey) -> bool {
    key.kind == "Namespace" && key.group.is_empty()
}
