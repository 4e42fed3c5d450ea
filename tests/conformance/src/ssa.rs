//! What counts as a right prediction of a server-side apply, given what a server answered.

use serde_json::{Map, Value};
use structured_merge::{Applied, ManagedFieldsEntry, Outcome, PathElement, Scalar};

/// What is wrong with a prediction; `None` when the case passes.
pub fn problem(case: &Value, outcome: &Outcome) -> Option<String> {
    match (case["class"].as_str(), outcome) {
        (Some("conflict"), Outcome::Conflicts(conflicts)) => {
            let causes = case["error"]["causes"].as_array().expect("a conflict has causes");
            let mut expected: Vec<(String, String)> = causes
                .iter()
                .map(|cause| {
                    (
                        cause["message"].as_str().unwrap_or_default().to_owned(),
                        cause["field"].as_str().unwrap_or_default().to_owned(),
                    )
                })
                .collect();
            let mut predicted: Vec<_> = conflicts
                .0
                .iter()
                .map(|c| (c.message(), c.field.to_string()))
                .collect();
            expected.sort();
            predicted.sort();
            (expected != predicted).then(|| format!("conflicts are {expected:?}, predicted {predicted:?}"))
        }
        (Some("merged" | "created"), Outcome::Applied(applied)) => merged_problem(case, applied),
        (Some("error"), Outcome::Invalid(invalid)) => {
            let message = case["error"]["message"].as_str().unwrap_or_default();
            let is_typed = !message.starts_with("failed to convert");
            (is_typed && !same_text(message, &invalid.to_string()))
                .then(|| format!("error is {message:?}, predicted {:?}", invalid.to_string()))
        }
        (Some("error"), Outcome::AskServer(_)) => None,
        (class, outcome) => Some(format!(
            "{} expected, predicted {outcome:?}",
            class.unwrap_or_default()
        )),
    }
}

/// The server walks maps in Go's random order and stops in each at the first unknown field, so a prediction may
/// name more; and it quotes values, which a prediction for a Secret does not.
fn same_text(server: &str, predicted: &str) -> bool {
    let lines = |text: &str| {
        let text = text.replace(": errors:\n  ", ":\n  ");
        let (object, first) = text
            .split_once("): ")
            .or(text.split_once("):\n"))
            .unwrap_or(("", &text));
        let mut lines = vec![object.to_owned()];
        lines.extend(first.lines().map(|line| line.trim().to_owned()));
        lines
    };
    let (server, predicted) = (lines(server), lines(predicted));
    let same = |server: &String, predicted: &String| {
        server == predicted
            || server
                .strip_prefix(predicted.as_str())
                .is_some_and(|rest| rest.starts_with(", got "))
    };
    server
        .iter()
        .all(|server| predicted.iter().any(|predicted| same(server, predicted)))
}

/// When the server applied, where the case tells it.
pub fn own_time<'a>(result: &'a Value, manager: &str) -> Option<&'a str> {
    let entries = result.pointer("/metadata/managedFields")?.as_array()?;
    let own = entries
        .iter()
        .find(|entry| entry["operation"] == "Apply" && entry["manager"] == manager)?;
    own["time"].as_str()
}

/// What a time would be is not predicted.
fn untimed(entries: &[ManagedFieldsEntry]) -> Vec<ManagedFieldsEntry> {
    let untimed = |entry: &ManagedFieldsEntry| ManagedFieldsEntry {
        time: None,
        ..entry.clone()
    };
    entries.iter().map(untimed).collect()
}

fn merged_problem(case: &Value, applied: &Applied) -> Option<String> {
    let result = &case["result"];
    let recorded = ManagedFieldsEntry::of(result).expect("the entries can be read");
    let (recorded, predicted) = (untimed(&recorded), untimed(&applied.managed_fields));
    if recorded != predicted {
        let text = |entries: &[ManagedFieldsEntry]| -> Vec<String> {
            entries.iter().map(|e| e.to_value().to_string()).collect()
        };
        return Some(format!(
            "managed fields are\n  {}\npredicted\n  {}",
            text(&recorded).join("\n  "),
            text(&predicted).join("\n  ")
        ));
    }
    for entry in recorded.iter().filter(|entry| entry.subresource.is_empty()) {
        let mut differing = None;
        entry.fields.leaves().walk(|path| {
            let (expected, found) = (find(result, path), find(&applied.object, path));
            if differing.is_none() && !same(expected, found) {
                let path: structured_merge::Path = path.iter().cloned().collect();
                differing = Some(format!("{path} is {expected:?}, predicted {found:?}"));
            }
        });
        if differing.is_some() {
            return differing;
        }
    }
    let mut kept = Vec::new();
    gone(&case["live"], result, &applied.object, "", &mut kept);
    (!kept.is_empty()).then(|| format!("gone, but predicted to stay: {}", kept.join(", ")))
}

/// Null and nothing are the same.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    a.filter(|a| !a.is_null()) == b.filter(|b| !b.is_null())
}

/// The value at a path; list items are found by their keys.
fn find<'a>(object: &'a Value, path: &[PathElement]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, element| match element {
        PathElement::Field(name) => value.get(name.as_str()),
        PathElement::Key(key) => value.as_array()?.iter().find(|item| {
            key.fields()
                .iter()
                .all(|(name, value)| item.get(name.as_str()).map(Scalar::from_value).as_ref() == Some(value))
        }),
        PathElement::Value(scalar) => value.as_array()?.iter().find(|item| scalar.equals_value(item)),
        PathElement::Index(index) => value.as_array()?.get(usize::try_from(*index).ok()?),
    })
}

/// What was live and is not in the result, but in the prediction.
fn gone(live: &Value, result: &Value, predicted: &Value, path: &str, kept: &mut Vec<String>) {
    let empty = Map::new();
    for (name, value) in live.as_object().unwrap_or(&empty) {
        if path.is_empty() && name == "status" || path == "/metadata" && name == "managedFields" {
            continue;
        }
        let path = format!("{path}/{name}");
        match (result.get(name), predicted.get(name)) {
            (None, Some(predicted)) if !predicted.is_null() => kept.push(path),
            (Some(result), Some(predicted)) => gone(value, result, predicted, &path, kept),
            _ => {}
        }
    }
}
