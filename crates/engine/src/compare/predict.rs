use std::collections::BTreeSet;

use futures::future::join_all;
use manifest::GroupVersionKind;
use serde_json::Value;
use structured_merge::{ApplyOptions, Outcome, Predictor};

use crate::{Cluster, SyncOptions, change_set::FieldConflict, cluster::Error, observe::Targets};

/// What an apply would leave, found out here.
#[derive(Debug)]
pub(super) struct Prediction {
    pub(super) object: Value,
    pub(super) conflicts: Vec<FieldConflict>,
    /// What could not be known; the prediction is then the intent laid over what is live.
    pub(super) doubt: Option<String>,
}

/// Reads the schemas of all desired kinds. A document that cannot be read leaves its kinds to be guessed.
pub(super) async fn predictor(cluster: &Cluster, targets: &Targets) -> Predictor {
    let served = targets
        .items
        .iter()
        .zip(&targets.objects)
        .filter(|(target, _)| target.resource.is_some());
    let kinds: BTreeSet<GroupVersionKind> = served.map(|(_, object)| object.gvk()).collect();
    let versions: BTreeSet<String> = kinds.iter().map(GroupVersionKind::api_version).collect();
    let documents = join_all(versions.iter().map(|version| cluster.open_api(version))).await;
    let mut predictor = Predictor::new();
    for document in documents.into_iter().filter_map(Result::<Value, Error>::ok) {
        // a document that is no OpenAPI gives no schemas
        drop(predictor.add_open_api(&document, |kind| kinds.contains(kind)));
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

/// Predicts one apply by the rules of the server.
pub(super) fn predict(
    predictor: &Predictor,
    live: Option<&Value>,
    intent: &Value,
    manager: &str,
    options: &SyncOptions,
) -> Result<Prediction, String> {
    let apply = |force| ApplyOptions {
        manager,
        force,
        time: None,
    };
    let (outcome, conflicts) = match predictor.predict(live, intent, apply(false)) {
        Outcome::Conflicts(found) => {
            let conflicts = found.0.iter().map(|conflict| FieldConflict {
                field: conflict.field.to_string(),
                manager: conflict.manager.clone(),
                taken: options.takes_fields_of(&conflict.manager),
            });
            (
                predictor.predict(live, intent, apply(true)),
                conflicts.collect::<Vec<_>>(),
            )
        }
        outcome => (outcome, Vec::new()),
    };
    match outcome {
        Outcome::Applied(applied) => Ok(Prediction {
            object: keep_theirs(applied.object, live, &conflicts),
            conflicts,
            doubt: None,
        }),
        Outcome::Invalid(invalid) => Err(invalid.to_string()),
        Outcome::AskServer(doubt) => Ok(Prediction {
            object: overlay(live, intent),
            conflicts,
            doubt: Some(doubt.to_string()),
        }),
        Outcome::Conflicts(_) => Ok(Prediction {
            object: overlay(live, intent),
            conflicts,
            doubt: Some("conflicts remain".to_owned()),
        }),
    }
}

/// What others keep stays as it is live.
fn keep_theirs(mut predicted: Value, live: Option<&Value>, conflicts: &[FieldConflict]) -> Value {
    let kept: BTreeSet<&str> = conflicts
        .iter()
        .filter(|conflict| !conflict.taken)
        .map(|conflict| conflict.field.as_str())
        .collect();
    for field in kept {
        let pointer = field.replace('~', "~0").replace('/', "~1").replace('.', "/");
        if let (Some(theirs), Some(place)) = (
            live.and_then(|live| live.pointer(&pointer)),
            predicted.pointer_mut(&pointer),
        ) {
            *place = theirs.clone();
        }
    }
    predicted
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
