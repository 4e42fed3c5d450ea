use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use manifest::ResourceKey;
use tokio::{
    sync::{Mutex, Notify, mpsc::UnboundedReceiver},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    cache::{Cache, Told},
    observe::observe_cached,
    settle::settle,
    shared::Handle,
    uid::Uid,
};
use crate::{
    Application, ChangeSet, Cluster, Desired, Event, Events, SyncError, SyncOptions,
    drift::Drift,
    event::{Phase, Progress},
    observe::{Observed, Targets, look_into, observe},
    store::{Store, Stored},
    sync::{Deleted, Session, doomed},
    wait::Verdict,
};

/// Syncs one application again and again. See the [module](self).
pub struct Syncer {
    cluster: Cluster,
    application: Application,
    apply_set: String,
    state: Mutex<State>,
    drifts: Mutex<UnboundedReceiver<Drift>>,
    departures: Arc<Notify>,
    known: Handle,
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
        let (cache, told) = Cache::new(cluster, application.field_manager.as_str(), &apply_set);
        let Told {
            drifts: mut from_watches,
            departures,
        } = told;
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
            departures,
            known: cache.handle(),
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
        state.cache.shared().begin_sync();
        let before = self.cluster.requests().total();
        let result = self
            .sync_locked(&mut state, desired, options, events, cancel)
            .await;
        if result.is_err() {
            // what is stored, or what is live, is not what we thought
            state.store = None;
            state.is_warm = false;
        }
        let suspects = state.cache.shared().end_sync();
        for drift in suspects {
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
            if self.known.is_drifted(&drift.key) {
                return drift;
            }
        }
        std::future::pending().await
    }

    /// Waits until objects are gone that a sync has deleted and the server kept for a while: all of them, or those that
    /// went a moment ago while others stay. [`Syncer::forget_departed`] is to follow.
    pub async fn next_departure(&self) {
        loop {
            match self.known.departures_due() {
                Some(due) if due <= Instant::now() => return,
                Some(due) => tokio::select! {
                    () = sleep_until(due) => {}
                    () = self.departures.notified() => {}
                },
                None => self.departures.notified().await,
            }
        }
    }

    /// Takes deleted objects that are gone by now out of the inventory. It costs one write when there are any, and
    /// nothing otherwise.
    pub async fn forget_departed(&self) -> Result<(), SyncError> {
        let mut state = self.state.lock().await;
        let gone = state.cache.shared().take_departed();
        // without a store, the last sync has failed, and the next one finds out by itself
        let Some(mut store) = state.store.take() else {
            return Ok(());
        };
        let is_recorded = |stored: &&Stored| gone.iter().any(|key| stored.inventory.contains(key));
        if let Some(mut wanted) = store.stored().filter(is_recorded).cloned() {
            for key in &gone {
                wanted.inventory.remove(key);
            }
            store.save(wanted).await?;
        }
        state.store = Some(store);
        Ok(())
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
        let finished = session.run(desired, &mut store).await?;
        let (written, hooks) = (finished.written, &finished.hooks);
        settle(&mut state.cache.shared(), &targets, &observed, written, hooks);
        let inventory = store
            .stored()
            .map(|stored| stored.inventory.clone())
            .unwrap_or_default();
        self.watch(state, &targets, &observed, inventory.keys()).await?;
        self.expect_gone(&state.cache, finished.deleted);
        state.store = Some(store);
        state.is_warm = true;
        Ok(finished.change_set)
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

    /// Remembers what a sync has deleted, where a watch will tell of it.
    fn expect_gone(&self, cache: &Cache, deleted: Vec<Deleted>) {
        let mut shared = cache.shared();
        for Deleted { key, uid, is_gone } in deleted {
            if is_gone {
                shared.objects.lose(&key);
            }
            if !uid.is_empty() && cache.watches_kind(&key.group_kind()) {
                shared.expect_gone(&key, &Uid::from(&*uid));
            }
        }
        if shared.departures.due().is_some() {
            self.departures.notify_one();
        }
    }
}
