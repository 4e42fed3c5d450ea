use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, MutexGuard},
};

use manifest::GroupKind;
use serde_json::Value;
use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::JoinSet,
};

use super::{
    entry::Sighting,
    shared::{Handle, Shared},
};
use crate::{
    cluster::{Cluster, Resource},
    drift::Drift,
    wait::{Feed, Report, Scope},
};

/// What is live of one application, kept up to date by one watch per kind.
pub(super) struct Cache {
    cluster: Cluster,
    manager: Arc<str>,
    apply_set: Arc<str>,
    shared: Handle,
    reports: UnboundedSender<Report<Sighting>>,
    watches: JoinSet<()>,
    watched: HashMap<String, Resource>,
}

/// What a cache tells of by itself.
pub(super) struct Told {
    pub(super) drifts: UnboundedReceiver<Drift>,
    /// Rings when a deleted object is gone.
    pub(super) departures: Arc<Notify>,
}

impl Cache {
    /// An empty cache, and what it will tell.
    pub(super) fn new(cluster: &Cluster, manager: &str, apply_set: &str) -> (Self, Told) {
        let (reports, received) = unbounded_channel();
        let (drifts, drifted) = unbounded_channel();
        let shared = Handle::new();
        let departures = Arc::<Notify>::default();
        let mut watches = JoinSet::new();
        watches.spawn(read(received, shared.clone(), drifts, departures.clone()));
        let cache = Self {
            cluster: cluster.clone(),
            manager: manager.into(),
            apply_set: apply_set.into(),
            shared,
            reports,
            watches,
            watched: HashMap::new(),
        };
        let told = Told {
            drifts: drifted,
            departures,
        };
        (cache, told)
    }

    pub(super) fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock()
    }

    /// What is known, for those who do not hold the cache.
    pub(super) fn handle(&self) -> Handle {
        self.shared.clone()
    }

    /// Whether a kind is watched, in whatever version.
    pub(super) fn watches_kind(&self, kind: &GroupKind) -> bool {
        self.watched
            .values()
            .any(|resource| resource.gvk.group_kind() == *kind)
    }

    fn watches(&self, resource: &Resource) -> bool {
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
}

async fn read(
    mut received: UnboundedReceiver<Report<Sighting>>,
    shared: Handle,
    drifts: UnboundedSender<Drift>,
    departures: Arc<Notify>,
) {
    while let Some(report) = received.recv().await {
        let (found, is_due) = {
            let mut shared = shared.lock();
            (shared.take(report), shared.departures.due().is_some())
        };
        for drift in found {
            // without a listener, drift is still found by the next sync
            drop(drifts.send(drift));
        }
        if is_due {
            departures.notify_one();
        }
    }
}
