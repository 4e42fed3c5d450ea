//! Server-side apply against what an API server answered: `ssa/cases.jsonl` of the shared cases.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use structured_merge::{ManagedFieldsEntry, NoOp, unchanged};

/// The folder of these cases; `None`, with a line saying so, where the shared cases are absent.
fn cases_root() -> Option<PathBuf> {
    let root = std::env::var_os("GLOPS_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
        PathBuf::from,
    );
    let root = root.join("ssa");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no cases at {}", root.display());
    None
}

fn cases(root: &std::path::Path) -> Vec<Value> {
    let text = fs::read_to_string(root.join("cases.jsonl")).expect("the cases can be read");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is a case"))
        .collect()
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
fn field_sets_are_written_as_they_were_read() {
    let Some(root) = cases_root() else { return };
    for case in cases(&root) {
        for object in [&case["live"], &case["result"]] {
            let entries = ManagedFieldsEntry::of(object).expect("the entries can be read");
            for (entry, recorded) in entries.iter().zip(
                object
                    .pointer("/metadata/managedFields")
                    .into_iter()
                    .flat_map(|v| v.as_array())
                    .flatten(),
            ) {
                assert_eq!(entry.to_value(), *recorded, "case {}", case["id"]);
            }
        }
    }
}

/// `NoOp::Same` without a schema must never hide a change, and should be told for most applies that change
/// nothing.
#[test]
fn no_change_is_told_without_a_schema() {
    let Some(root) = cases_root() else { return };
    let (mut told, mut unknown, mut total) = (0, 0, 0);
    for case in cases(&root).iter().filter(|case| !case["live"].is_null()) {
        let manager = case["apply"]["manager"].as_str().expect("a case has a manager");
        let answer = unchanged(&case["apply"]["config"], &case["live"], manager);
        let same = case["class"] == "merged" && comparable(&case["live"]) == comparable(&case["result"]);
        assert!(
            same || answer != NoOp::Same,
            "case {} changes something",
            case["id"]
        );
        total += usize::from(same);
        told += usize::from(same && answer == NoOp::Same);
        if let (true, NoOp::Unknown(_)) = (same, &answer) {
            unknown += 1;
        }
        if same && answer == NoOp::Differs {
            println!(
                "case {} ({}) changes nothing, but was told to",
                case["id"], case["kind"]
            );
        }
    }
    println!("no-op without a schema: {told} of {total} told, {unknown} left to the server");
}
