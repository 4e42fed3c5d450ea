use serde_json::Value;

use crate::health::fields::{at, conditions, count, list, text};
use crate::health::{Health, Verdict};

const IGNORE_RESTART_POLICY: &str = "argocd.argoproj.io/ignore-restart-policy";
const HOOK: &str = "argocd.argoproj.io/hook";
const HELM_HOOK: &str = "helm.sh/hook";

pub(super) fn pod(object: &Value) -> Verdict<Health> {
    let keeps_running = keeps_running(object);
    if keeps_running && let Some(verdict) = stuck(object) {
        return verdict;
    }
    let message = text(object, &["status", "message"]);
    let health = match text(object, &["status", "phase"]) {
        "Pending" => Health::Progressing,
        "Succeeded" => Health::Healthy,
        "Failed" => return Verdict::new(Health::Degraded, failure(object)),
        "Running" if keeps_running => running(object),
        "Running" if matches!(text(object, &["spec", "restartPolicy"]), "OnFailure" | "Never") => {
            Health::Progressing
        }
        _ => Health::Unknown,
    };
    Verdict::new(health, message)
}

/// Whether the Pod is meant to run until somebody stops it.
fn keeps_running(object: &Value) -> bool {
    let annotation = |name: &str| at(object, &["metadata", "annotations", name]).and_then(Value::as_str);
    text(object, &["spec", "restartPolicy"]) == "Always"
        || (annotation(IGNORE_RESTART_POLICY) == Some("true")
            && !is_hook(annotation(HOOK), annotation(HELM_HOOK)))
}

fn is_hook(argo: Option<&str>, helm: Option<&str>) -> bool {
    match argo {
        Some(phases) => phases.trim() != "Skip",
        None => helm.is_some_and(|hook| hook != "crd-install"),
    }
}

/// Containers that wait for something which will not come by itself.
fn stuck(object: &Value) -> Option<Verdict<Health>> {
    let messages: Vec<_> = list(object, &["status", "containerStatuses"])
        .iter()
        .filter(|container| {
            let reason = text(container, &["state", "waiting", "reason"]);
            reason.starts_with("Err") || reason.ends_with("Error") || reason.ends_with("BackOff")
        })
        .map(|container| text(container, &["state", "waiting", "message"]))
        .collect();
    (!messages.is_empty()).then(|| Verdict::new(Health::Degraded, messages.join(", ")))
}

fn running(object: &Value) -> Health {
    if conditions(object)
        .find(|condition| condition.kind() == "Ready")
        .is_some_and(|ready| ready.status() == "True")
    {
        return Health::Healthy;
    }
    let has_stopped_before = list(object, &["status", "containerStatuses"])
        .iter()
        .any(|container| at(container, &["lastState", "terminated"]).is_some());
    if has_stopped_before {
        Health::Degraded
    } else {
        Health::Progressing
    }
}

/// The first message that says something.
fn failure(object: &Value) -> String {
    let message = text(object, &["status", "message"]);
    if !message.is_empty() {
        return message.to_owned();
    }
    let containers =
        ["initContainerStatuses", "containerStatuses"].map(|field| list(object, &["status", field]));
    containers
        .into_iter()
        .flatten()
        .find_map(container_failure)
        .unwrap_or_default()
}

fn container_failure(container: &Value) -> Option<String> {
    let terminated = at(container, &["state", "terminated"])?;
    let message = text(terminated, &["message"]);
    if !message.is_empty() {
        return Some(message.to_owned());
    }
    if text(terminated, &["reason"]) == "OOMKilled" {
        return Some("OOMKilled".to_owned());
    }
    let code = count(terminated, &["exitCode"]);
    let name = text(container, &["name"]);
    (code != 0).then(|| format!("container {name:?} failed with exit code {code}"))
}
