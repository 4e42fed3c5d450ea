use serde_json::Value;

use crate::health::fields::{list, text};
use crate::health::{Health, Verdict};

/// Where autoscaling/v1 keeps its conditions, as JSON.
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";

const FAILURES: &[(&str, &str)] = &[
    ("AbleToScale", "FailedGetScale"),
    ("AbleToScale", "FailedUpdateScale"),
    ("ScalingActive", "FailedGetResourceMetric"),
    ("ScalingActive", "FailedGetObjectMetric"),
    ("ScalingActive", "FailedGetPodsMetric"),
    ("ScalingActive", "FailedGetExternalMetric"),
    ("ScalingActive", "FailedComputeMetricsReplicas"),
    ("ScalingActive", "InvalidSelector"),
];

pub(super) fn autoscaler(object: &Value) -> Verdict<Health> {
    if text(object, &["apiVersion"]) == "autoscaling/v2" {
        return judge(list(object, &["status", "conditions"]));
    }
    let annotation = text(object, &["metadata", "annotations", CONDITIONS]);
    if annotation.is_empty() {
        return judge(&[]);
    }
    match serde_json::from_str::<Vec<Value>>(annotation) {
        Ok(conditions) => judge(&conditions),
        Err(error) => Verdict::new(
            Health::Unknown,
            format!("failed to convert conditions annotation to typed: {error}"),
        ),
    }
}

fn judge(conditions: &[Value]) -> Verdict<Health> {
    let field = |condition: &Value, name: &str| text(condition, &[name]).to_owned();
    let failing = conditions.iter().find(|condition| {
        FAILURES
            .iter()
            .any(|(kind, reason)| field(condition, "type") == *kind && field(condition, "reason") == *reason)
    });
    let scaling = || {
        conditions.iter().find(|condition| {
            matches!(text(condition, &["type"]), "AbleToScale" | "ScalingLimited")
                && text(condition, &["status"]) == "True"
        })
    };
    match failing {
        Some(condition) => Verdict::new(Health::Degraded, field(condition, "message")),
        None => match scaling() {
            Some(condition) => Verdict::new(Health::Healthy, field(condition, "message")),
            None => Verdict::new(Health::Progressing, "Waiting to Autoscale"),
        },
    }
}
