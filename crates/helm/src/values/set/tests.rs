use gotemplate::{Executor, Functions, Limits, Map, Seeded, TemplateSet, Value};
use proptest::prelude::*;

use super::*;

/// What the recorded template prints of values.
pub(crate) fn shown(values: &Map) -> String {
    executed("{{ toJson . }}", values)
}

fn executed(template: &str, values: &Map) -> String {
    let functions = Functions::sprig();
    let mut templates = TemplateSet::new("test");
    templates.parse("t", template, &functions).expect("it parses");
    let environment = Seeded::from_system();
    let executor = Executor::new(&functions, &environment, Limits::default());
    let out = executor.execute(&templates, "t", &Value::Map(values.clone()));
    String::from_utf8(out.expect("it executes")).expect("it is text")
}

#[test]
fn every_recorded_assignment_gives_what_helm_gives() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../testdata/set.json")).expect("cases");
    let mut wrong = Vec::new();
    for case in &cases {
        let values = Map::new();
        let form = match case["option"].as_str() {
            Some("set-string") => SetForm::Text,
            Some("set-literal") => SetForm::Literal,
            Some("set-json") => SetForm::Json,
            _ => SetForm::Typed,
        };
        let text = case["text"].as_str().unwrap_or_default();
        let (found, expected) = match set(&values, text, &form) {
            Ok(()) => (shown(&values), &case["out"]),
            Err(error) => (error.to_string(), &case["err"]),
        };
        if expected != &found {
            wrong.push(format!("{text}: {found}, not {case}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn integers_are_int64_and_json_numbers_float64() {
    let values = Map::new();
    set(&values, "a=1", &SetForm::Typed).expect("it is set");
    set(&values, "b=1", &SetForm::Json).expect("it is set");
    assert_eq!(
        executed(r#"{{ printf "%T %T" .a .b }}"#, &values),
        "int64 float64"
    );
}

#[test]
fn a_file_is_read_by_the_caller() {
    let values = Map::new();
    let read = |path: &str| match path {
        "there" => Ok("content\n".into()),
        other => Err(format!("open {other}: no such file or directory")),
    };
    set(&values, "a.b=there", &SetForm::File(&read)).expect("it is set");
    assert_eq!(shown(&values), r#"{"a":{"b":"content\n"}}"#);
    let error = set(&values, "a=gone", &SetForm::File(&read)).expect_err("no such file");
    assert_eq!(error.to_string(), "open gone: no such file or directory");
}

#[test]
fn indexes_do_not_nest_without_end() {
    let text = format!("a{}=1", "[0]".repeat(100_000));
    assert_eq!(
        set(&Map::new(), &text, &SetForm::Typed),
        Err(SetError::TooManyIndexes)
    );
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in r"[ab.,=\[\]{}0-9\\ \x22é-]{0,40}") {
        for form in [SetForm::Typed, SetForm::Text, SetForm::Literal, SetForm::Json] {
            let _ = set(&Map::new(), &text, &form);
        }
    }
}
