//! Differences that are known, and why they are left. Each is one field of one kind with the values that make it the
//! known one: whatever else differs, differs.

use serde_json::{Value, json};
use suite_conformance::ssa::Problem;

/// A field of which something else was predicted.
struct Difference<'a> {
    path: String,
    recorded: &'a Value,
    predicted: &'a Value,
    case: &'a Value,
}

struct Declared {
    kind: &'static str,
    is_it: fn(&Difference<'_>) -> bool,
    reason: &'static str,
}

const DECLARED: [Declared; 3] = [
    Declared {
        kind: "Job",
        is_it: are_labels_of_new_pods,
        reason: "the Pods of a new Job get labels that the server makes of its uid",
    },
    Declared {
        kind: "Job",
        is_it: are_labels_of_its_pods,
        reason: "a Job without labels gets those of its Pods",
    },
    Declared {
        kind: "HorizontalPodAutoscaler",
        is_it: has_metrics_in_annotations,
        reason: "autoscaling/v1 keeps the metrics that tell whether there is a default in annotations",
    },
];

/// Why the prediction of an apply may differ as it does; `None` when any part of it may not.
pub(crate) fn reason(problems: &[Problem], case: &Value) -> Option<&'static str> {
    let reasons: Option<Vec<&str>> = problems.iter().map(|problem| declared(problem, case)).collect();
    reasons?.first().copied()
}

fn declared(problem: &Problem, case: &Value) -> Option<&'static str> {
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
        case,
    };
    let mut known = DECLARED.iter().filter(|declared| case["kind"] == declared.kind);
    known
        .find(|declared| (declared.is_it)(&difference))
        .map(|declared| declared.reason)
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || *value == json!({})
}

fn are_labels_of_new_pods(found: &Difference<'_>) -> bool {
    let metadata = &found.case["result"]["metadata"];
    let labels = json!({
        "batch.kubernetes.io/controller-uid": metadata["uid"],
        "batch.kubernetes.io/job-name": metadata["name"],
        "controller-uid": metadata["uid"],
        "job-name": metadata["name"],
    });
    let expected = match found.path.as_str() {
        ".spec.template.metadata" => json!({"labels": labels}),
        ".spec.template.metadata.labels" => labels,
        _ => return false,
    };
    found.case["class"] == "created" && *found.recorded == expected && is_nothing(found.predicted)
}

fn are_labels_of_its_pods(found: &Difference<'_>) -> bool {
    let of_pods = &found.case["result"]["spec"]["template"]["metadata"]["labels"];
    found.path == ".metadata.labels" && found.recorded == of_pods && is_nothing(found.predicted)
}

fn has_metrics_in_annotations(found: &Difference<'_>) -> bool {
    found.path == ".spec.targetCPUUtilizationPercentage"
        && found.case["result"]["apiVersion"] == "autoscaling/v1"
        && *found.recorded == json!(80)
        && found.predicted.is_null()
}
