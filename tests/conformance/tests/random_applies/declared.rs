//! Differences that are known, and why they are left. Each is one field of one kind with the values that make it the
//! known one: whatever else differs, differs.

use serde_json::{Value, json};
use suite_conformance::ssa::Problem;

/// A field of which something else was predicted.
struct Difference<'a> {
    path: String,
    recorded: &'a Value,
    predicted: &'a Value,
    /// What the server answered.
    result: &'a Value,
}

struct Declared {
    kind: &'static str,
    is_it: fn(&Difference<'_>) -> bool,
    reason: &'static str,
}

const DECLARED: [Declared; 2] = [
    Declared {
        kind: "Job",
        is_it: has_labels_of_its_own,
        reason: "a Job's Pods get labels that the server makes of its uid, and a Job without labels gets theirs",
    },
    Declared {
        kind: "HorizontalPodAutoscaler",
        is_it: has_metrics_in_annotations,
        reason: "autoscaling/v1 keeps the metrics that tell whether there is a default in annotations",
    },
];

/// Why the prediction of an apply may differ as it does; `None` when any part of it may not.
pub(crate) fn reason(problems: &[Problem], result: &Value) -> Option<&'static str> {
    let reasons: Option<Vec<&str>> = problems.iter().map(|problem| declared(problem, result)).collect();
    reasons?.first().copied()
}

fn declared(problem: &Problem, result: &Value) -> Option<&'static str> {
    let Problem::Field {
        path,
        recorded,
        predicted,
    } = problem
    else {
        return None;
    };
    let difference = Difference {
        path: path.to_string(),
        recorded: recorded.as_ref().unwrap_or(&Value::Null),
        predicted: predicted.as_ref().unwrap_or(&Value::Null),
        result,
    };
    let mut known = DECLARED.iter().filter(|declared| result["kind"] == declared.kind);
    known
        .find(|declared| (declared.is_it)(&difference))
        .map(|declared| declared.reason)
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || *value == json!({})
}

fn has_labels_of_its_own(found: &Difference<'_>) -> bool {
    let made = ["uid", "uid", "name", "name"].map(|field| &found.result["metadata"][field]);
    let names = [
        "batch.kubernetes.io/controller-uid",
        "controller-uid",
        "batch.kubernetes.io/job-name",
        "job-name",
    ];
    let labels: Value = names
        .into_iter()
        .zip(made)
        .map(|(name, value)| (name, value.clone()))
        .collect();
    let expected = match found.path.as_str() {
        ".spec.template.metadata" => json!({"labels": labels}),
        ".spec.template.metadata.labels" | ".metadata.labels" => labels,
        _ => return false,
    };
    *found.recorded == expected && is_nothing(found.predicted)
}

fn has_metrics_in_annotations(found: &Difference<'_>) -> bool {
    found.path == ".spec.targetCPUUtilizationPercentage"
        && found.result["apiVersion"] == "autoscaling/v1"
        && *found.recorded == json!(80)
        && found.predicted.is_null()
}
