//! Inputs that the fuzzer once found worth keeping, each of its own sort, and the recorded cases.

mod checks;

use serde_json::Value;

#[test]
fn field_sets_of_the_corpus_hold() {
    let texts = checks::values("corpus/field-sets.jsonl");
    let sets = texts
        .iter()
        .filter_map(|text| checks::field_set(text.as_str().expect("each line is a text")).0);
    let sets: Vec<_> = sets.collect();
    for (a, b) in sets.iter().zip(sets.iter().skip(1)) {
        checks::algebra(a, b);
        checks::algebra(b, a);
    }
}

#[test]
fn applies_of_the_corpus_hold() {
    let predictor = checks::predictor();
    let cases: Vec<Value> = ["corpus/applies.jsonl", "cases.jsonl"]
        .into_iter()
        .flat_map(checks::values)
        .collect();
    for case in &cases {
        checks::apply(&predictor, case);
    }
}
