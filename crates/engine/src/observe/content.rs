use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt as _, StreamExt as _, stream};
use manifest::ResourceKey;
use serde_json::Value;

use super::{Observed, lookup, text_at};
use crate::{
    cluster::{Cluster, Error, ListScope, PAGE, Resource},
    ownership::PART_OF,
};

const IN_FLIGHT: usize = 16;
/// How many objects are named at most.
const NAMED: usize = 5;

/// Kinds that come and go by themselves. Without a group, any.
const TRANSIENT: &[(&str, &str)] = &[
    ("", "Event"),
    ("events.k8s.io", "Event"),
    ("", "Endpoints"),
    ("coordination.k8s.io", "Lease"),
    ("metrics.k8s.io", "PodMetrics"),
];

/// What a cluster puts into every namespace.
const FURNITURE: &[(&str, &str)] = &[
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "openshift-service-ca.crt"),
    ("ServiceAccount", "default"),
    ("ServiceAccount", "builder"),
    ("ServiceAccount", "deployer"),
];

/// Finds out what namespaces that are to be deleted hold besides what is ours. `except` names Secrets that do not
/// count: an inventory that is deleted with the rest.
pub(crate) async fn look_into(
    cluster: &Cluster,
    namespaces: &[String],
    apply_set: &str,
    except: &[String],
    observed: &mut Observed,
) -> Result<(), Error> {
    if namespaces.is_empty() {
        return Ok(());
    }
    let search = Search {
        cluster,
        namespaces,
        apply_set,
        except,
    };
    let discovery = cluster.discovery().await?;
    let mut kinds: Vec<&Resource> = discovery
        .all()
        .filter(|resource| resource.namespaced && resource.listable && !is_transient(resource))
        .collect();
    kinds.sort_by(|a, b| a.gvk.cmp(&b.gvk));
    let kinds: Vec<_> = kinds
        .into_iter()
        .map(|resource| search.content(resource).boxed())
        .collect();
    let mut found: BTreeMap<&str, Content> = BTreeMap::new();
    let mut answers = stream::iter(kinds).buffered(IN_FLIGHT);
    while let Some(of_kind) = answers.next().await {
        for (namespace, content) in of_kind {
            found.entry(namespace).or_default().add(content);
        }
    }
    let told = found
        .into_iter()
        .filter_map(|(namespace, content)| Some((namespace.to_owned(), content.describe()?)));
    observed.foreign_content.extend(told);
    Ok(())
}

/// What one kind has in a namespace, or why that is not known.
type KindContent = Result<Vec<ResourceKey>, String>;

/// The namespaces to look into, and what there does not count.
struct Search<'a> {
    cluster: &'a Cluster,
    namespaces: &'a [String],
    apply_set: &'a str,
    except: &'a [String],
}

impl<'a> Search<'a> {
    /// What one kind has in each namespace: by lists of all namespaces where that asks less.
    async fn content(&self, resource: &Resource) -> Vec<(&'a str, KindContent)> {
        let everywhere = if self.namespaces.len() > 1 {
            self.everywhere(resource).await
        } else {
            None
        };
        if let Some(found) = everywhere {
            return found
                .into_iter()
                .map(|(namespace, keys)| (namespace, Ok(keys)))
                .collect();
        }
        let mut found = Vec::with_capacity(self.namespaces.len());
        for namespace in self.namespaces {
            found.push((namespace.as_str(), self.inside(resource, namespace).await));
        }
        found
    }

    /// By lists across namespaces; `None` when that is not allowed, and when the cluster holds so much of the kind that
    /// a list in each namespace asks less.
    async fn everywhere(&self, resource: &Resource) -> Option<BTreeMap<&'a str, Vec<ResourceKey>>> {
        let mut found: BTreeMap<&str, Vec<ResourceKey>> = self
            .namespaces
            .iter()
            .map(|namespace| (namespace.as_str(), Vec::new()))
            .collect();
        let mut take = |object: Value| {
            if let Some(keys) = found.get_mut(text_at(&object, &["metadata", "namespace"])) {
                keys.extend(self.foreign(resource, &object));
            }
        };
        let scope = ListScope {
            metadata_only: true,
            ..ListScope::default()
        };
        let mut next = String::new();
        loop {
            let page = self.cluster.list_page(resource, scope, &next, &mut take).await;
            let page = page.ok()?;
            if page.next.is_empty() {
                return Some(found);
            }
            if page.remaining?.div_ceil(PAGE) >= self.namespaces.len() {
                return None;
            }
            next = page.next;
        }
    }

    async fn inside(&self, resource: &Resource, namespace: &str) -> KindContent {
        let scope = ListScope {
            namespace,
            metadata_only: true,
            ..ListScope::default()
        };
        let mut keys = Vec::new();
        let take = |object: Value| keys.extend(self.foreign(resource, &object));
        match self.cluster.list_each(resource, scope, take).await {
            Ok(_) => Ok(keys),
            // a kind that is no longer served has no objects
            Err(error) if error.is_code(404) || error.is_code(405) => Ok(Vec::new()),
            Err(_) => Err(resource.plural.clone()),
        }
    }

    /// The key of an object that counts.
    fn foreign(&self, resource: &Resource, object: &Value) -> Option<ResourceKey> {
        if !is_foreign(object, self.apply_set) {
            return None;
        }
        let key = lookup::key_of(resource, object);
        let is_excepted = key.kind == "Secret" && self.except.contains(&key.name);
        (!is_furniture(&key) && !is_excepted).then_some(key)
    }
}

/// Whether an object is somebody's who did not get it from us: what a controller made of ours goes with ours.
fn is_foreign(object: &Value, apply_set: &str) -> bool {
    let has_owner = object
        .pointer("/metadata/ownerReferences")
        .and_then(Value::as_array)
        .is_some_and(|owners| !owners.is_empty());
    let is_token = !text_at(
        object,
        &["metadata", "annotations", "kubernetes.io/service-account.name"],
    )
    .is_empty();
    let is_going = object.pointer("/metadata/deletionTimestamp").is_some();
    text_at(object, &["metadata", "labels", PART_OF]) != apply_set && !has_owner && !is_token && !is_going
}

fn is_transient(resource: &Resource) -> bool {
    TRANSIENT.contains(&(resource.gvk.group.as_str(), resource.gvk.kind.as_str()))
}

fn is_furniture(key: &ResourceKey) -> bool {
    key.group.is_empty() && FURNITURE.contains(&(key.kind.as_str(), key.name.as_str()))
}

#[derive(Default)]
struct Content {
    objects: BTreeSet<ResourceKey>,
    unknown: BTreeSet<String>,
}

impl Content {
    fn add(&mut self, content: KindContent) {
        match content {
            Ok(keys) => self.objects.extend(keys),
            Err(plural) => drop(self.unknown.insert(plural)),
        }
    }

    /// `ConfigMap/a, Secret/b and 3 more`; `None` when there is nothing.
    fn describe(&self) -> Option<String> {
        let mut parts: Vec<String> = self
            .objects
            .iter()
            .take(NAMED)
            .map(|key| format!("{}/{}", key.kind, key.name))
            .collect();
        if self.objects.len() > NAMED {
            parts.push(format!("{} more", self.objects.len() - NAMED));
        }
        if !self.unknown.is_empty() {
            let unknown: Vec<&str> = self.unknown.iter().map(String::as_str).collect();
            parts.push(format!("perhaps more ({} cannot be listed)", unknown.join(", ")));
        }
        let last = parts.pop()?;
        Some(if parts.is_empty() {
            last
        } else {
            format!("{} and {last}", parts.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_ours_or_comes_with_it_is_not_foreign() {
        let is_foreign = |metadata: Value| is_foreign(&json!({"metadata": metadata}), "us");
        assert!(is_foreign(json!({"name": "a"})));
        assert!(is_foreign(json!({"labels": {PART_OF: "them"}})));
        assert!(!is_foreign(json!({"labels": {PART_OF: "us"}})));
        assert!(!is_foreign(json!({"ownerReferences": [{"name": "a"}]})));
        assert!(!is_foreign(json!({"deletionTimestamp": "2026-01-01T00:00:00Z"})));
    }

    #[test]
    fn content_is_named_and_counted() {
        let mut content = Content::default();
        assert_eq!(content.describe(), None);
        let keys = (0..7).map(|number| ResourceKey::new("", "ConfigMap", "shop", format!("c{number}")));
        content.add(Ok(keys.collect()));
        let text = content.describe().unwrap();
        assert!(
            text.starts_with("ConfigMap/c0, ") && text.ends_with("ConfigMap/c4 and 2 more"),
            "{text}"
        );
        content.add(Err("secrets".to_owned()));
        assert!(
            content
                .describe()
                .unwrap()
                .ends_with("2 more and perhaps more (secrets cannot be listed)")
        );
    }
}
