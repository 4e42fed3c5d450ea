use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{current, failed, in_progress};
use crate::health::fields::{conditions, list, text};
use crate::health::{Status, Verdict};

/// How long the scheduler may take before a Pod counts as unschedulable.
const SCHEDULE_WINDOW: Duration = Duration::from_secs(15);

pub(super) fn pod(object: &Value, now: SystemTime) -> Verdict<Status> {
    match text(object, &["status", "phase"]) {
        "Succeeded" => current("Pod has completed successfully"),
        "Failed" => current("Pod has completed, but not successfully"),
        "Running" => running(object),
        "Pending" => pending(object, now),
        "" => in_progress("PodNotObserved", "Pod phase not available"),
        other => Verdict::new(Status::Unknown, format!("unknown phase {other}")),
    }
}

fn running(object: &Value) -> Verdict<Status> {
    if conditions(object).any(|condition| condition.is("Ready", "True")) {
        return current("Pod is Ready");
    }
    let looping: Vec<_> = list(object, &["status", "containerStatuses"])
        .iter()
        .filter(|container| text(container, &["state", "waiting", "reason"]) == "CrashLoopBackOff")
        .map(|container| text(container, &["name"]))
        .collect();
    if looping.is_empty() {
        in_progress("PodRunningNotReady", "Pod is running but is not Ready")
    } else {
        failed(
            "ContainerCrashLooping",
            format!("Containers in CrashLoop state: {}", looping.join(",")),
        )
    }
}

fn pending(object: &Value, now: SystemTime) -> Verdict<Status> {
    let unschedulable = |condition: &crate::health::fields::ConditionRef<'_>| {
        condition.is("PodScheduled", "False") && condition.reason() == "Unschedulable"
    };
    if !conditions(object).any(|condition| unschedulable(&condition)) {
        return in_progress("PodPending", "Pod is in the Pending phase");
    }
    let created = text(object, &["metadata", "creationTimestamp"]).parse::<k8s_openapi::jiff::Timestamp>();
    let deadline = created.ok().and_then(|created| {
        let since_epoch = Duration::try_from(created.as_duration()).ok()?;
        SystemTime::UNIX_EPOCH
            .checked_add(since_epoch)?
            .checked_add(SCHEDULE_WINDOW)
    });
    if deadline.is_some_and(|deadline| now < deadline) {
        in_progress("PodNotScheduled", "Pod has not been scheduled")
    } else {
        failed("PodUnschedulable", "Pod could not be scheduled")
    }
}
