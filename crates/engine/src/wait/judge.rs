use serde_json::Value;

use super::{Status, Verdict};
use crate::observe::text_at;

/// The health of an object.
pub(crate) fn verdict(object: &Value) -> Verdict {
    let (status, message) = judge(object);
    Verdict {
        status,
        message: message.to_owned(),
    }
}

fn judge(object: &Value) -> (Status, &str) {
    if object.pointer("/metadata/deletionTimestamp").is_some() {
        return (Status::Terminating, "Resource scheduled for deletion");
    }
    let generation = object.pointer("/metadata/generation").and_then(Value::as_i64);
    let observed = object
        .pointer("/status/observedGeneration")
        .and_then(Value::as_i64);
    if generation.is_some() && observed.is_some() && generation != observed {
        return (Status::InProgress, "the latest generation has not been observed");
    }
    let kind = text_at(object, &["kind"]);
    if matches!(kind, "Deployment") && condition(object, "Available").is_none_or(|status| status != "True") {
        return (Status::InProgress, "not available yet");
    }
    if kind == "CustomResourceDefinition"
        && condition(object, "Established").is_none_or(|status| status != "True")
    {
        return (Status::InProgress, "not established yet");
    }
    if condition(object, "Ready").is_some_and(|status| status != "True") {
        return (Status::InProgress, "not ready yet");
    }
    (Status::Current, "Resource is current")
}

/// How an object that does its work once has ended: `None` while it has not.
pub(crate) fn completion(object: &Value) -> Option<Result<(), String>> {
    let kind = text_at(object, &["kind"]);
    match kind {
        "Job" if condition(object, "Complete") == Some("True") => Some(Ok(())),
        "Job" if condition(object, "Failed") == Some("True") => Some(Err("the Job has failed".to_owned())),
        "Job" => None,
        "Pod" => match text_at(object, &["status", "phase"]) {
            "Succeeded" => Some(Ok(())),
            "Failed" => Some(Err("the Pod has failed".to_owned())),
            _ => None,
        },
        _ => {
            let verdict = verdict(object);
            match verdict.status {
                Status::Current => Some(Ok(())),
                Status::Failed => Some(Err(verdict.message)),
                _ => None,
            }
        }
    }
}

fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a str> {
    let conditions = object.pointer("/status/conditions")?.as_array()?;
    let found = conditions
        .iter()
        .find(|condition| text_at(condition, &["type"]) == kind)?;
    found.get("status")?.as_str()
}
