use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use manifest::ResourceKey;
use tokio::time::Instant;

use super::{
    departures::Departures,
    entry::{Entry, Settled, Sighting},
    objects::{KeyParts, Objects},
    uid::Uid,
};
use crate::{
    change_set::FieldConflict,
    cluster::Resource,
    drift::{Drift, DriftKind},
    observe::Target,
    wait::{Report, Scope},
};

/// What the reader of the watches and the syncs share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) objects: Objects,
    /// What syncs have deleted and is not gone yet.
    pub(super) departures: Departures,
    /// Kinds that turned out to be watchable in each namespace only.
    pub(super) forbidden: Vec<Resource>,
    /// While a sync runs, what differs from the last one is most likely its own doing.
    is_syncing: bool,
    suspects: HashMap<ResourceKey, Drift>,
    /// What was told of each drifted object since it was last as desired.
    told: HashMap<ResourceKey, Drift>,
    /// UIDs of what went while a sync runs, which may have seen it before.
    departed: HashSet<Uid>,
}

/// What is shared, for those who do not hold the cache: a running sync does not stop them.
#[derive(Clone)]
pub(super) struct Handle(Arc<Mutex<Shared>>);

impl Handle {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an object differs from what it was when it was last as desired.
    pub(super) fn is_drifted(&self, key: &ResourceKey) -> bool {
        self.lock().is_drifted(key)
    }

    /// When it is time to note which deleted objects are gone.
    pub(super) fn departures_due(&self) -> Option<Instant> {
        self.lock().departures.due()
    }
}

impl Shared {
    /// From now on, changes are held to be those of a sync.
    pub(super) fn begin_sync(&mut self) {
        self.is_syncing = true;
        self.departed.clear();
    }

    /// The sync is over: what is now other than settled was someone else.
    pub(super) fn end_sync(&mut self) -> Vec<Drift> {
        self.is_syncing = false;
        self.departed.clear();
        let suspects = std::mem::take(&mut self.suspects);
        suspects
            .into_values()
            .filter(|drift| self.is_drifted(&drift.key) && self.is_news(drift))
            .collect()
    }

    /// Takes in what is known of an object, unless a watch has already told what came later.
    pub(super) fn learn(&mut self, key: &ResourceKey, entry: Entry) {
        // a deletion has no version to compare
        if self.departed.contains(&entry.uid) {
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
        self.told.remove(&target.key);
    }

    /// Forgets that objects were as desired which nothing is desired of any more: they cannot drift.
    pub(super) fn unsettle_all_but(&mut self, desired: &HashSet<&ResourceKey>) {
        let parts: HashSet<KeyParts<'_>> = desired.iter().map(|key| KeyParts::from(*key)).collect();
        self.objects.retain_settled(|key| parts.contains(&key));
        self.told.retain(|key, _| desired.contains(key));
    }

    /// Remembers that a sync has deleted an object, which may still be there for a while, or only in what the watches
    /// have told so far.
    pub(super) fn expect_gone(&mut self, key: &ResourceKey, uid: &Uid) {
        self.departures.expect(key, uid.clone());
        if self.departed.contains(uid) {
            self.departures.gone(key, uid);
        }
    }

    /// Which deleted objects are gone and have no successor.
    pub(super) fn take_departed(&mut self) -> HashSet<ResourceKey> {
        let mut gone = self.departures.take();
        gone.retain(|key| self.objects.entry(key).is_none());
        gone
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
    pub(super) fn take(&mut self, report: Report<Sighting>) -> Vec<Drift> {
        match report {
            Report::Seen(key, sighting) => self.seen(key, sighting).into_iter().collect(),
            Report::Gone(key, uid) => self.gone(key, &Uid::from(&*uid)).into_iter().collect(),
            Report::All(scope, keys) => self.only(&scope, &keys),
            Report::Forbidden(resource) => {
                self.forbidden.push(resource);
                Vec::new()
            }
        }
    }

    fn seen(&mut self, key: ResourceKey, sighting: Sighting) -> Option<Drift> {
        let Sighting {
            entry,
            managers,
            fields,
        } = sighting;
        self.departures.seen(&key, &entry.uid);
        self.objects.see(&key, entry);
        self.suspect(Drift {
            key,
            kind: DriftKind::Changed,
            managers,
            fields,
            corrected: false,
        })
    }

    fn only(&mut self, scope: &Scope, keys: &HashSet<ResourceKey>) -> Vec<Drift> {
        self.departures.only(scope, keys);
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

    fn gone(&mut self, key: ResourceKey, uid: &Uid) -> Option<Drift> {
        self.departures.gone(&key, uid);
        if self.is_syncing {
            self.departed.insert(uid.clone());
        }
        if self.objects.entry(&key).is_none_or(|entry| entry.uid != *uid) {
            return None;
        }
        let settled = self.objects.settled(&key);
        let is_settled = settled.is_some_and(|settled| settled.uid == *uid);
        self.objects.lose(&key);
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
            self.told.remove(&drift.key);
            return None;
        }
        if self.is_syncing {
            self.suspects.insert(drift.key.clone(), drift);
            return None;
        }
        self.is_news(&drift).then_some(drift)
    }

    /// Whether this was not told yet. A drift that stays is told once, whatever else becomes of its object.
    fn is_news(&mut self, drift: &Drift) -> bool {
        let is_told = self.told.get(&drift.key).is_some_and(|told| told.is_like(drift));
        if !is_told {
            self.told.insert(drift.key.clone(), drift.clone());
        }
        !is_told
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Digest;

    fn key() -> ResourceKey {
        ResourceKey::new("", "Service", "shop", "web")
    }

    fn entry(version: &str) -> Entry {
        let object = json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "web", "namespace": "shop", "uid": "u1", "resourceVersion": version}});
        Entry::of(&object, "glops", "set")
    }

    fn syncing() -> Shared {
        Shared {
            is_syncing: true,
            ..Shared::default()
        }
    }

    #[test]
    fn a_deletion_during_a_sync_is_not_undone_by_what_the_sync_saw() {
        let seen = entry("7");
        let settled = Settled {
            intent: Digest::of(&json!({})),
            owned: seen.owned,
            uid: seen.uid.clone(),
            version: seen.version,
            conflicts: Box::default(),
        };
        let mut shared = syncing();
        shared.learn(&key(), seen.clone());
        shared.objects.settle(&key(), settled);
        assert!(
            shared.gone(key(), &Uid::from("u1")).is_none(),
            "it waits for the end of the sync"
        );
        shared.learn(&key(), seen);
        assert!(shared.suspects.contains_key(&key()) && shared.is_drifted(&key()));
    }

    #[test]
    fn a_drift_is_told_once_until_it_is_another_or_over() {
        let object = |version: u64, value: &str, manager: &str| {
            json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": value},
            "metadata": {"name": "web", "namespace": "shop", "uid": "u1", "resourceVersion": version.to_string(),
            "managedFields": [
                {"manager": "glops", "operation": "Apply", "fieldsV1": {"f:data": {"f:k": {}}}},
                {"manager": manager, "operation": "Update", "fieldsV1": {"f:data": {"f:k": {}}}},
            ]}})
        };
        let sighting = |object| Report::Seen(key(), Sighting::of(&object, "glops", "set"));
        let mut shared = Shared::default();
        let desired = Entry::of(&object(1, "v", "kubectl"), "glops", "set");
        shared.objects.settle(
            &key(),
            Settled {
                intent: Digest::of(&json!({})),
                owned: desired.owned,
                uid: desired.uid.clone(),
                version: desired.version,
                conflicts: Box::default(),
            },
        );
        shared.learn(&key(), desired);
        let mut told = |version, value, manager| shared.take(sighting(object(version, value, manager))).len();
        assert_eq!(told(2, "edited", "kubectl"), 1);
        assert_eq!(told(3, "edited", "kubectl"), 0, "something else has changed");
        assert_eq!(told(4, "edited", "someone"), 1, "another has a hand in it");
        assert_eq!(told(5, "v", "someone"), 0);
        assert_eq!(told(6, "edited", "someone"), 1, "it was over in between");
        shared.begin_sync();
        shared.take(sighting(object(7, "edited", "someone")));
        assert!(shared.end_sync().is_empty(), "the sync left it, as was known");
    }

    #[test]
    fn what_was_never_settled_does_not_come_back_either() {
        let mut shared = syncing();
        shared.learn(&key(), entry("7"));
        shared.gone(key(), &Uid::from("u1"));
        shared.learn(&key(), entry("7"));
        assert!(shared.objects.entry(&key()).is_none());
    }

    #[test]
    fn a_watch_may_tell_of_a_deletion_before_the_sync_does() {
        let mut shared = syncing();
        shared.learn(&key(), entry("7"));
        shared.gone(key(), &Uid::from("u1"));
        shared.expect_gone(&key(), &Uid::from("u1"));
        assert_eq!(shared.take_departed(), HashSet::from([key()]));
    }

    #[test]
    fn who_has_a_successor_stays_recorded() {
        let mut shared = Shared::default();
        shared.expect_gone(&key(), &Uid::from("u0"));
        shared.learn(&key(), entry("7"));
        shared.gone(key(), &Uid::from("u0"));
        assert!(shared.departures.due().is_some());
        assert!(shared.take_departed().is_empty());
    }
}
