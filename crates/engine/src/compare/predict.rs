use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use manifest::{GroupKind, GroupVersionKind};
use serde_json::Value;
use structured_merge::{Applied, ApplyOptions, Doubt, Outcome, Path, Predictor};

use crate::{
    Cluster, SyncOptions,
    apply::{Contested, leave_theirs, settle},
    change_set::FieldConflict,
    cluster::{Discovery, Error},
    observe::{Observed, Targets, text_at},
    plan::PlannedChange,
};

/// How often an apply is predicted with fewer fields, as it is tried again by a sync.
const ROUNDS: usize = 3;

/// What an apply would leave, found out here.
#[derive(Debug, Default)]
pub(super) struct Prediction {
    /// With its managed fields.
    pub(super) object: Value,
    pub(super) conflicts: Vec<FieldConflict>,
    /// Why nothing is known for certain; the object is then the intent laid over what is live.
    pub(super) doubt: Option<Doubt>,
    /// Fields of which something is not known.
    pub(super) unknown: Vec<(Path, Doubt)>,
}

/// Reads the schemas of the kinds that may be written, in the versions in which they are desired and owned. A document
/// that cannot be read leaves its kinds to be guessed.
pub(super) async fn predictor(
    cluster: &Cluster,
    discovery: &Discovery,
    targets: &Targets,
    planned: &[PlannedChange],
    observed: &Observed,
) -> Predictor {
    let mut wanted: BTreeMap<GroupKind, BTreeSet<String>> = BTreeMap::new();
    for ((target, object), planned) in targets.items.iter().zip(&targets.objects).zip(planned) {
        let live = observed.live.get(&target.key);
        let is_compared = planned.change.writes() || live.is_some_and(|live| !live.conflicts.is_empty());
        if target.resource.is_none() || !is_compared {
            continue;
        }
        let versions = wanted.entry(object.group_kind()).or_default();
        versions.insert(object.api_version().to_owned());
        let served = discovery.versions(&object.group_kind());
        versions.extend(
            owning_versions(live.and_then(|live| live.object.as_ref())).filter(|v| served.contains(v)),
        );
    }
    let documents: BTreeSet<&String> = wanted.values().flatten().collect();
    let documents = join_all(documents.into_iter().map(|version| cluster.open_api(version))).await;
    let mut predictor = Predictor::new();
    for document in documents.into_iter().filter_map(Result::<Value, Error>::ok) {
        let is_wanted = |kind: &GroupVersionKind| wanted.contains_key(&kind.group_kind());
        // a document that is no OpenAPI gives no schemas
        drop(predictor.add_open_api(&document, is_wanted));
    }
    for kind in wanted.keys() {
        predictor.set_served_versions(kind, discovery.versions(kind));
    }
    for object in targets
        .objects
        .iter()
        .filter(|object| object.kind() == "CustomResourceDefinition")
    {
        // a definition that is wrong is refused when it is applied
        drop(predictor.add_definition(object.value()));
    }
    predictor
}

/// The versions in which fields of an object are owned.
fn owning_versions(live: Option<&Value>) -> impl Iterator<Item = String> {
    let entries = live
        .and_then(|live| live.pointer("/metadata/managedFields"))
        .and_then(Value::as_array);
    let entries = entries.into_iter().flatten();
    entries.map(|entry| text_at(entry, &["apiVersion"]).to_owned())
}

/// Predicts what a sync would do to one object: an apply, and again without the fields that others keep, or with force
/// for those that they do not.
pub(super) fn predict(
    predictor: &Predictor,
    live: Option<&Value>,
    intent: &Value,
    manager: &str,
    options: &SyncOptions,
) -> Result<Prediction, String> {
    let mut intent = intent.clone();
    let mut conflicts = Vec::new();
    let mut force = false;
    for _ in 0..ROUNDS {
        let apply = ApplyOptions {
            manager,
            force,
            time: None,
        };
        let found = match predictor.predict(live, &intent, apply) {
            Outcome::Applied(applied) => return Ok(complete(live, *applied, conflicts)),
            Outcome::Invalid(invalid) => return Err(invalid.to_string()),
            Outcome::AskServer(doubt) => return Ok(guessed(live, &intent, conflicts, doubt)),
            Outcome::Conflicts(found) => settle(found.0.iter().map(Contested::from), options),
        };
        if !leave_theirs(&mut intent, &found) {
            break;
        }
        force = found.iter().any(|conflict| conflict.taken);
        conflicts.extend(found);
    }
    Err("other managers keep fields that cannot be left out".to_owned())
}

fn complete(live: Option<&Value>, mut applied: Applied, conflicts: Vec<FieldConflict>) -> Prediction {
    Prediction {
        conflicts,
        doubt: None,
        unknown: std::mem::take(&mut applied.doubts),
        object: applied.into_object(live),
    }
}

fn guessed(live: Option<&Value>, intent: &Value, conflicts: Vec<FieldConflict>, doubt: Doubt) -> Prediction {
    Prediction {
        object: overlay(live, intent),
        conflicts,
        doubt: Some(doubt),
        unknown: Vec::new(),
    }
}

/// The intent laid over what is live: all that can be said without a schema.
fn overlay(live: Option<&Value>, intent: &Value) -> Value {
    match (live, intent) {
        (Some(Value::Object(live)), Value::Object(intent)) => {
            let mut merged = live.clone();
            for (name, value) in intent {
                merged.insert(name.clone(), overlay(live.get(name), value));
            }
            Value::Object(merged)
        }
        (_, intent) => intent.clone(),
    }
}
