//! The verdicts of Argo CD.
//!
//! An object that is being deleted is progressing; then come the rules for custom resources, which are data;
//! then the built-in kinds. A kind without a rule has no health, and counts for nothing in the whole.

mod autoscaler;
mod pod;
mod workloads;

use serde_json::Value;

use super::fields::{at, group_kind, list, text};
use super::rules;
use super::{Health, Verdict};

const HOOK_FINALIZER: &str = "argocd.argoproj.io/hook-finalizer";
const IGNORE: &str = "argocd.argoproj.io/ignore-healthcheck";

/// Judges an object; none when it has no health.
pub fn assess(object: &Value) -> Option<Verdict<Health>> {
    if at(object, &["metadata", "deletionTimestamp"]).is_some() && !has_hook_finalizer(object) {
        let message = rules::deleting(object).unwrap_or_else(|| "Pending deletion".to_owned());
        return Some(Verdict::new(Health::Progressing, message));
    }
    rules::assess(object).or_else(|| built_in(object))
}

/// Whether the object's health is left out of that of the whole.
pub fn is_ignored(object: &Value) -> bool {
    text(object, &["metadata", "annotations", IGNORE]) == "true"
}

fn has_hook_finalizer(object: &Value) -> bool {
    list(object, &["metadata", "finalizers"])
        .iter()
        .any(|finalizer| finalizer == HOOK_FINALIZER)
}

/// A rule of a kind that Kubernetes itself has.
type Rule = fn(&Value) -> Verdict<Health>;

fn built_in(object: &Value) -> Option<Verdict<Health>> {
    let (rule, versions): (Rule, &[&str]) = match group_kind(object) {
        ("apps", "Deployment") => (workloads::deployment, &["apps/v1"]),
        ("apps", "StatefulSet") => (workloads::stateful_set, &["apps/v1"]),
        ("apps", "ReplicaSet") => (workloads::replica_set, &["apps/v1"]),
        ("apps", "DaemonSet") => (workloads::daemon_set, &["apps/v1"]),
        ("extensions" | "networking.k8s.io", "Ingress") => (workloads::ingress, &[]),
        ("argoproj.io", "Workflow") => (workloads::workflow, &[]),
        ("apiregistration.k8s.io", "APIService") => (
            workloads::api_service,
            &["apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1beta1"],
        ),
        ("", "Service") => (workloads::service, &["v1"]),
        ("", "PersistentVolumeClaim") => (workloads::claim, &["v1"]),
        ("", "Pod") => (pod::pod, &["v1"]),
        ("batch", "Job") => (workloads::job, &["batch/v1"]),
        ("autoscaling", "HorizontalPodAutoscaler") => {
            (autoscaler::autoscaler, &["autoscaling/v1", "autoscaling/v2"])
        }
        _ => return None,
    };
    let version = text(object, &["apiVersion"]);
    if !versions.is_empty() && !versions.contains(&version) {
        let kind = text(object, &["kind"]);
        let short = if kind == "HorizontalPodAutoscaler" {
            "HPA"
        } else {
            kind
        };
        let message = format!("unsupported {short} GVK: {version}, Kind={kind}");
        return Some(Verdict::new(Health::Unknown, message));
    }
    Some(rule(object))
}

#[cfg(test)]
mod tests;
