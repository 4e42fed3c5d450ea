//! What counts as a right prediction of a server-side apply, given what a server answered.

use std::fmt;

use serde_json::{Map, Value};
use structured_merge::{Applied, FieldSet, ManagedFieldsEntry, Outcome, Path, PathElement, Scalar};

/// One way in which a prediction is not what the server answered.
#[derive(Debug)]
pub enum Problem {
    /// Another outcome, or other words.
    Outcome(String),
    /// Other managed fields.
    ManagedFields {
        /// Those that the server wrote.
        recorded: Vec<ManagedFieldsEntry>,
        /// Those that were predicted.
        predicted: Vec<ManagedFieldsEntry>,
    },
    /// A field that somebody owns has another value.
    Field {
        /// The field.
        path: Path,
        /// What the server wrote.
        recorded: Option<Value>,
        /// What was predicted.
        predicted: Option<Value>,
    },
    /// A field went that was predicted to stay.
    Gone(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome(text) => f.write_str(text),
            Self::ManagedFields { recorded, predicted } => {
                f.write_str("managed fields are")?;
                write_entries(recorded, f)?;
                f.write_str("\npredicted")?;
                write_entries(predicted, f)
            }
            Self::Field {
                path,
                recorded,
                predicted,
            } => write!(f, "{path} is {recorded:?}, predicted {predicted:?}"),
            Self::Gone(path) => write!(f, "{path} is gone, but predicted to stay"),
        }
    }
}

fn write_entries(entries: &[ManagedFieldsEntry], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    entries
        .iter()
        .try_for_each(|entry| write!(f, "\n  {}", entry.to_value()))
}

/// All that is wrong with a prediction, in words; `None` when the case passes.
pub fn problem(case: &Value, outcome: &Outcome) -> Option<String> {
    let problems = problems(case, outcome);
    let texts: Vec<String> = problems.iter().map(Problem::to_string).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// All that is wrong with a prediction.
pub fn problems(case: &Value, outcome: &Outcome) -> Vec<Problem> {
    if let (Some("merged" | "created"), Outcome::Applied(applied)) = (case["class"].as_str(), outcome) {
        return merged_problems(case, applied);
    }
    other_outcome(case, outcome)
        .map(Problem::Outcome)
        .into_iter()
        .collect()
}

/// What is wrong with a prediction of anything but a merge.
fn other_outcome(case: &Value, outcome: &Outcome) -> Option<String> {
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
pub fn own_time<'a>(case: &'a Value, manager: &str) -> Option<&'a str> {
    let result = &case["result"];
    let entries = result.pointer("/metadata/managedFields")?.as_array()?;
    let time = |entry: &'a Value| entry["time"].as_str();
    if case["live"] == *result {
        // what changes nothing leaves the times as they were, and no entry is later than it
        return entries.iter().filter_map(time).max();
    }
    let own = entries
        .iter()
        .find(|entry| entry["operation"] == "Apply" && entry["manager"] == manager)?;
    time(own)
}

/// What a time would be is not predicted.
fn untimed(entries: &[ManagedFieldsEntry]) -> Vec<ManagedFieldsEntry> {
    let untimed = |entry: &ManagedFieldsEntry| ManagedFieldsEntry {
        time: None,
        ..entry.clone()
    };
    entries.iter().map(untimed).collect()
}

fn merged_problems(case: &Value, applied: &Applied) -> Vec<Problem> {
    let (live, result) = (&case["live"], &case["result"]);
    let object = applied.object.as_ref().unwrap_or(live);
    let recorded = ManagedFieldsEntry::of(result).expect("the entries can be read");
    let (recorded, predicted) = (untimed(&recorded), untimed(&applied.managed_fields));
    let mut owned = FieldSet::default();
    for entry in recorded.iter().filter(|entry| entry.subresource.is_empty()) {
        owned = owned.union(&entry.fields.leaves());
    }
    let mut problems = Vec::new();
    if recorded != predicted {
        problems.push(Problem::ManagedFields { recorded, predicted });
    }
    owned.walk(|path| {
        let (recorded, predicted) = (find(result, path), find(object, path));
        if !same(recorded, predicted) {
            problems.push(Problem::Field {
                path: path.iter().cloned().collect(),
                recorded: recorded.cloned(),
                predicted: predicted.cloned(),
            });
        }
    });
    let mut kept = Vec::new();
    gone(live, result, object, "", &mut kept);
    problems.extend(kept.into_iter().map(Problem::Gone));
    problems
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
