use std::collections::{HashMap, HashSet};

use manifest::ResourceKey;
use tokio::sync::{Mutex, mpsc::UnboundedReceiver};
use tokio_util::sync::CancellationToken;

use super::{
    cache::{Cache, Standing},
    entry::Entry,
    objects::KeyParts,
    observe::observe_cached,
};
use crate::{
    Application, ChangeSet, Cluster, Desired, Event, Events, SyncError, SyncOptions,
    drift::Drift,
    event::{Phase, Progress},
    observe::{Comparison, Observed, Targets, look_into, observe},
    ownership::Owner,
    store::Store,
    sync::{Done, Session, doomed},
    wait::Verdict,
};

/// Syncs one application again and again. See the [module](self).
pub struct Syncer {
    cluster: Cluster,
    application: Application,
    apply_set: String,
    state: Mutex<State>,
    drifts: Mutex<UnboundedReceiver<Drift>>,
    standing: Standing,
    again: tokio::sync::mpsc::UnboundedSender<Drift>,
}

struct State {
    cache: Cache,
    store: Option<Store>,
    /// Whether the cache holds all that is managed.
    is_warm: bool,
}

impl Syncer {
    /// A syncer that has not yet looked at the cluster.
    pub fn new(cluster: &Cluster, application: Application) -> Self {
        let apply_set = application.inventory.apply_set();
        let (cache, mut from_watches) = Cache::new(cluster, application.field_manager.as_str(), &apply_set);
        let (again, drifts) = tokio::sync::mpsc::unbounded_channel();
        let forward = again.clone();
        tokio::spawn(async move {
            while let Some(drift) = from_watches.recv().await {
                if forward.send(drift).is_err() {
                    return;
                }
            }
        });
        Self {
            cluster: cluster.clone(),
            application,
            apply_set,
            standing: cache.standing(),
            state: Mutex::new(State {
                cache,
                store: None,
                is_warm: false,
            }),
            drifts: Mutex::new(drifts),
            again,
        }
    }

    /// What it syncs.
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Makes the cluster equal to what is desired. One sync runs at a time: to let a newer revision go first, cancel
    /// the older one.
    pub async fn sync(
        &self,
        desired: &Desired,
        options: &SyncOptions,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<ChangeSet, SyncError> {
        let mut state = self.state.lock().await;
        state.cache.begin_sync();
        let before = self.cluster.requests().total();
        let result = self
            .sync_locked(&mut state, desired, options, events, cancel)
            .await;
        if result.is_err() {
            // what is stored, or what is live, is not what we thought
            state.store = None;
            state.is_warm = false;
        }
        for drift in state.cache.end_sync() {
            drop(self.again.send(drift));
        }
        let mut change_set = result?;
        change_set.requests = self.cluster.requests().total() - before;
        Ok(change_set)
    }

    /// The next managed object that someone else changes. What is to be done about it is the caller's: another
    /// [`Syncer::sync`] of the same state puts it back, or leaves it, as the options say.
    pub async fn next_drift(&self) -> Drift {
        let mut drifts = self.drifts.lock().await;
        while let Some(drift) = drifts.recv().await {
            // one edit is told by several events, and a sync may have put it back since
            if self.standing.is_drifted(&drift.key) {
                return drift;
            }
        }
        std::future::pending().await
    }

    /// The health of what is managed, as the watches tell it, sorted by key.
    pub async fn statuses(&self) -> Vec<(ResourceKey, Verdict)> {
        let state = self.state.lock().await;
        let shared = state.cache.shared();
        let mut statuses: Vec<_> = shared
            .objects
            .entries()
            .map(|(key, entry)| (key.to_key(), entry.verdict()))
            .collect();
        statuses.sort_by(|a, b| a.0.cmp(&b.0));
        statuses
    }

    async fn sync_locked(
        &self,
        state: &mut State,
        desired: &Desired,
        options: &SyncOptions,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<ChangeSet, SyncError> {
        events.send(|| Event::Init {
            revision: desired.revision.clone(),
            objects: desired.objects.len(),
        });
        events.send(|| Event::ActionGroup {
            phase: Phase::Observe,
            progress: Progress::Started,
        });
        let mut store = match state.store.take() {
            Some(store) => store,
            None => Store::open(&self.cluster, &self.application).await?,
        };
        let targets = Targets::resolve(&self.cluster, desired, &self.apply_set).await?;
        let observed = self.observe(state, &targets, &store, options).await?;
        events.send(|| Event::ActionGroup {
            phase: Phase::Observe,
            progress: Progress::Finished,
        });
        let session = Session {
            cluster: &self.cluster,
            application: &self.application,
            apply_set: &self.apply_set,
            options,
            events,
            cancel,
            targets: &targets,
            observed: &observed,
        };
        let mut done = Vec::new();
        let change_set = session.run(desired, &mut store, &mut done).await?;
        settle(&state.cache, &targets, &observed, done);
        let inventory = store
            .stored()
            .map(|stored| stored.inventory.clone())
            .unwrap_or_default();
        // what is no longer desired can no longer drift: its deletion, now or later, is our own doing
        let desired: HashSet<KeyParts<'_>> = targets.keys().map(KeyParts::from).collect();
        let keep = |key: KeyParts<'_>| desired.contains(&key);
        state.cache.shared().objects.retain_settled(keep);
        self.watch(state, &targets, &observed, inventory.keys()).await?;
        state.store = Some(store);
        state.is_warm = true;
        Ok(change_set)
    }

    async fn observe(
        &self,
        state: &State,
        targets: &Targets,
        store: &Store,
        options: &SyncOptions,
    ) -> Result<Observed, SyncError> {
        let inventory = store
            .stored()
            .map(|stored| stored.inventory.clone())
            .unwrap_or_default();
        let manager = self.application.field_manager.as_str();
        let mut observed = if state.is_warm {
            let marks = (manager, self.apply_set.as_str());
            observe_cached(&self.cluster, &state.cache, targets, &inventory, marks).await?
        } else {
            observe(
                &self.cluster,
                targets,
                &inventory,
                (manager, &self.apply_set),
                options,
            )
            .await?
        };
        let doomed = doomed(&self.application, targets, &inventory, &observed, options, false);
        look_into(&self.cluster, &doomed, &self.apply_set, &[], &mut observed).await?;
        Ok(observed)
    }

    /// Watches every kind of which something is managed.
    async fn watch(
        &self,
        state: &mut State,
        targets: &Targets,
        observed: &Observed,
        managed: impl Iterator<Item = &ResourceKey>,
    ) -> Result<(), SyncError> {
        let mut namespaces: HashMap<_, HashSet<&str>> = HashMap::new();
        for key in managed {
            namespaces
                .entry(key.group_kind())
                .or_default()
                .insert(&key.namespace);
        }
        drop(state.cache.take_refused());
        let discovery = self.cluster.discovery().await?;
        for (kind, namespaces) in namespaces {
            let as_desired = targets
                .items
                .iter()
                .find(|target| target.key.group_kind() == kind);
            let resource = as_desired.and_then(|target| target.resource.as_ref());
            let Some(resource) = resource.or_else(|| discovery.preferred(&kind)) else {
                continue;
            };
            let listed = observed.versions.iter().find(|(listed, _)| listed == resource);
            // without a list there is nothing to go on from, and the watch begins with one
            let from = listed.map_or("", |(_, version)| version.as_str());
            state.cache.watch(resource, from, &namespaces);
        }
        Ok(())
    }
}

/// Remembers what is live, and what of it is as desired now.
fn settle(cache: &Cache, targets: &Targets, observed: &Observed, done: Vec<Done>) {
    let mut shared = cache.shared();
    for (key, live) in observed.live.iter().filter(|(_, live)| live.owner == Owner::Ours) {
        if let Some(entry) = Entry::from_live(live) {
            shared.learn(key, entry);
        }
    }
    for target in &targets.items {
        let Some(live) = observed.live.get(&target.key) else {
            continue;
        };
        if live.comparison == Comparison::Same
            && let Some(entry) = Entry::from_live(live)
        {
            shared.settle(target, &entry, live.conflicts.clone());
        }
    }
    for done in done {
        let target = &targets.items[done.index];
        shared.settle(target, &done.entry, done.conflicts);
        shared.learn(&target.key, done.entry);
    }
}
