//! Server-side apply against what an API server answered: `ssa/cases.jsonl` of the shared cases.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use structured_merge::{
    Applied, ApplyOptions, FieldSet, ManagedFieldsEntry, NoOp, Outcome, PathElement, Predictor, Scalar,
    unchanged,
};

/// The project's own recordings, and the shared cases where they are; a line says when they are absent.
fn roots() -> Vec<PathBuf> {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared =
        std::env::var_os("GLOPS_CASES").map_or_else(|| project.join("../shared/cases"), PathBuf::from);
    let shared = shared.join("ssa");
    let mut roots = vec![project.join("testdata/ssa")];
    if shared.is_dir() {
        roots.push(shared);
    } else {
        println!("skipped: no cases at {}", shared.display());
    }
    roots
}

fn cases(root: &Path) -> Vec<Value> {
    let text = fs::read_to_string(root.join("cases.jsonl")).expect("the cases can be read");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is a case"))
        .collect()
}

/// Knows all kinds in the documents beside the cases.
fn predictor(root: &Path) -> Predictor {
    let folder = fs::read_dir(root.join("openapi")).expect("the schemas can be read");
    let mut predictor = Predictor::new();
    for file in folder {
        let text = fs::read_to_string(file.expect("the schemas can be read").path())
            .expect("the schema can be read");
        let document: Value = serde_json::from_str(&text).expect("a schema is JSON");
        predictor
            .add_open_api(&document, |_| true)
            .expect("the document holds schemas");
    }
    predictor
}

/// An object without what a dry run never tells.
fn comparable(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(entries) = object
        .pointer_mut("/metadata/managedFields")
        .and_then(Value::as_array_mut)
    {
        entries
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|entry| {
                entry.remove("time");
            });
    }
    object
}

/// What is wrong with a prediction; `None` when the case passes.
fn problem(case: &Value, outcome: &Outcome) -> Option<String> {
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
fn own_time<'a>(result: &'a Value, manager: &str) -> Option<&'a str> {
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

#[test]
fn applies_are_predicted() {
    for root in roots() {
        let result = run(&root);
        for failure in &result.failed {
            println!("{failure}");
        }
        let Counts {
            passed,
            asked,
            merges,
            ..
        } = result;
        let failed = result.failed.len();
        println!("ssa: {passed} passed, {failed} failed, {asked} of {merges} merges left to the server");
        assert!(
            passed * 100 >= (passed + failed + asked) * 99,
            "at least 99 % must pass"
        );
        assert!(asked * 20 <= merges, "at most 5 % may be left to the server");
    }
}

#[derive(Default)]
struct Counts {
    passed: usize,
    /// Why, by case.
    failed: Vec<String>,
    asked: usize,
    merges: usize,
}

fn run(root: &Path) -> Counts {
    let predictor = predictor(root);
    let mut counts = Counts::default();
    for case in cases(root) {
        let manager = case["apply"]["manager"].as_str().expect("a case has a manager");
        let options = ApplyOptions {
            manager,
            force: case["apply"]["force"] == true,
            time: own_time(&case["result"], manager),
        };
        let live = Some(&case["live"]).filter(|live| !live.is_null());
        let outcome = predictor.predict(live, &case["apply"]["config"], options);
        let is_merge = matches!(case["class"].as_str(), Some("merged" | "created"));
        counts.merges += usize::from(is_merge);
        if let (true, Outcome::AskServer(_)) = (is_merge, &outcome) {
            counts.asked += 1;
            continue;
        }
        match problem(&case, &outcome) {
            None => counts.passed += 1,
            Some(problem) => {
                let failure = format!("{} ({} {}): {problem}", case["id"], case["class"], case["kind"]);
                counts.failed.push(failure);
            }
        }
    }
    counts.failed.sort();
    counts
}

#[test]
fn field_sets_are_written_as_they_were_read() {
    for case in roots().iter().flat_map(|root| cases(root)) {
        for object in [&case["live"], &case["result"]] {
            let entries = ManagedFieldsEntry::of(object).expect("the entries can be read");
            let recorded = object
                .pointer("/metadata/managedFields")
                .and_then(Value::as_array);
            for (entry, recorded) in entries.iter().zip(recorded.into_iter().flatten()) {
                assert_eq!(entry.to_value(), *recorded, "case {}", case["id"]);
                let again = FieldSet::from_json(&entry.fields.to_json()).expect("it was written by us");
                assert_eq!(again, entry.fields, "case {}", case["id"]);
            }
        }
    }
}

/// `NoOp::Same` without a schema must never hide a change, and should be told for most applies that change
/// nothing.
#[test]
fn no_change_is_told_without_a_schema() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in roots()
        .iter()
        .flat_map(|root| cases(root))
        .filter(|case| !case["live"].is_null())
    {
        let manager = case["apply"]["manager"].as_str().expect("a case has a manager");
        let answer = unchanged(&case["apply"]["config"], &case["live"], manager);
        let same = case["class"] == "merged" && comparable(&case["live"]) == comparable(&case["result"]);
        assert!(
            same || answer != NoOp::Same,
            "case {} changes something",
            case["id"]
        );
        if same {
            let label = match answer {
                NoOp::Same => "told",
                NoOp::Unknown(_) => "left to the server",
                NoOp::Differs => "applied in vain",
            };
            *counts.entry(label).or_default() += 1;
        }
    }
    println!("applies that change nothing, without a schema: {counts:?}");
}
