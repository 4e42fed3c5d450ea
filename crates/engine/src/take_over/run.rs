use futures::{StreamExt as _, stream};
use manifest::ResourceKey;
use serde_json::Value;

use super::{
    Error, ForeignInventory,
    decide::{Decision, decide},
    patch::take_over_patch,
};
use crate::{
    Application,
    change_set::Failure,
    cluster::{self, Cluster, Resource},
    failure::failure,
    inventory::{Inventory, ResourceRef, import::still_active},
    store::Store,
};

const IN_FLIGHT: usize = 16;
/// How often an object is read again that somebody changes at the same time.
const ROUNDS: usize = 5;

/// What became of one object that another tool recorded, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is ours now.
    TakenOver,
    /// It was ours before.
    AlreadyOurs,
    /// It does not exist any more, and does not enter the inventory.
    Gone,
    /// Its mark names a third party, with which it stays.
    Foreign(String),
    /// It could not be read or changed.
    Failed(Failure),
}

/// What a take-over did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakeOver {
    /// What became of each object, sorted by key.
    pub objects: Vec<(ResourceKey, Outcome)>,
    /// What the user should know before the other tool is switched off.
    pub warnings: Vec<String>,
}

impl TakeOver {
    /// How many objects had this outcome.
    pub fn count(&self, wanted: impl Fn(&Outcome) -> bool) -> usize {
        self.objects.iter().filter(|(_, outcome)| wanted(outcome)).count()
    }
}

/// Makes what another tool has applied ours. Running it again goes on where it stopped.
pub async fn take_over(
    cluster: &Cluster,
    application: &Application,
    foreign: &ForeignInventory,
    dry_run: bool,
) -> Result<TakeOver, Error> {
    let mut store = Store::open(cluster, application).await?;
    let discovery = cluster.discovery().await?;
    let mover = Mover {
        cluster,
        application,
        foreign,
        apply_set: application.inventory.apply_set(),
    };
    let recorded = foreign.objects.keys().map(|key| {
        let resource = discovery.preferred(&key.group_kind()).cloned();
        mover.look(key, resource)
    });
    let looked: Vec<Looked<'_>> = stream::iter(recorded).buffered(IN_FLIGHT).collect().await;
    if !dry_run {
        let mut stored = store.stored().cloned().unwrap_or_default();
        let ours: Inventory = looked.iter().filter_map(Looked::reference).collect();
        stored.inventory = stored.inventory.union(&ours);
        // the other tool has installed it: what comes now is an upgrade
        stored.installed = true;
        store.save(stored).await?;
    }
    let outcomes = looked.iter().map(|looked| mover.settle(looked, dry_run));
    let objects = stream::iter(outcomes).buffered(IN_FLIGHT).collect().await;
    Ok(TakeOver {
        objects,
        warnings: still_active(&foreign.parent).into_iter().collect(),
    })
}

/// An object as it was found, with what was decided about it.
struct Looked<'a> {
    key: &'a ResourceKey,
    found: Result<Option<(Resource, Value, Decision)>, cluster::Error>,
}

impl Looked<'_> {
    /// What enters our inventory.
    fn reference(&self) -> Option<ResourceRef> {
        match &self.found {
            Ok(Some((resource, _, Decision::Take | Decision::Ours))) => {
                Some(ResourceRef::new(self.key.clone(), &*resource.gvk.version))
            }
            _ => None,
        }
    }
}

struct Mover<'a> {
    cluster: &'a Cluster,
    application: &'a Application,
    foreign: &'a ForeignInventory,
    apply_set: String,
}

impl Mover<'_> {
    /// A kind that is not served has no objects; metadata is all that is needed of the others.
    async fn look<'k>(&self, key: &'k ResourceKey, resource: Option<Resource>) -> Looked<'k> {
        let found = match resource {
            None => Ok(None),
            Some(resource) => self.read(key, resource).await,
        };
        Looked { key, found }
    }

    async fn read(
        &self,
        key: &ResourceKey,
        resource: Resource,
    ) -> Result<Option<(Resource, Value, Decision)>, cluster::Error> {
        let live = self
            .cluster
            .get_metadata(&resource, &key.namespace, &key.name)
            .await?;
        Ok(live.map(|live| {
            let decision = decide(self.foreign, &live, &self.apply_set);
            (resource, live, decision)
        }))
    }

    async fn settle(&self, looked: &Looked<'_>, dry_run: bool) -> (ResourceKey, Outcome) {
        let outcome = match &looked.found {
            Err(error) => Outcome::Failed(failure(error, None)),
            Ok(None) => Outcome::Gone,
            Ok(Some((_, _, Decision::Ours))) => Outcome::AlreadyOurs,
            Ok(Some((_, _, Decision::Leave(owner)))) => Outcome::Foreign(owner.clone()),
            Ok(Some((_, _, Decision::Take))) if dry_run => Outcome::TakenOver,
            Ok(Some((resource, live, Decision::Take))) => self.mark(looked.key, resource, live).await,
        };
        (looked.key.clone(), outcome)
    }

    async fn mark(&self, key: &ResourceKey, resource: &Resource, live: &Value) -> Outcome {
        let mut live = live.clone();
        for round in 1.. {
            match self.patch(key, resource, &live).await {
                Ok(()) => break,
                Err(error) if error.is_code(404) => return Outcome::Gone,
                Err(error) if error.is_code(409) && round < ROUNDS => {}
                Err(error) => return Outcome::Failed(failure(&error, None)),
            }
            match self.read(key, resource.clone()).await {
                Ok(Some((_, newer, Decision::Take))) => live = newer,
                Ok(Some((_, _, Decision::Ours))) => break,
                Ok(Some((_, _, Decision::Leave(owner)))) => return Outcome::Foreign(owner),
                Ok(None) => return Outcome::Gone,
                Err(error) => return Outcome::Failed(failure(&error, None)),
            }
        }
        Outcome::TakenOver
    }

    async fn patch(
        &self,
        key: &ResourceKey,
        resource: &Resource,
        live: &Value,
    ) -> Result<(), cluster::Error> {
        let managers = self.foreign.tool.field_managers();
        let patch = take_over_patch(live, managers, self.application);
        let manager = self.application.field_manager.as_str();
        let patched = self
            .cluster
            .json_patch(resource, &key.namespace, &key.name, &patch, manager);
        patched.await.map(drop)
    }
}
