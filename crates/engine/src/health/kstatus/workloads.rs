use serde_json::Value;

use super::{current, failed, in_progress};
use crate::health::fields::{conditions, count, flag, integer, text};
use crate::health::{Status, Verdict};

/// A kind's checks in order: the first that does not hold says what is waited for.
struct Checks(Option<Verdict<Status>>);

impl Checks {
    fn new() -> Self {
        Self(None)
    }

    fn fails_if(mut self, fails: bool, reason: &str, message: impl FnOnce() -> String) -> Self {
        if fails && self.0.is_none() {
            self.0 = Some(in_progress(reason, message()));
        }
        self
    }

    fn or_current(self, message: impl FnOnce() -> String) -> Verdict<Status> {
        self.0.unwrap_or_else(|| current(message()))
    }
}

pub(super) fn service(object: &Value) -> Verdict<Status> {
    let is_balanced = text(object, &["spec", "type"]) == "LoadBalancer";
    if is_balanced && text(object, &["spec", "clusterIP"]).is_empty() {
        return in_progress("NoIPAssigned", "ClusterIP not set. Service type: LoadBalancer");
    }
    current("Service is ready")
}

pub(super) fn claim(object: &Value) -> Verdict<Status> {
    match text(object, &["status", "phase"]) {
        "Bound" => current("PVC is Bound"),
        "" => in_progress("NotBound", "PVC is not Bound. phase: unknown"),
        phase => in_progress("NotBound", format!("PVC is not Bound. phase: {phase}")),
    }
}

pub(super) fn stateful_set(object: &Value) -> Verdict<Status> {
    if text(object, &["spec", "updateStrategy", "type"]) == "OnDelete" {
        return current("StatefulSet is using the ondelete update strategy");
    }
    let wanted = integer(object, &["spec", "replicas"]).unwrap_or(1);
    let status = |field| count(object, &["status", field]);
    let (replicas, ready, updated) = (
        status("replicas"),
        status("readyReplicas"),
        status("updatedReplicas"),
    );
    let checks = Checks::new()
        .fails_if(wanted > replicas, "LessReplicas", || {
            format!("Replicas: {replicas}/{wanted}")
        })
        .fails_if(wanted > ready, "LessReady", || format!("Ready: {ready}/{wanted}"))
        .fails_if(replicas > wanted, "ExtraPods", || {
            format!("Pending termination: {}", replicas - wanted)
        });
    let partition = integer(object, &["spec", "updateStrategy", "rollingUpdate", "partition"]);
    if let Some(partition) = partition.filter(|partition| *partition != -1) {
        let share = wanted - partition;
        return checks
            .fails_if(updated < share, "PartitionRollout", || {
                format!("updated: {updated}/{share}")
            })
            .or_current(|| format!("Partition rollout complete. updated: {updated}"));
    }
    let of_revision = status("currentReplicas");
    let revision = |field| text(object, &["status", field]);
    checks
        .fails_if(wanted > of_revision, "LessCurrent", || {
            format!("current: {of_revision}/{wanted}")
        })
        .fails_if(
            revision("currentRevision") != revision("updateRevision"),
            "RevisionMismatch",
            || "Waiting for updated revision to match current".to_owned(),
        )
        .or_current(|| format!("All replicas scheduled as expected. Replicas: {replicas}"))
}

pub(super) fn daemon_set(object: &Value) -> Verdict<Status> {
    let kind = text(object, &["kind"]);
    let missing = |path: &[&str]| integer(object, path).is_none();
    let wanted = integer(object, &["status", "desiredNumberScheduled"]).unwrap_or(-1);
    let status = |field| count(object, &["status", field]);
    let less = |field, reason: &'static str, word: &'static str| {
        let found: i64 = status(field);
        move |checks: Checks| checks.fails_if(wanted > found, reason, || format!("{word}: {found}/{wanted}"))
    };
    let checks = Checks::new()
        .fails_if(missing(&["metadata", "generation"]), "NoGeneration", || {
            format!("{kind} metadata.generation not found")
        })
        .fails_if(
            missing(&["status", "observedGeneration"]),
            "NoObservedGeneration",
            || format!("{kind} status.observedGeneration not found"),
        )
        .fails_if(wanted == -1, "NoDesiredNumber", || {
            "Missing .status.desiredNumberScheduled".to_owned()
        });
    let checks = less("currentNumberScheduled", "LessCurrent", "Current")(checks);
    let checks = less("updatedNumberScheduled", "LessUpdated", "Updated")(checks);
    let checks = less("numberAvailable", "LessAvailable", "Available")(checks);
    let checks = less("numberReady", "LessReady", "Ready")(checks);
    checks.or_current(|| format!("All replicas scheduled as expected. Replicas: {wanted}"))
}

pub(super) fn deployment(object: &Value) -> Verdict<Status> {
    let deadline = integer(object, &["spec", "progressDeadlineSeconds"]).unwrap_or(i64::from(i32::MAX));
    let mut progressed = deadline == i64::from(i32::MAX);
    let mut available = false;
    for condition in conditions(object) {
        if condition.kind() == "Progressing" && condition.reason() == "ProgressDeadlineExceeded" {
            let message = "Progress deadline exceeded".to_owned();
            return Verdict {
                message,
                ..failed(condition.reason(), condition.message())
            };
        }
        progressed |= condition.is("Progressing", "True") && condition.reason() == "NewReplicaSetAvailable";
        available |= condition.is("Available", "True");
    }
    let wanted = integer(object, &["spec", "replicas"]).unwrap_or(1);
    let status = |field| count(object, &["status", field]);
    let (replicas, updated) = (status("replicas"), status("updatedReplicas"));
    let (ready, of_updated) = (status("readyReplicas"), status("availableReplicas"));
    Checks::new()
        .fails_if(wanted > replicas, "LessReplicas", || {
            format!("Replicas: {replicas}/{wanted}")
        })
        .fails_if(wanted > updated, "LessUpdated", || {
            format!("Updated: {updated}/{wanted}")
        })
        .fails_if(replicas > wanted, "ExtraPods", || {
            format!("Pending termination: {}", replicas - wanted)
        })
        .fails_if(updated > of_updated, "LessAvailable", || {
            format!("Available: {of_updated}/{updated}")
        })
        .fails_if(wanted > ready, "LessReady", || format!("Ready: {ready}/{wanted}"))
        .fails_if(!progressed, "ReplicaSetNotAvailable", || {
            "ReplicaSet not Available".to_owned()
        })
        .fails_if(!available, "DeploymentNotAvailable", || {
            "Deployment not Available".to_owned()
        })
        .or_current(|| format!("Deployment is available. Replicas: {replicas}"))
}

pub(super) fn replica_set(object: &Value) -> Verdict<Status> {
    let failing = conditions(object).any(|condition| condition.is("ReplicaFailure", "True"));
    let wanted = integer(object, &["spec", "replicas"]).unwrap_or(1);
    let status = |field| count(object, &["status", field]);
    let (replicas, ready) = (status("replicas"), status("readyReplicas"));
    let (available, labelled) = (status("availableReplicas"), status("fullyLabeledReplicas"));
    Checks::new()
        .fails_if(failing, "ReplicaFailure", || {
            "Replica Failure condition. Check Pods".to_owned()
        })
        .fails_if(wanted > labelled, "LessLabelled", || {
            format!("Labelled: {labelled}/{wanted}")
        })
        .fails_if(wanted > available, "LessAvailable", || {
            format!("Available: {available}/{wanted}")
        })
        .fails_if(wanted > ready, "LessReady", || format!("Ready: {ready}/{wanted}"))
        .fails_if(replicas > wanted, "ExtraPods", || {
            format!("Pending termination: {}", replicas - wanted)
        })
        .or_current(|| format!("ReplicaSet is available. Replicas: {replicas}"))
}

pub(super) fn job(object: &Value) -> Verdict<Status> {
    finished_job(object).unwrap_or_else(|| {
        if text(object, &["status", "startTime"]).is_empty() {
            return in_progress("JobNotStarted", "Job not started");
        }
        current(job_in_progress(object))
    })
}

/// The reading of those who wait for a Job's end.
pub(super) fn job_until_complete(object: &Value) -> Verdict<Status> {
    finished_job(object).unwrap_or_else(|| {
        if flag(object, &["spec", "suspend"]) {
            return current("Job is suspended");
        }
        if text(object, &["status", "startTime"]).is_empty() {
            return in_progress("JobNotStarted", "Job not started");
        }
        in_progress("JobInProgress", job_in_progress(object))
    })
}

fn job_in_progress(object: &Value) -> String {
    let status = |field| count(object, &["status", field]);
    let (succeeded, active, failed) = (status("succeeded"), status("active"), status("failed"));
    format!("Job in progress. success:{succeeded}, active: {active}, failed: {failed}")
}

fn finished_job(object: &Value) -> Option<Verdict<Status>> {
    let parallelism = integer(object, &["spec", "parallelism"]).unwrap_or(1);
    let completions = integer(object, &["spec", "completions"]).unwrap_or(parallelism);
    let status = |field| count(object, &["status", field]);
    let suspended = flag(object, &["spec", "suspend"]);
    conditions(object)
        .filter(|condition| condition.status() == "True")
        .find_map(|condition| match condition.kind() {
            "Complete" => Some(current(format!(
                "Job Completed. succeeded: {}/{completions}",
                status("succeeded")
            ))),
            "Failed" => Some(failed(
                "JobFailed",
                format!("Job Failed. failed: {}/{completions}", status("failed")),
            )),
            "Suspended" if suspended => Some(current("Job is suspended")),
            _ => None,
        })
}

pub(super) fn definition(object: &Value) -> Verdict<Status> {
    let decided = conditions(object).find_map(|condition| match (condition.kind(), condition.status()) {
        ("NamesAccepted", "False") => Some(failed(condition.reason(), condition.message())),
        ("Established", "False") if condition.reason() != "Installing" => {
            Some(failed(condition.reason(), condition.message()))
        }
        ("Established", "True") => Some(current("CRD is established")),
        _ => None,
    });
    decided.unwrap_or_else(|| in_progress("Installing", "Install in progress"))
}
