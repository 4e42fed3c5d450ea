use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt as _, stream};
use manifest::{Object, Origin, ResourceKey};
use serde_json::Value;
use structured_merge::Predictor;
use tokio_util::sync::CancellationToken;

use super::{
    hooks::{Run, Runs},
    immutable,
    predict::{Prediction, predict, predictor},
};
use crate::{
    Application, Cluster, Desired, Events, SyncError, SyncOptions,
    apply::Writer,
    change_set::{FailureKind, FieldConflict, SkipReason},
    diff::{DiffMode, LiveDiff, ObjectChange, ObjectDiff, live_fields, without_noise},
    failure::cannot_change,
    inventory::ResourceRef,
    observe::{Observed, Targets, look_into, observe},
    order::{Graph, Occasion},
    plan::{Change, PlannedChange, may_recreate},
    redact::Masker,
    store::Store,
    sync::{Session, doomed},
};

const IN_FLIGHT: usize = 16;

/// What a sync of this state would do, object by object, sorted by key. Nothing is stored and nothing changed.
/// Objects that are as desired are in the result with [`ObjectChange::None`].
pub async fn diff(
    cluster: &Cluster,
    application: &Application,
    desired: &Desired,
    options: &SyncOptions,
    mode: DiffMode,
) -> Result<Vec<ObjectDiff>, SyncError> {
    diff_with(
        cluster,
        application,
        desired,
        options,
        mode,
        None,
        &mut Masker::default(),
    )
    .await
}

/// The same with a masker that knows secrets already; it learns those that are found here. Of the inventory, only what
/// is `within` these keys counts.
pub(super) async fn diff_with(
    cluster: &Cluster,
    application: &Application,
    desired: &Desired,
    options: &SyncOptions,
    mode: DiffMode,
    within: Option<&HashSet<ResourceKey>>,
    masker: &mut Masker,
) -> Result<Vec<ObjectDiff>, SyncError> {
    let apply_set = application.inventory.apply_set();
    let manager = application.field_manager.as_str();
    let store = Store::open(cluster, application).await?;
    let mut stored = store.stored().cloned().unwrap_or_default();
    if let Some(within) = within {
        let known = stored.inventory.iter().filter(|(key, _)| within.contains(key));
        stored.inventory = known
            .map(|(key, version)| ResourceRef::new(key.clone(), version))
            .collect();
    }
    let targets = Targets::resolve(cluster, desired, &apply_set).await?;
    let mut observed = observe(cluster, &targets, &stored.inventory, manager, &apply_set).await?;
    let options = options.dry();
    let doomed = doomed(
        application,
        &targets,
        &stored.inventory,
        &observed,
        &options,
        true,
    );
    look_into(cluster, &doomed, &apply_set, &[], &mut observed).await?;
    let occasion = Occasion::after(stored.installed);
    let graph = Graph::apply(&targets.objects, occasion);
    let (plan, was_applied) = {
        let session = Session {
            cluster,
            application,
            apply_set: &apply_set,
            options: &options,
            events: &Events::none(),
            cancel: &CancellationToken::new(),
            targets: &targets,
            observed: &observed,
        };
        (
            session.plan(desired, &stored, &graph),
            session.was_applied(&stored),
        )
    };
    let runs = Runs::of(&graph, &plan.applies, &targets, &stored);
    read_whole(cluster, &targets, &plan.applies, mode, &mut observed).await?;
    let predictor = if mode == DiffMode::ReadOnly {
        predictor(cluster, &targets).await
    } else {
        Predictor::new()
    };
    let writer = Writer {
        cluster,
        application,
        apply_set: &apply_set,
        options: &options,
        targets: &targets,
        observed: &observed,
        dry_run: true,
        was_applied,
    };
    let asker = Asker {
        writer: &writer,
        predictor: &predictor,
        runs: &runs,
        mode,
        was_applied,
    };
    let outcomes = stream::iter(plan.applies.iter().enumerate())
        .map(|(index, planned)| asker.ask(index, planned))
        .buffered(IN_FLIGHT)
        .collect::<Vec<_>>()
        .await;
    // all secrets are known before the first object is masked
    for object in observed.live.values().filter_map(|live| live.object.as_ref()) {
        masker.learn(object);
    }
    for object in targets
        .objects
        .iter()
        .map(Object::value)
        .chain(outcomes.iter().filter_map(|outcome| outcome.after.as_ref()))
    {
        masker.learn(object);
    }
    let mut diffs: Vec<ObjectDiff> = plan
        .applies
        .iter()
        .zip(outcomes)
        .enumerate()
        .map(|(index, (planned, outcome))| asker.report(index, planned, outcome, masker))
        .collect();
    diffs.extend(
        plan.deletions
            .iter()
            .filter_map(|planned| deletion(planned, &observed, masker)),
    );
    diffs.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(diffs)
}

/// Objects that will be shown must be read as a whole.
async fn read_whole(
    cluster: &Cluster,
    targets: &Targets,
    planned: &[PlannedChange],
    mode: DiffMode,
    observed: &mut Observed,
) -> Result<(), SyncError> {
    for (planned, target) in planned.iter().zip(&targets.items) {
        let (Some(live), Some(resource)) = (observed.live.get_mut(&planned.key), &target.resource) else {
            continue;
        };
        let is_shown = planned.change.writes() || mode == DiffMode::Exact;
        let is_partial = live.verdict.is_none() || live.object.is_none();
        if is_shown && is_partial {
            live.object = cluster
                .get(resource, &planned.key.namespace, &planned.key.name)
                .await?;
        }
    }
    Ok(())
}

/// What was found out about one object.
struct Outcome {
    after: Option<Value>,
    conflicts: Vec<FieldConflict>,
    mode: DiffMode,
    note: Option<String>,
    is_refused: bool,
    is_recreated: bool,
}

struct Asker<'a> {
    writer: &'a Writer<'a>,
    predictor: &'a Predictor,
    runs: &'a Runs,
    mode: DiffMode,
    was_applied: bool,
}

impl Asker<'_> {
    async fn ask(&self, index: usize, planned: &PlannedChange) -> Outcome {
        let untouched = || Outcome {
            after: None,
            conflicts: Vec::new(),
            mode: self.mode,
            note: None,
            is_refused: false,
            is_recreated: false,
        };
        match &planned.change {
            Change::Skip(SkipReason::HookDone | SkipReason::OtherOccasion) => untouched(),
            Change::Skip(reason) => Outcome {
                note: Some(reason.to_string()),
                ..untouched()
            },
            Change::Refuse(failure) => Outcome {
                note: Some(failure.message.clone()),
                is_refused: true,
                ..untouched()
            },
            _ if self.runs.of_object(index) == Run::NotDue => untouched(),
            _ if self.runs.of_object(index) == Run::Anew && self.is_live(planned) => {
                self.recreation(index, Vec::new(), self.mode, self.runs.note(index))
            }
            Change::Keep if self.mode != DiffMode::Exact => untouched(),
            _ if self.mode == DiffMode::ReadOnly => self.predict(index, None),
            _ => self.dry_run(index).await,
        }
    }

    async fn dry_run(&self, index: usize) -> Outcome {
        let written = self.writer.write(index).await;
        if written.entry.recreated {
            let note = "deleted and created again, since a field of it cannot be changed".to_owned();
            return self.recreation(index, written.entry.conflicts, self.mode, note);
        }
        let Some(error) = written.entry.error else {
            return Outcome {
                after: written.object,
                conflicts: written.entry.conflicts,
                mode: self.mode,
                note: written.entry.warnings.first().cloned(),
                is_refused: false,
                is_recreated: false,
            };
        };
        match error.kind {
            // what does not exist yet, or what we may not ask, is predicted here
            FailureKind::NamespaceNotFound | FailureKind::UnknownKind | FailureKind::Forbidden => {
                self.predict(index, Some(error.message))
            }
            _ => Outcome {
                after: None,
                conflicts: written.entry.conflicts,
                mode: self.mode,
                note: Some(error.message),
                is_refused: true,
                is_recreated: false,
            },
        }
    }

    fn is_live(&self, planned: &PlannedChange) -> bool {
        self.writer.observed.live.contains_key(&planned.key)
    }

    /// An object that is deleted and created again: what its manifest says, laid over what it is now.
    fn recreation(
        &self,
        index: usize,
        conflicts: Vec<FieldConflict>,
        mode: DiffMode,
        note: String,
    ) -> Outcome {
        Outcome {
            is_refused: false,
            is_recreated: true,
            conflicts,
            mode,
            note: Some(note),
            ..self.predict_unchecked(index, None)
        }
    }

    /// What an apply would leave, unless it changes what the server lets nobody change.
    fn predict(&self, index: usize, instead_of: Option<String>) -> Outcome {
        let outcome = self.predict_unchecked(index, instead_of);
        let key = &self.writer.targets.items[index].key;
        let live = self
            .writer
            .observed
            .live
            .get(key)
            .and_then(|live| live.object.as_ref());
        let (Some(live), Some(after)) = (live, &outcome.after) else {
            return outcome;
        };
        let fixed = immutable::changed(key, live, after);
        if fixed.is_empty() {
            return outcome;
        }
        let note = cannot_change(&fixed.join(", "));
        if may_recreate(&self.writer.targets.objects[index], key, self.writer.options) {
            return self.recreation(index, outcome.conflicts, outcome.mode, note);
        }
        Outcome {
            after: None,
            note: Some(note),
            is_refused: true,
            ..outcome
        }
    }

    fn predict_unchecked(&self, index: usize, instead_of: Option<String>) -> Outcome {
        let target = &self.writer.targets.items[index];
        let live = self
            .writer
            .observed
            .live
            .get(&target.key)
            .and_then(|live| live.object.as_ref());
        let intent = self.writer.targets.intent(index);
        let manager = self.writer.application.field_manager.as_str();
        match predict(self.predictor, live, &intent, manager, self.writer.options) {
            Ok(Prediction {
                object,
                conflicts,
                doubt,
            }) => Outcome {
                after: Some(object),
                conflicts,
                mode: DiffMode::ReadOnly,
                note: instead_of
                    .map(|why| format!("predicted without the server ({why})"))
                    .or(doubt),
                is_refused: false,
                is_recreated: false,
            },
            Err(problem) => Outcome {
                after: None,
                conflicts: Vec::new(),
                mode: DiffMode::ReadOnly,
                note: Some(problem),
                is_refused: true,
                is_recreated: false,
            },
        }
    }

    fn report(
        &self,
        index: usize,
        planned: &PlannedChange,
        outcome: Outcome,
        masker: &mut Masker,
    ) -> ObjectDiff {
        let live = self
            .writer
            .observed
            .live
            .get(&planned.key)
            .and_then(|live| live.object.as_ref());
        let after = outcome.after.as_ref().map(|after| clean(after, masker));
        let before = live
            .filter(|_| after.is_some())
            .map(|live| clean(live, masker))
            .unwrap_or_default();
        let intent = clean(&self.writer.targets.intent(index), masker);
        let foreign = outcome.conflicts.iter().filter(|conflict| !conflict.taken);
        let foreign: BTreeMap<String, String> = foreign
            .map(|conflict| {
                (
                    conflict.field.trim_start_matches('.').to_owned(),
                    conflict.manager.clone(),
                )
            })
            .collect();
        let (fields, _) = after.as_ref().map_or_else(Default::default, |after| {
            live_fields(&LiveDiff {
                live: &before,
                predicted: after,
                intent: &intent,
                was_applied: self.was_applied,
                foreign: &foreign,
            })
        });
        let exists = self.writer.observed.live.contains_key(&planned.key);
        let change = match &planned.change {
            _ if outcome.is_refused => ObjectChange::Refused,
            _ if outcome.is_recreated => ObjectChange::Recreate,
            Change::Skip(SkipReason::HookDone | SkipReason::OtherOccasion) => ObjectChange::None,
            Change::Skip(_) => ObjectChange::Keep,
            _ if after.is_some() && !exists => ObjectChange::Create,
            _ if fields.is_empty() => ObjectChange::None,
            _ => ObjectChange::Update,
        };
        ObjectDiff {
            key: planned.key.clone(),
            origin: planned.origin.clone(),
            change,
            mode: outcome.mode,
            fields,
            before,
            after: after.unwrap_or_default(),
            note: outcome.note.map(|note| masker.mask_text(&note)),
        }
    }
}

fn deletion(planned: &PlannedChange, observed: &Observed, masker: &mut Masker) -> Option<ObjectDiff> {
    let (change, note) = match &planned.change {
        Change::Delete => (ObjectChange::Delete, None),
        Change::HandOver(to) => (
            ObjectChange::Keep,
            Some(SkipReason::HandedOver(to.inventory.to_string()).to_string()),
        ),
        Change::Skip(reason) => (ObjectChange::Keep, Some(reason.to_string())),
        _ => return None,
    };
    let live = observed
        .live
        .get(&planned.key)
        .and_then(|live| live.object.as_ref());
    Some(ObjectDiff {
        key: planned.key.clone(),
        origin: Origin::default(),
        change,
        mode: DiffMode::default(),
        fields: Vec::new(),
        before: live.map(|live| clean(live, masker)).unwrap_or_default(),
        after: Value::Null,
        note,
    })
}

fn clean(object: &Value, masker: &mut Masker) -> Value {
    let mut object = without_noise(object);
    masker.mask(&mut object);
    object
}
