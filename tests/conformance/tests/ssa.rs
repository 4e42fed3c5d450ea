//! Server-side apply against what an API server answered: `ssa/cases.jsonl` of the shared cases.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use structured_merge::{ApplyOptions, FieldSet, ManagedFieldsEntry, NoOp, Outcome, Predictor, unchanged};
use suite_conformance::ssa::{own_time, problem};

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
            time: own_time(&case, manager),
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
