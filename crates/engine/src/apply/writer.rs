use std::time::{Duration, Instant};

use manifest::ResourceKey;
use serde_json::Value;
use structured_merge::migration::migration_patch;

use super::{
    conflict::{conflicts, leave_theirs},
    hand_over::hand_over_fields,
    recreate::{Doomed, delete_and_wait},
};
use crate::{
    Application, SyncOptions,
    change_set::{Action, ChangeSetEntry, Failure, FailureKind, FieldConflict},
    cluster::{Applied, ApplyRequest, Cluster, Error, Resource},
    failure::{failure, is_immutable},
    observe::{Comparison, Live, Observed, Targets, is_client_side, owned_digest, text_at},
    options::Propagation,
    ownership::{Owner, PART_OF},
    plan::may_recreate,
    sync::{Deleted, Done},
    syncer::Entry,
};

/// How often an apply is tried again with fewer fields: others may keep taking fields meanwhile.
const ROUNDS: usize = 3;
/// How long a kind may take to be served once its definition is established.
const SERVED_WITHIN: Duration = Duration::from_secs(10);

/// Writes single objects of one sync.
pub(crate) struct Writer<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) application: &'a Application,
    pub(crate) apply_set: &'a str,
    pub(crate) options: &'a SyncOptions,
    pub(crate) targets: &'a Targets,
    pub(crate) observed: &'a Observed,
    pub(crate) dry_run: bool,
    /// Whether this very state was applied before, so that what differs now is someone else's doing.
    pub(crate) was_applied: bool,
}

/// What writing an object came to.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) entry: ChangeSetEntry,
    /// The object as it is now.
    pub(crate) object: Option<Value>,
    /// How it was reached.
    pub(crate) resource: Option<Resource>,
}

impl Writer<'_> {
    /// Applies the object with this index.
    pub(crate) async fn write(&self, index: usize) -> Written {
        let live = self.observed.live.get(&self.targets.items[index].key);
        self.write_over(index, live).await
    }

    async fn write_over(&self, index: usize, live: Option<&Live>) -> Written {
        let started = Instant::now();
        let target = &self.targets.items[index];
        let mut entry = ChangeSetEntry::new(target.key.clone(), Action::Unchanged);
        entry.origin = target.origin.clone();
        let mut resource = None;
        let object = match self.try_write(index, live, &mut entry, &mut resource).await {
            Ok(object) => Some(object),
            Err(failure) => {
                entry.action = Action::Failed;
                entry.error = Some(failure);
                None
            }
        };
        entry.elapsed = started.elapsed();
        Written {
            entry,
            object,
            resource,
        }
    }

    /// Whether someone else has changed an object that was as desired.
    pub(crate) fn is_drift(&self, live: &Live) -> bool {
        live.drifted || (self.was_applied && live.comparison == Comparison::Differs)
    }

    /// What is worth remembering of an object that was written.
    pub(crate) fn done(&self, index: usize, object: &Value, conflicts: Vec<FieldConflict>) -> Done {
        Done {
            index,
            entry: Entry::of(object, self.application.field_manager.as_str(), self.apply_set),
            conflicts,
        }
    }

    /// Runs a hook. What an earlier run has left goes first; a dry run foresees that.
    pub(crate) async fn run_anew(&self, index: usize) -> Written {
        let target = &self.targets.items[index];
        let Some(live) = self.observed.live.get(&target.key) else {
            return self.write(index).await;
        };
        if self.dry_run {
            let mut entry = ChangeSetEntry::new(target.key.clone(), Action::Created);
            entry.origin = target.origin.clone();
            entry.recreated = true;
            return Written {
                entry,
                object: Some(self.targets.intent(index)),
                resource: target.resource.clone(),
            };
        }
        if let Some(failed) = self.clear_the_way(index, live).await {
            return failed;
        }
        let mut written = self.write_over(index, None).await;
        written.entry.recreated = true;
        written
    }

    /// Deletes what an earlier run of a hook has left. `Some` when that failed.
    async fn clear_the_way(&self, index: usize, live: &Live) -> Option<Written> {
        let target = &self.targets.items[index];
        let resource = target.resource.as_ref()?;
        let doomed = Doomed {
            resource,
            key: &target.key,
            uid: &live.uid,
            resource_version: &live.resource_version,
        };
        let labels = format!("{PART_OF}={}", self.apply_set);
        let error = match delete_and_wait(self.cluster, &doomed, &labels, self.options.prune.timeout).await {
            Ok(Ok(())) => return None,
            Ok(Err(reason)) => Failure {
                message: format!(
                    "failed to run {}: its last run does not go away: {reason}",
                    target.key
                ),
                kind: FailureKind::Timeout,
            },
            Err(error) => failure(&error, Some(&self.targets.objects[index])),
        };
        let mut entry = ChangeSetEntry::failed(target.key.clone(), error);
        entry.origin = target.origin.clone();
        Some(Written {
            entry,
            object: None,
            resource: None,
        })
    }

    /// Deletes a hook's object that is done. What remains of one that cannot be deleted is cleared by its next run.
    pub(crate) async fn delete_hook(&self, index: usize) -> Option<Deleted> {
        let target = &self.targets.items[index];
        match self.try_delete_hook(target.resource.as_ref()?, &target.key).await {
            Ok(deleted) => Some(deleted),
            Err(error) => {
                tracing::warn!(key = %target.key, %error, "a finished hook was not deleted");
                None
            }
        }
    }

    async fn try_delete_hook(&self, resource: &Resource, key: &ResourceKey) -> Result<Deleted, Error> {
        let (namespace, name) = (key.namespace.as_str(), key.name.as_str());
        let mut deleted = Deleted {
            key: key.clone(),
            uid: String::new(),
            is_gone: true,
        };
        if let Some(object) = self.cluster.get_metadata(resource, namespace, name).await? {
            text_at(&object, &["metadata", "uid"]).clone_into(&mut deleted.uid);
            let propagation = Propagation::Background.as_str();
            let deletion = self
                .cluster
                .delete(resource, namespace, name, &deleted.uid, propagation, false)
                .await?;
            deleted.is_gone = deletion.is_gone();
        }
        Ok(deleted)
    }

    async fn try_write(
        &self,
        index: usize,
        live: Option<&Live>,
        entry: &mut ChangeSetEntry,
        reached: &mut Option<Resource>,
    ) -> Result<Value, Failure> {
        let fail = |error: Error| failure(&error, Some(&self.targets.objects[index]));
        let resource = self.resource(index).await.map_err(fail)?;
        *reached = Some(resource.clone());
        if let Some(live) = live.filter(|_| !self.dry_run) {
            self.prepare(&resource, &entry.key, live).await.map_err(fail)?;
        }
        let applied = match self.apply(&resource, index, entry).await {
            Err(error) if self.may_recreate(&error, index) => {
                self.recreate(&resource, index, entry, live).await?
            }
            applied => applied.map_err(fail)?,
        };
        entry.warnings.extend(applied.warnings);
        entry.action = match live {
            _ if applied.created || entry.recreated => Action::Created,
            Some(live) if self.changed_nothing(live, &applied.object) => Action::Unchanged,
            _ => Action::Configured,
        };
        Ok(applied.object)
    }

    /// Whether an apply left all as it was. A cache may have seen an older version than the one that was applied to,
    /// but then our fields are what they were.
    fn changed_nothing(&self, live: &Live, applied: &Value) -> bool {
        let manager = self.application.field_manager.as_str();
        // a dry run leaves the version in any case
        let version = text_at(applied, &["metadata", "resourceVersion"]);
        (!self.dry_run && live.resource_version == version)
            || live.owned == Some(owned_digest(applied, manager))
    }

    /// The kind may have been defined a moment ago, and what is served is told with a delay.
    async fn resource(&self, index: usize) -> Result<Resource, Error> {
        if let Some(resource) = &self.targets.items[index].resource {
            return Ok(resource.clone());
        }
        let gvk = self.targets.objects[index].gvk();
        let deadline = Instant::now() + SERVED_WITHIN;
        let is_expected = self.targets.defines(&gvk.group_kind());
        loop {
            match self.cluster.resource(&gvk).await {
                Err(Error::UnknownKind(_)) if is_expected && Instant::now() < deadline && !self.dry_run => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                resource => return resource,
            }
        }
    }

    /// What must be settled about who owns the fields before an apply makes sense.
    async fn prepare(&self, resource: &Resource, key: &ResourceKey, live: &Live) -> Result<(), Error> {
        let Some(object) = &live.object else { return Ok(()) };
        let manager = self.application.field_manager.as_str();
        let released = match &live.owner {
            Owner::ApplySet(id) => self.options.claims.released_by(key, id),
            _ => None,
        };
        let patch = match released {
            Some(from) => {
                hand_over_fields(object, &from, self.application).map(|patch| Some(Value::from(patch)))
            }
            None if live.needs_migration => {
                migration_patch(object, manager, |other| is_client_side(other, manager))
            }
            None => Ok(None),
        };
        // fields that cannot be read are left as they are: the apply works without
        if let Ok(Some(patch)) = patch {
            self.cluster
                .json_patch(resource, &key.namespace, &key.name, &patch, manager)
                .await?;
        }
        Ok(())
    }

    /// Applies, and again without the fields that others keep, or with force for those that they do not.
    async fn apply(
        &self,
        resource: &Resource,
        index: usize,
        entry: &mut ChangeSetEntry,
    ) -> Result<Applied, Error> {
        let mut intent = self.targets.intent(index);
        let mut force = false;
        for _ in 0..ROUNDS {
            let error = match self.apply_once(resource, &entry.key, &intent, force).await {
                Err(error)
                    if error
                        .refusal()
                        .is_some_and(crate::cluster::Refusal::is_field_conflict) =>
                {
                    error
                }
                result => return result,
            };
            let Some(refusal) = error.refusal() else {
                return Err(error);
            };
            let conflicts = conflicts(refusal, self.options);
            if !leave_theirs(&mut intent, &conflicts) {
                return Err(error);
            }
            force = conflicts.iter().any(|conflict| conflict.taken);
            entry.conflicts.extend(conflicts);
        }
        self.apply_once(resource, &entry.key, &intent, force).await
    }

    async fn apply_once(
        &self,
        resource: &Resource,
        key: &ResourceKey,
        intent: &Value,
        force: bool,
    ) -> Result<Applied, Error> {
        let request = ApplyRequest {
            resource,
            namespace: &key.namespace,
            name: &key.name,
            intent: intent.to_string().into(),
            manager: self.application.field_manager.as_str(),
            force,
            dry_run: self.dry_run,
        };
        self.cluster.apply(request).await
    }

    fn may_recreate(&self, error: &Error, index: usize) -> bool {
        let (object, key) = (&self.targets.objects[index], &self.targets.items[index].key);
        error.refusal().is_some_and(is_immutable) && may_recreate(object, key, self.options)
    }

    async fn recreate(
        &self,
        resource: &Resource,
        index: usize,
        entry: &mut ChangeSetEntry,
        live: Option<&Live>,
    ) -> Result<Applied, Failure> {
        let fail = |error: Error| failure(&error, Some(&self.targets.objects[index]));
        let key = entry.key.clone();
        let Some(live) = live else {
            return Err(immutable(&key, "it was created meanwhile"));
        };
        entry.recreated = true;
        if self.dry_run {
            return Ok(Applied {
                object: self.targets.intent(index),
                created: true,
                warnings: Vec::new(),
            });
        }
        let doomed = Doomed {
            resource,
            key: &key,
            uid: &live.uid,
            resource_version: &live.resource_version,
        };
        let labels = format!("{PART_OF}={}", self.apply_set);
        let timeout = self.options.prune.timeout;
        let deleted = delete_and_wait(self.cluster, &doomed, &labels, timeout)
            .await
            .map_err(fail)?;
        deleted.map_err(|reason| Failure {
            message: format!("failed to recreate {key}: it does not go away: {reason}"),
            kind: FailureKind::Timeout,
        })?;
        entry
            .warnings
            .push("deleted and created again, since a field of it cannot be changed".to_owned());
        self.apply(resource, index, entry).await.map_err(fail)
    }
}

fn immutable(key: &ResourceKey, reason: &str) -> Failure {
    Failure {
        message: format!("failed to change an immutable field of {key}: {reason}"),
        kind: FailureKind::Immutable,
    }
}
