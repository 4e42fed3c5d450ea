use std::time::SystemTime;

use serde_json::Value;

use super::{Status, Verdict};
use crate::{health::kstatus, observe::text_at};

/// The health of an object, as waves and reports see it: kstatus, but for a Job that runs. There a Job is current
/// as soon as it has started; what waits for it wants its work done, as Flux reads it too.
pub(crate) fn verdict(object: &Value) -> Verdict {
    kstatus::assess_as_flux(object, SystemTime::now())
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
