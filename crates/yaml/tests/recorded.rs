//! Compares readings and writings with what Go's libraries made of the same cases: `testdata/yaml`, recorded by
//! `ci/oracle/yaml/record.sh`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use yaml::{Options, Reader};

fn load(name: &str) -> Vec<Value> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../testdata/yaml"]
        .iter()
        .collect();
    let text = std::fs::read_to_string(Path::new(&folder).join(name)).expect("the recorded cases are there");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

/// The cases with what was recorded for them.
fn cases() -> Vec<(Value, Value)> {
    let answers: BTreeMap<String, Value> = load("recorded.jsonl")
        .into_iter()
        .map(|answer| (answer["name"].to_string(), answer))
        .collect();
    let cases = load("cases.jsonl").into_iter();
    cases
        .map(|case| {
            let answer = answers.get(&case["name"].to_string());
            let answer = answer.expect("each case was recorded").clone();
            (case, answer)
        })
        .collect()
}

fn text_of(case: &Value) -> Option<Vec<u8>> {
    match (case["text"].as_str(), case["base64"].as_str()) {
        (Some(text), _) => Some(text.as_bytes().to_vec()),
        (_, Some(encoded)) => Some(STANDARD.decode(encoded).expect("base64")),
        _ => None,
    }
}

fn reading(result: Result<Value, yaml::Error>) -> Value {
    match result {
        Ok(value) => json!({ "json": value }),
        Err(error) => json!({ "error": error.go_text() }),
    }
}

/// The readings of all documents, up to the first that fails.
fn readings(documents: impl Iterator<Item = Result<Value, yaml::Error>>) -> Value {
    let mut readings = Vec::new();
    for document in documents {
        let failed = document.is_err();
        readings.push(reading(document));
        if failed {
            break;
        }
    }
    Value::Array(readings)
}

/// What `sigs.k8s.io/yaml` puts before go-yaml's words is its callers' business here.
fn unwrapped(mut reading: Value) -> Value {
    if let Some(Value::String(error)) = reading.get_mut("error") {
        let inner = error
            .trim_start_matches("error converting YAML to JSON: ")
            .to_owned();
        *error = inner;
    }
    reading
}

#[test]
fn texts_are_read_as_go_reads_them() {
    let mut failures = Vec::new();
    for (case, answer) in cases() {
        let Some(text) = text_of(&case) else { continue };
        let mut check = |rules: &str, ours: Value, theirs: Value| {
            if ours != theirs {
                failures.push(format!(
                    "{} by {rules}\n  ours   {ours}\n  theirs {theirs}",
                    case["name"]
                ));
            }
        };
        let ours = reading(yaml::from_slice(&text, Reader::V2));
        check("v2", ours, unwrapped(answer["v2"].clone()));
        let strict = answer.get("strict").unwrap_or(&answer["v2"]).clone();
        let ours = reading(yaml::read(&text, &Options::new(Reader::V2).strict()));
        check("strict v2", ours, unwrapped(strict));
        let documents =
            yaml::documents(&text, Reader::V3).map(|document| document.map(|document| document.value));
        check("v3", readings(documents), answer["v3"].clone());
        let nodes = yaml::nodes(&text, Reader::V3)
            .map(|document| document.map(|document| document.node.into_value()));
        check("v3 by nodes", readings(nodes), answer["v3"].clone());
    }
    assert!(
        failures.is_empty(),
        "{} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn values_are_written_as_go_writes_them() {
    let mut failures = Vec::new();
    for (case, answer) in cases() {
        let Some(value) = case.get("value") else { continue };
        if answer.get("refused").is_some() {
            continue;
        }
        for (style, ours) in [
            ("compact", yaml::to_string(value)),
            ("pretty", yaml::to_pretty_string(value)),
        ] {
            let theirs = answer[style].as_str().expect("a text was recorded");
            // v2's order of keys is none where letters follow digits: there Go's output changes from run to run
            if case["only"].as_str().is_some_and(|only| only != style) {
                continue;
            }
            if ours != theirs {
                failures.push(format!(
                    "{} {style}\n--- ours\n{ours}--- theirs\n{theirs}",
                    case["name"]
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}
