use serde_json::Value;

use crate::health::fields::{conditions, count, flag, integer, list, text};
use crate::health::{Health, Verdict};

fn progressing(message: impl Into<String>) -> Verdict<Health> {
    Verdict::new(Health::Progressing, message)
}

fn healthy(message: impl Into<String>) -> Verdict<Health> {
    Verdict::new(Health::Healthy, message)
}

/// Whether the controller has not seen the newest generation.
fn is_behind(object: &Value) -> bool {
    count(object, &["metadata", "generation"]) > count(object, &["status", "observedGeneration"])
}

pub(super) fn deployment(object: &Value) -> Verdict<Health> {
    if flag(object, &["spec", "paused"]) {
        return Verdict::new(Health::Suspended, "Deployment is paused");
    }
    if is_behind(object) {
        return progressing(
            "Waiting for rollout to finish: observed deployment generation less than desired generation",
        );
    }
    let progress = conditions(object).find(|condition| condition.kind() == "Progressing");
    if progress.is_some_and(|condition| condition.reason() == "ProgressDeadlineExceeded") {
        let name = text(object, &["metadata", "name"]);
        return Verdict::new(
            Health::Degraded,
            format!("Deployment {name:?} exceeded its progress deadline"),
        );
    }
    let status = |field| count(object, &["status", field]);
    let (replicas, updated) = (status("replicas"), status("updatedReplicas"));
    let available = status("availableReplicas");
    if let Some(wanted) = integer(object, &["spec", "replicas"]).filter(|wanted| updated < *wanted) {
        return progressing(format!(
            "Waiting for rollout to finish: {updated} out of {wanted} new replicas have been updated..."
        ));
    }
    if replicas > updated {
        let old = replicas - updated;
        return progressing(format!(
            "Waiting for rollout to finish: {old} old replicas are pending termination..."
        ));
    }
    if available < updated {
        return progressing(format!(
            "Waiting for rollout to finish: {available} of {updated} updated replicas are available..."
        ));
    }
    healthy("")
}

pub(super) fn stateful_set(object: &Value) -> Verdict<Health> {
    if count(object, &["status", "observedGeneration"]) == 0 || is_behind(object) {
        return progressing("Waiting for statefulset spec update to be observed...");
    }
    let status = |field| count(object, &["status", field]);
    let (ready, updated) = (status("readyReplicas"), status("updatedReplicas"));
    let wanted = integer(object, &["spec", "replicas"]);
    if let Some(wanted) = wanted.filter(|wanted| ready < *wanted) {
        return progressing(format!("Waiting for {} pods to be ready...", wanted - ready));
    }
    let strategy = text(object, &["spec", "updateStrategy", "type"]);
    let rolling = object
        .get("spec")
        .and_then(|spec| spec.get("updateStrategy")?.get("rollingUpdate"));
    if let Some(rolling) = rolling.filter(|rolling| strategy == "RollingUpdate" && rolling.is_object()) {
        if let (Some(wanted), Some(partition)) = (wanted, integer(rolling, &["partition"]))
            && updated < wanted - partition
        {
            let share = wanted - partition;
            return progressing(format!(
                "Waiting for partitioned roll out to finish: {updated} out of {share} new pods have been updated..."
            ));
        }
        return healthy(format!(
            "partitioned roll out complete: {updated} new pods have been updated..."
        ));
    }
    if strategy == "OnDelete" {
        return healthy(format!("statefulset has {ready} ready pods"));
    }
    let revision = |field| text(object, &["status", field]);
    let (current, update) = (revision("currentRevision"), revision("updateRevision"));
    if update != current {
        return progressing(format!(
            "waiting for statefulset rolling update to complete {updated} pods at revision {update}..."
        ));
    }
    let pods = status("currentReplicas");
    healthy(format!(
        "statefulset rolling update complete {pods} pods at revision {current}..."
    ))
}

pub(super) fn daemon_set(object: &Value) -> Verdict<Health> {
    if is_behind(object) {
        return progressing(
            "Waiting for rollout to finish: observed daemon set generation less than desired generation",
        );
    }
    let status = |field| count(object, &["status", field]);
    let (wanted, updated) = (status("desiredNumberScheduled"), status("updatedNumberScheduled"));
    let available = status("numberAvailable");
    let name = text(object, &["metadata", "name"]);
    if text(object, &["spec", "updateStrategy", "type"]) == "OnDelete" {
        return healthy(format!(
            "daemon set {updated} out of {wanted} new pods have been updated"
        ));
    }
    if updated < wanted {
        return progressing(format!(
            "Waiting for daemon set {name:?} rollout to finish: {updated} out of {wanted} new pods have been updated..."
        ));
    }
    if available < wanted {
        return progressing(format!(
            "Waiting for daemon set {name:?} rollout to finish: {available} of {wanted} updated pods are available..."
        ));
    }
    healthy("")
}

pub(super) fn replica_set(object: &Value) -> Verdict<Health> {
    if is_behind(object) {
        return progressing(
            "Waiting for rollout to finish: observed replica set generation less than desired generation",
        );
    }
    let failure = conditions(object).find(|condition| condition.kind() == "ReplicaFailure");
    if let Some(failure) = failure.filter(|failure| failure.status() == "True") {
        return Verdict::new(Health::Degraded, failure.message());
    }
    let available = count(object, &["status", "availableReplicas"]);
    match integer(object, &["spec", "replicas"]).filter(|wanted| available < *wanted) {
        Some(wanted) => progressing(format!(
            "Waiting for rollout to finish: {available} out of {wanted} new replicas are available..."
        )),
        None => healthy(""),
    }
}

pub(super) fn ingress(object: &Value) -> Verdict<Health> {
    when_balanced(object)
}

pub(super) fn service(object: &Value) -> Verdict<Health> {
    if text(object, &["spec", "type"]) == "LoadBalancer" {
        when_balanced(object)
    } else {
        healthy("")
    }
}

/// Healthy as soon as a load balancer has been given.
fn when_balanced(object: &Value) -> Verdict<Health> {
    if list(object, &["status", "loadBalancer", "ingress"]).is_empty() {
        progressing("")
    } else {
        healthy("")
    }
}

pub(super) fn claim(object: &Value) -> Verdict<Health> {
    let health = match text(object, &["status", "phase"]) {
        "Lost" => Health::Degraded,
        "Pending" => Health::Progressing,
        "Bound" => Health::Healthy,
        _ => Health::Unknown,
    };
    Verdict::new(health, "")
}

/// Argo CD looks at the types of the conditions, not at their status, but for `Suspended`.
pub(super) fn job(object: &Value) -> Verdict<Health> {
    let (mut complete, mut suspended, mut failure, mut message) = (false, false, None, "");
    for condition in conditions(object) {
        match condition.kind() {
            "Failed" => failure = Some(condition.message()),
            "Complete" => (complete, message) = (true, condition.message()),
            "Suspended" => {
                (complete, message) = (true, condition.message());
                suspended |= condition.status() == "True";
            }
            _ => {}
        }
    }
    match failure {
        Some(failure) => Verdict::new(Health::Degraded, failure),
        None if !complete => progressing(message),
        None if suspended => Verdict::new(Health::Suspended, message),
        None => healthy(message),
    }
}

pub(super) fn api_service(object: &Value) -> Verdict<Health> {
    let available = conditions(object).find(|condition| condition.kind() == "Available");
    match available {
        Some(condition) => {
            let message = format!("{}: {}", condition.reason(), condition.message());
            if condition.status() == "True" {
                healthy(message)
            } else {
                progressing(message)
            }
        }
        None => progressing("Waiting to be processed"),
    }
}

pub(super) fn workflow(object: &Value) -> Verdict<Health> {
    let health = match text(object, &["status", "phase"]) {
        "" | "Pending" | "Running" => Health::Progressing,
        "Succeeded" => Health::Healthy,
        "Failed" | "Error" => Health::Degraded,
        _ => Health::Unknown,
    };
    Verdict::new(health, text(object, &["status", "message"]))
}
