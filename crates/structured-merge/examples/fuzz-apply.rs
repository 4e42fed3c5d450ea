//! Looks for input that breaks the crate: `fuzz-apply field-sets|apply [--seconds N] [--seed N] [--keep FILE]`.
//!
//! Input is made from the recorded cases and the corpus by random changes, the same for the same seed. What must hold
//! is in `tests/fuzzed/checks.rs`. `--keep` writes the smallest input of each sort that was met, for the corpus.

#![expect(clippy::print_stdout, reason = "an example reports to its user")]

#[path = "../tests/fuzzed/checks.rs"]
mod checks;

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// The smallest input of each sort, as it is written.
type Sorts = BTreeMap<String, String>;

/// Makes and checks one input.
type Step = Box<dyn FnMut(&mut Random, &mut Sorts)>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let number = |name: &str| value(name)?.parse::<u64>().ok();
    let mut random = Random(number("--seed").unwrap_or(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let end = Instant::now() + Duration::from_secs(number("--seconds").unwrap_or(10));
    let mut step: Step = match arguments.get(1).map(String::as_str) {
        Some("field-sets") => field_sets(),
        Some("apply") => applies(),
        _ => {
            println!("fuzz-apply field-sets|apply [--seconds N] [--seed N] [--keep FILE]");
            return;
        }
    };
    let (mut inputs, mut sorts) = (0_u64, Sorts::new());
    while Instant::now() < end {
        step(&mut random, &mut sorts);
        inputs += 1;
    }
    println!("{inputs} inputs of {} sorts, nothing found", sorts.len());
    if let Some(file) = value("--keep") {
        let lines: String = sorts.values().map(|input| format!("{input}\n")).collect();
        fs::write(file, lines).expect("the file can be written");
    }
}

fn keep(sorts: &mut Sorts, sort: String, input: &Value) {
    let input = input.to_string();
    let kept = sorts.entry(sort).or_insert_with(|| input.clone());
    if input.len() < kept.len() {
        *kept = input;
    }
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

fn entries(case: &Value) -> impl Iterator<Item = &Value> {
    case.pointer("/live/metadata/managedFields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn field_sets() -> Step {
    let cases = checks::values("cases.jsonl");
    let recorded = cases
        .iter()
        .flat_map(entries)
        .map(|entry| entry["fieldsV1"].to_string());
    let mut texts: Vec<String> = recorded.collect();
    let kept = checks::values("corpus/field-sets.jsonl");
    texts.extend(kept.iter().filter_map(Value::as_str).map(str::to_owned));
    Box::new(move |random, sorts| {
        let mut sets = Vec::new();
        for _ in 0..2 {
            let text = random.pick::<String>(&texts);
            let text = broken_text(text, random);
            let (set, sort) = checks::field_set(&text);
            keep(sorts, sort, &text.into());
            sets.extend(set);
        }
        if let [a, b] = sets.as_slice() {
            checks::algebra(a, b);
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

fn applies() -> Step {
    let predictor = checks::predictor();
    let mut cases = checks::values("cases.jsonl");
    cases.extend(checks::values("corpus/applies.jsonl"));
    Box::new(move |random, sorts| {
        let recorded = random.pick(&cases);
        let mut live = recorded["live"].clone();
        let mut config = recorded["apply"]["config"].clone();
        for _ in 0..random.below(4) {
            change(&mut live, random);
        }
        for _ in 0..random.below(4) {
            change(&mut config, random);
        }
        // what is named by another kind would only be refused
        for name in ["apiVersion", "kind"] {
            if let (Some(config), true) = (config.as_object_mut(), random.below(20) > 0) {
                config.insert(name.to_owned(), recorded["apply"]["config"][name].clone());
            }
        }
        let apply =
            json!({"manager": recorded["apply"]["manager"], "force": random.below(2) == 0, "config": config});
        let case = json!({"live": live, "apply": apply});
        let sort = checks::apply(&predictor, &case);
        keep(sorts, sort, &case);
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
