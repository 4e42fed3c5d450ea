//! Looks for input that breaks the crate: `fuzz field-sets|apply [--seconds N] [--seed N]`.
//!
//! Input is made from the recorded cases by random changes, the same for the same seed. Whatever the input,
//! nothing may panic; what was written reads back the same; and an apply that was predicted, applied again,
//! changes no ownership.

#![expect(clippy::print_stdout, reason = "an example reports to its user")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use structured_merge::migration::migration_patch;
use structured_merge::{ApplyOptions, FieldSet, ManagedFieldsEntry, Outcome, Predictor, unchanged};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse::<u64>().ok()
    };
    let mut random = Random(number("--seed").unwrap_or(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let end = Instant::now() + Duration::from_secs(number("--seconds").unwrap_or(10));
    let mut inputs = 0_u64;
    let mut step: Box<dyn FnMut(&mut Random)> = match arguments.get(1).map(String::as_str) {
        Some("field-sets") => field_sets(),
        Some("apply") => applies(),
        _ => {
            println!("fuzz field-sets|apply [--seconds N] [--seed N]");
            return;
        }
    };
    while Instant::now() < end {
        step(&mut random);
        inputs += 1;
    }
    println!("{inputs} inputs, nothing found");
}

/// A small generator of which each run is the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn recorded() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/ssa")
}

fn cases() -> Vec<Value> {
    let text = fs::read_to_string(recorded().join("cases.jsonl"))
        .expect("the recorded cases are part of the project");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is a case"))
        .collect()
}

fn entries(case: &Value) -> impl Iterator<Item = &Value> {
    case.pointer("/live/metadata/managedFields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn field_sets() -> Box<dyn FnMut(&mut Random)> {
    let cases = cases();
    let texts: Vec<String> = cases
        .iter()
        .flat_map(entries)
        .map(|entry| entry["fieldsV1"].to_string())
        .collect();
    Box::new(move |random| {
        let mut sets = Vec::new();
        for _ in 0..2 {
            let text = random.pick::<String>(&texts);
            let text = broken_text(text, random);
            let Ok(set) = FieldSet::from_json(&text) else {
                continue;
            };
            let written = set.to_json();
            let again = FieldSet::from_json(&written).expect("what was written can be read");
            assert_eq!(again.to_json(), written, "written twice, from {text}");
            sets.push(set);
        }
        if let [a, b] = sets.as_slice() {
            let rest = a.difference(b).union(&a.intersection(b));
            assert_eq!(rest.to_json(), a.to_json(), "parts of {}", a.to_json());
            assert!(a.recursive_difference(b).difference(a).is_empty());
            assert!(a.leaves().difference(a).is_empty());
        }
    })
}

fn broken_text(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.below(6) {
        let place = random.below(bytes.len());
        match random.below(5) {
            0 => bytes.truncate(place),
            1 => bytes.insert(place, *random.pick(b"{}[]\":,.\\fkvi01e-")),
            2 if place < bytes.len() => bytes[place] = *random.pick(b"{}[]\":,.\\fkvi01e-"),
            3 if place < bytes.len() => {
                let part = bytes[place..].to_vec();
                bytes.splice(place..place, part);
            }
            _ => {
                let end = (place + random.below(20)).min(bytes.len());
                bytes.drain(place.min(end)..end);
            }
        }
        bytes.truncate(1 << 20);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn applies() -> Box<dyn FnMut(&mut Random)> {
    let mut predictor = Predictor::new();
    for file in fs::read_dir(recorded().join("openapi")).expect("the schemas are part of the project") {
        let path = file.expect("the schemas are part of the project").path();
        let text = fs::read_to_string(path).expect("the schemas are part of the project");
        let document = serde_json::from_str(&text).expect("the schemas are JSON");
        predictor
            .add_open_api(&document, |_| true)
            .expect("the documents hold schemas");
    }
    let cases = cases();
    Box::new(move |random| {
        let case = random.pick(&cases);
        let manager = case["apply"]["manager"].as_str().unwrap_or_default();
        let options = ApplyOptions {
            manager,
            force: random.below(2) == 0,
            time: None,
        };
        let mut live = case["live"].clone();
        let mut config = case["apply"]["config"].clone();
        for _ in 0..random.below(4) {
            change(&mut live, random);
        }
        for _ in 0..random.below(4) {
            change(&mut config, random);
        }
        // what is named by another kind would only be refused
        for name in ["apiVersion", "kind"] {
            if let (Some(config), true) = (config.as_object_mut(), random.below(20) > 0) {
                config.insert(name.to_owned(), case["apply"]["config"][name].clone());
            }
        }
        let _ = unchanged(&config, &live, manager);
        let _ = migration_patch(&live, manager, |name| name.starts_with("kubectl"));
        let live = Some(&live).filter(|live| !live.is_null());
        if let Outcome::Applied(applied) = predictor.predict(live, &config, options) {
            let _ = applied.explain(live, manager);
            let mut object = applied.object;
            if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                let entries = applied
                    .managed_fields
                    .iter()
                    .map(ManagedFieldsEntry::to_value)
                    .collect();
                metadata.insert("managedFields".to_owned(), entries);
            }
            if let Outcome::Applied(again) = predictor.predict(Some(&object), &config, options) {
                let own = |entries: &[ManagedFieldsEntry]| {
                    let own = entries
                        .iter()
                        .find(|entry| entry.manager == manager && entry.operation.as_str() == "Apply");
                    own.map(|entry| entry.fields.to_json())
                };
                assert_eq!(
                    own(&again.managed_fields),
                    own(&applied.managed_fields),
                    "applied again: {config}"
                );
            }
        }
    })
}

/// Changes one value somewhere below.
fn change(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(fields) if !fields.is_empty() && random.below(8) > 0 => {
            let place = random.below(fields.len());
            let Some(name) = fields.keys().nth(place).cloned() else {
                return;
            };
            match random.below(12) {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert(format!("{name}2"), any(random))),
                _ => {
                    if let Some(field) = fields.get_mut(&name) {
                        change(field, random);
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() && random.below(8) > 0 => {
            let place = random.below(items.len());
            match random.below(8) {
                0 => drop(items.remove(place)),
                1 => items.push(items[place].clone()),
                2 => items.reverse(),
                3 => items.insert(place, any(random)),
                _ => change(&mut items[place], random),
            }
        }
        other => *other = any(random),
    }
}

fn any(random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(random.below(70_000)),
        3 => json!(-1.5),
        4 => json!(u64::MAX),
        5 => json!("100m"),
        6 => json!(""),
        7 => json!("a\u{0}\"<\u{2028}"),
        8 => Value::Array(Vec::new()),
        9 => Value::Object(Map::new()),
        10 => json!([{"name": "a"}, {"name": "a"}, null, 1]),
        _ => json!({"name": {"name": [[]]}, "k:{": {}}),
    }
}
