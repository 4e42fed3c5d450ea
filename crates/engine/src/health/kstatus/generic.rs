use serde_json::Value;

use super::{current, failed, in_progress};
use crate::health::fields::{conditions, integer, text};
use crate::health::{Status, Verdict};

/// What holds for every kind and comes before its own rule.
pub(super) fn before_kind(object: &Value) -> Option<Verdict<Status>> {
    if !text(object, &["metadata", "deletionTimestamp"]).is_empty() {
        return Some(Verdict::new(
            Status::Terminating,
            "Resource scheduled for deletion",
        ));
    }
    let generation = integer(object, &["metadata", "generation"]);
    let observed = integer(object, &["status", "observedGeneration"]);
    if let (Some(generation), Some(observed)) = (generation, observed)
        && generation != observed
    {
        let kind = text(object, &["kind"]);
        let message =
            format!("{kind} generation is {generation}, but latest observed generation is {observed}");
        return Some(in_progress("LatestGenerationNotObserved", message));
    }
    conditions(object).find_map(|condition| {
        if condition.is("Reconciling", "True") {
            Some(in_progress(condition.reason(), condition.message()))
        } else if condition.is("Stalled", "True") {
            Some(failed(condition.reason(), condition.message()))
        } else {
            None
        }
    })
}

/// What is left for a kind without a rule.
pub(super) fn after_kind(object: &Value) -> Verdict<Status> {
    let ready = conditions(object).find(|condition| condition.kind() == "Ready");
    match ready {
        Some(ready) if ready.status() == "True" => current("Resource is Ready"),
        Some(ready) if matches!(ready.status(), "False" | "Unknown") => {
            in_progress(ready.reason(), ready.message())
        }
        _ => current("Resource is current"),
    }
}
