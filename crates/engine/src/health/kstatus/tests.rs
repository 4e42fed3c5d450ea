use std::time::Duration;

use serde_json::json;

use super::*;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn an_unscheduled_pod_has_fifteen_seconds() {
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"creationTimestamp": "1970-01-01T00:01:00Z"},
        "status": {"phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}});
    let reason = |now| assess(&pod, now).conditions[0].reason.clone();
    assert_eq!(reason(at(74)), "PodNotScheduled");
    assert_eq!(reason(at(75)), "PodUnschedulable");
    assert_eq!(assess(&pod, at(75)).status, Status::Failed);
}

#[test]
fn a_running_job_is_current_to_kstatus_and_in_progress_to_flux() {
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "status": {"startTime": "2026-01-01T00:00:00Z", "active": 1}});
    assert_eq!(assess(&job, at(0)).status, Status::Current);
    assert_eq!(assess_as_flux(&job, at(0)).status, Status::InProgress);
    let suspended = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"suspend": true}});
    assert_eq!(assess_as_flux(&suspended, at(0)).status, Status::Current);
}

#[test]
fn what_comes_before_the_kind() {
    let config_map = |metadata, status| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "status": status});
    let status = |object: &Value| assess(object, at(0)).status;
    assert_eq!(
        status(&config_map(json!({"deletionTimestamp": "x"}), json!({}))),
        Status::Terminating
    );
    let behind = config_map(json!({"generation": 2}), json!({"observedGeneration": 1}));
    assert_eq!(
        assess(&behind, at(0)).message,
        "ConfigMap generation is 2, but latest observed generation is 1"
    );
    let stalled = config_map(
        json!({}),
        json!({"conditions": [{"type": "Stalled", "status": "True", "reason": "Why"}]}),
    );
    assert_eq!(assess(&stalled, at(0)).conditions[0].reason, "Why");
    assert_eq!(status(&config_map(json!({}), json!({}))), Status::Current);
}

#[test]
fn an_unknown_kind_is_judged_by_ready() {
    let custom = |conditions| json!({"apiVersion": "example.com/v1", "kind": "Widget", "status": {"conditions": conditions}});
    let status = |object: &Value| assess(object, at(0)).status;
    assert_eq!(
        status(&custom(json!([{"type": "Ready", "status": "True"}]))),
        Status::Current
    );
    assert_eq!(
        status(&custom(json!([{"type": "Ready", "status": "False"}]))),
        Status::InProgress
    );
    assert_eq!(status(&custom(json!([]))), Status::Current);
}
