use std::time::Instant;

use manifest::ResourceKey;

use crate::{
    Application, SyncOptions,
    apply::hand_over,
    change_set::{Action, ChangeSetEntry, SkipReason},
    cluster::{Cluster, Deletion, Error, Resource},
    failure::failure,
    observe::{Live, Observed},
    wait::{Goal, Subject, departing},
};

/// Deletes single objects of one sync.
pub(crate) struct Deleter<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) application: &'a Application,
    pub(crate) options: &'a SyncOptions,
    pub(crate) observed: &'a Observed,
    pub(crate) dry_run: bool,
}

/// What deleting an object came to.
#[derive(Debug)]
pub(crate) struct Removed {
    pub(crate) entry: ChangeSetEntry,
    /// What to wait for when it is not gone yet.
    pub(crate) pending: Option<Subject>,
}

impl Deleter<'_> {
    /// Deletes an object that was looked at.
    pub(crate) async fn delete(&self, key: &ResourceKey) -> Removed {
        let started = Instant::now();
        let mut removed = match self.try_delete(key).await {
            Ok(pending) => Removed {
                entry: ChangeSetEntry::new(key.clone(), Action::Deleted),
                pending,
            },
            // another object of that name has come: it is not the one that was to go
            Err(error) if error.is_code(409) => Removed {
                entry: ChangeSetEntry::skipped(
                    key.clone(),
                    SkipReason::Guarded("it was replaced meanwhile".to_owned()),
                ),
                pending: None,
            },
            Err(error) => Removed {
                entry: ChangeSetEntry::failed(key.clone(), failure(&error, None)),
                pending: None,
            },
        };
        removed.entry.elapsed = started.elapsed();
        removed
    }

    async fn try_delete(&self, key: &ResourceKey) -> Result<Option<Subject>, Error> {
        let Some(live) = self.observed.live.get(key) else {
            return Ok(None);
        };
        let Some(resource) = self.cluster.preferred(&key.group_kind()).await? else {
            return Ok(None);
        };
        let propagation = self.options.prune.propagation.as_str();
        let deletion = self
            .cluster
            .delete(
                &resource,
                &key.namespace,
                &key.name,
                &live.uid,
                propagation,
                self.dry_run,
            )
            .await?;
        let pending = deletion == Deletion::Pending && !self.dry_run;
        Ok(pending.then(|| self.subject(resource, key, live)))
    }

    fn subject(&self, resource: Resource, key: &ResourceKey, live: &Live) -> Subject {
        Subject {
            resource,
            key: key.clone(),
            uid: live.uid.clone(),
            resource_version: live.resource_version.clone(),
            goal: Goal::Gone,
            known: live
                .object
                .as_ref()
                .and_then(departing)
                .map(|verdict| verdict.message)
                .unwrap_or_default(),
            timeout: self.options.prune.timeout,
        }
    }

    /// Gives an object to the application that wants it now.
    pub(crate) async fn hand_over(&self, key: &ResourceKey, to: &Application) -> ChangeSetEntry {
        let handed = SkipReason::HandedOver(to.inventory.to_string());
        match self.try_hand_over(key, to).await {
            Ok(()) => ChangeSetEntry::skipped(key.clone(), handed),
            Err(error) => ChangeSetEntry::failed(key.clone(), failure(&error, None)),
        }
    }

    async fn try_hand_over(&self, key: &ResourceKey, to: &Application) -> Result<(), Error> {
        let Some(object) = self.observed.live.get(key).and_then(|live| live.object.as_ref()) else {
            return Ok(());
        };
        let Some(resource) = self.cluster.preferred(&key.group_kind()).await? else {
            return Ok(());
        };
        // without readable fields the other application adopts it by its label alone
        let Ok(patch) = hand_over(object, self.application, to) else {
            return Ok(());
        };
        if self.dry_run {
            return Ok(());
        }
        let (patch, manager) = (patch.into(), to.field_manager.as_str());
        self.cluster
            .json_patch(&resource, &key.namespace, &key.name, &patch, manager)
            .await
            .map(drop)
    }
}
