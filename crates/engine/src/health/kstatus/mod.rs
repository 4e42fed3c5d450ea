//! The verdicts of kstatus.
//!
//! In this order: an object that is being deleted; one whose controller has not seen its newest generation;
//! the standard conditions `Reconciling` and `Stalled`; the rule of its kind; the condition `Ready`; and what
//! says nothing at all is taken to be current.

mod generic;
mod pod;
mod workloads;

use std::time::SystemTime;

use serde_json::Value;

use super::fields::group_kind;
use super::{Condition, Status, Verdict};

/// Judges an object.
pub fn assess(object: &Value, now: SystemTime) -> Verdict<Status> {
    let verdict = generic::before_kind(object).or_else(|| by_kind(object, now));
    verdict.unwrap_or_else(|| generic::after_kind(object))
}

/// The same, but a Job is current only once it has completed, or is suspended.
pub fn assess_as_flux(object: &Value, now: SystemTime) -> Verdict<Status> {
    if group_kind(object) == ("batch", "Job") {
        let verdict = generic::before_kind(object);
        return verdict.unwrap_or_else(|| workloads::job_until_complete(object));
    }
    assess(object, now)
}

fn by_kind(object: &Value, now: SystemTime) -> Option<Verdict<Status>> {
    Some(match group_kind(object) {
        ("", "Secret" | "ConfigMap") | ("batch", "CronJob") => current("Resource is always ready"),
        ("", "Service") => workloads::service(object),
        ("", "Pod") => pod::pod(object, now),
        ("", "PersistentVolumeClaim") => workloads::claim(object),
        ("apps", "StatefulSet") => workloads::stateful_set(object),
        ("apps" | "extensions", "DaemonSet") => workloads::daemon_set(object),
        ("apps" | "extensions", "Deployment") => workloads::deployment(object),
        ("apps" | "extensions", "ReplicaSet") => workloads::replica_set(object),
        ("policy", "PodDisruptionBudget") => current("AllowedDisruptions has been computed."),
        ("batch", "Job") => workloads::job(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => workloads::definition(object),
        _ => return None,
    })
}

fn current(message: impl Into<String>) -> Verdict<Status> {
    Verdict::new(Status::Current, message)
}

fn in_progress(reason: impl Into<String>, message: impl Into<String>) -> Verdict<Status> {
    with_condition(Status::InProgress, "Reconciling", reason.into(), message.into())
}

fn failed(reason: impl Into<String>, message: impl Into<String>) -> Verdict<Status> {
    with_condition(Status::Failed, "Stalled", reason.into(), message.into())
}

fn with_condition(status: Status, kind: &'static str, reason: String, message: String) -> Verdict<Status> {
    let condition = Condition {
        kind,
        status: "True",
        reason,
        message: message.clone(),
    };
    Verdict {
        status,
        message,
        conditions: vec![condition],
    }
}

#[cfg(test)]
mod tests;
