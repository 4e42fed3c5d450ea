use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use manifest::ResourceKey;
use serde_json::Value;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use super::{
    entry::{Entry, Settled, Sighting},
    objects::{KeyParts, Objects},
    uid::Uid,
};
use crate::{
    change_set::FieldConflict,
    cluster::{Cluster, Resource},
    drift::{Drift, DriftKind},
    observe::Target,
    wait::{Feed, Report, Scope},
};

/// What is live of one application, kept up to date by one watch per kind.
pub(super) struct Cache {
    cluster: Cluster,
    manager: Arc<str>,
    apply_set: Arc<str>,
    shared: Arc<Mutex<Shared>>,
    reports: UnboundedSender<Report<Sighting>>,
    watches: JoinSet<()>,
    watched: HashMap<String, Resource>,
}

/// Tells whether an object differs from what it was when it was last as desired; a running sync does not stop it.
pub(super) struct Standing(Arc<Mutex<Shared>>);

impl Standing {
    pub(super) fn is_drifted(&self, key: &ResourceKey) -> bool {
        lock(&self.0).is_drifted(key)
    }
}

/// What the reader of the watches and the syncs share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) objects: Objects,
    /// While a sync runs, what differs from the last one is most likely its own doing.
    is_syncing: bool,
    suspects: HashMap<ResourceKey, Drift>,
    /// What somebody deleted while a sync runs that has seen it before, with its UID.
    departed: HashMap<ResourceKey, Uid>,
    forbidden: Vec<Resource>,
}

impl Cache {
    /// An empty cache, and where it tells of drift.
    pub(super) fn new(cluster: &Cluster, manager: &str, apply_set: &str) -> (Self, UnboundedReceiver<Drift>) {
        let (reports, received) = unbounded_channel();
        let (drifts, drifted) = unbounded_channel();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let mut watches = JoinSet::new();
        watches.spawn(read(received, shared.clone(), drifts));
        let cache = Self {
            cluster: cluster.clone(),
            manager: manager.into(),
            apply_set: apply_set.into(),
            shared,
            reports,
            watches,
            watched: HashMap::new(),
        };
        (cache, drifted)
    }

    pub(super) fn shared(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    /// What is drifted now, for those who do not hold the cache.
    pub(super) fn standing(&self) -> Standing {
        Standing(self.shared.clone())
    }

    /// Whether this kind is watched.
    pub(super) fn watches(&self, resource: &Resource) -> bool {
        self.watched.contains_key(&resource.collection(""))
    }

    /// Watches a kind from this point in time on, unless it is watched already; an empty one means from a list on.
    pub(super) fn watch(&mut self, resource: &Resource, from: &str, namespaces: &HashSet<&str>) {
        if !resource.listable || self.watches(resource) {
            return;
        }
        self.watched.insert(resource.collection(""), resource.clone());
        if self.shared().forbidden.contains(resource) {
            for namespace in namespaces {
                self.spawn(resource, namespace, String::new());
            }
        } else {
            self.spawn(resource, "", from.to_owned());
        }
    }

    /// Kinds that turned out to be watchable in each namespace only.
    pub(super) fn take_refused(&mut self) -> Vec<Resource> {
        let refused: Vec<Resource> = {
            let shared = self.shared();
            let watched = shared.forbidden.iter().filter(|resource| self.watches(resource));
            watched.cloned().collect()
        };
        for resource in &refused {
            self.watched.remove(&resource.collection(""));
        }
        refused
    }

    fn spawn(&mut self, resource: &Resource, namespace: &str, from: String) {
        let (manager, apply_set) = (self.manager.clone(), self.apply_set.clone());
        let feed = Feed {
            cluster: self.cluster.clone(),
            scope: Scope {
                resource: resource.clone(),
                namespace: namespace.to_owned(),
                labels: format!("{}={apply_set}", crate::ownership::PART_OF),
            },
            summarise: move |object: &Value| Sighting::of(object, &manager, &apply_set),
            reports: self.reports.clone(),
        };
        self.watches.spawn(feed.run(from));
    }

    /// From now on, changes are held to be those of a sync.
    pub(super) fn begin_sync(&self) {
        let mut shared = self.shared();
        shared.is_syncing = true;
        shared.departed.clear();
    }

    /// The sync is over: what is now other than settled was someone else.
    pub(super) fn end_sync(&self) -> Vec<Drift> {
        let mut shared = self.shared();
        shared.is_syncing = false;
        let suspects = std::mem::take(&mut shared.suspects);
        suspects
            .into_values()
            .filter(|drift| shared.is_drifted(&drift.key))
            .collect()
    }
}

impl Shared {
    /// Takes in what is known of an object, unless a watch has already told what came later.
    pub(super) fn learn(&mut self, key: &ResourceKey, entry: Entry) {
        // a deletion has no version to compare
        if self.departed.get(key).is_some_and(|uid| *uid == entry.uid) {
            return;
        }
        let known = self.objects.entry(key);
        if known.is_none_or(|known| known.version < entry.version) {
            self.objects.see(key, entry);
        }
    }

    /// Remembers that an object is as desired.
    pub(super) fn settle(&mut self, target: &Target, entry: &Entry, conflicts: Vec<FieldConflict>) {
        let settled = Settled {
            intent: target.digest,
            owned: entry.owned,
            uid: entry.uid.clone(),
            version: entry.version,
            conflicts: conflicts.into(),
        };
        self.objects.settle(&target.key, settled);
    }

    fn is_drifted(&self, key: &ResourceKey) -> bool {
        let Some(settled) = self.objects.settled(key) else {
            return false;
        };
        match self.objects.entry(key) {
            None => true,
            Some(entry) => entry.version > settled.version && entry.owned != settled.owned,
        }
    }

    /// Takes in what a watch tells; the drift when it is one.
    fn take(&mut self, report: Report<Sighting>) -> Vec<Drift> {
        match report {
            Report::Seen(key, sighting) => {
                let Sighting {
                    entry,
                    managers,
                    fields,
                } = sighting;
                self.objects.see(&key, entry);
                let drift = Drift {
                    key,
                    kind: DriftKind::Changed,
                    managers,
                    fields,
                    corrected: false,
                };
                self.suspect(drift).into_iter().collect()
            }
            Report::Gone(key, uid) => self.gone(key, &Uid::from(&*uid)).into_iter().collect(),
            Report::All(scope, keys) => {
                let keys: HashSet<KeyParts<'_>> = keys.iter().map(KeyParts::from).collect();
                let kind = scope.resource.gvk.group_kind();
                let known = self.objects.entries_in(&kind, &scope.namespace);
                let missing: Vec<_> = known
                    .filter(|(key, _)| !keys.contains(key))
                    .map(|(key, entry)| (key.to_key(), entry.uid.clone()))
                    .collect();
                missing
                    .into_iter()
                    .filter_map(|(key, uid)| self.gone(key, &uid))
                    .collect()
            }
            Report::Forbidden(resource) => {
                self.forbidden.push(resource);
                Vec::new()
            }
        }
    }

    fn gone(&mut self, key: ResourceKey, uid: &Uid) -> Option<Drift> {
        if self.objects.entry(&key).is_none_or(|entry| entry.uid != *uid) {
            return None;
        }
        let settled = self.objects.settled(&key);
        let is_settled = settled.is_some_and(|settled| settled.uid == *uid);
        self.objects.lose(&key);
        if self.is_syncing && is_settled {
            self.departed.insert(key.clone(), uid.clone());
        }
        let drift = Drift {
            key,
            kind: DriftKind::Deleted,
            managers: Vec::new(),
            fields: Vec::new(),
            corrected: false,
        };
        is_settled.then(|| self.suspect(drift)).flatten()
    }

    fn suspect(&mut self, drift: Drift) -> Option<Drift> {
        if !self.is_drifted(&drift.key) {
            self.suspects.remove(&drift.key);
            return None;
        }
        if self.is_syncing {
            self.suspects.insert(drift.key.clone(), drift);
            return None;
        }
        Some(drift)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(
    mut received: UnboundedReceiver<Report<Sighting>>,
    shared: Arc<Mutex<Shared>>,
    drifts: UnboundedSender<Drift>,
) {
    while let Some(report) = received.recv().await {
        let found = lock(&shared).take(report);
        for drift in found {
            // without a listener, drift is still found by the next sync
            drop(drifts.send(drift));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Digest;

    #[test]
    fn a_deletion_during_a_sync_is_not_undone_by_what_the_sync_saw() {
        let object = json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "web", "namespace": "shop", "uid": "u1", "resourceVersion": "7"}});
        let key = ResourceKey::new("", "Service", "shop", "web");
        let seen = Entry::of(&object, "glops", "set");
        let settled = Settled {
            intent: Digest::of(&object),
            owned: seen.owned,
            uid: seen.uid.clone(),
            version: seen.version,
            conflicts: Box::default(),
        };
        let mut shared = Shared {
            is_syncing: true,
            ..Shared::default()
        };
        shared.learn(&key, Entry::of(&object, "glops", "set"));
        shared.objects.settle(&key, settled);
        assert!(
            shared.gone(key.clone(), &Uid::from("u1")).is_none(),
            "it waits for the end of the sync"
        );
        shared.learn(&key, seen);
        assert!(shared.suspects.contains_key(&key) && shared.is_drifted(&key));
    }
}
