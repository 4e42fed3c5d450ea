//! Templates against what helm 4.1.4's engine made of them: `helm/templates.json` of the shared cases.
//!
//! The cases of the suite `text/template` need no chart beyond its values: they run on the template engine alone.
//! Those of the suite `helm` need a renderer of charts.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

use std::path::PathBuf;

use gotemplate::{
    ExecError, Executor, Functions, Limits, MissingKey, ParseError, Seeded, TemplateSet, Value,
};
use serde::Deserialize;
use serde_json::json;

const FILE: &str = "mychart/templates/t.yaml";

#[derive(Deserialize)]
struct Recorded {
    values: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    suite: String,
    template: String,
    out: Option<String>,
    err: Option<String>,
}

impl Case {
    fn wanted(&self) -> Result<&str, &str> {
        self.out
            .as_deref()
            .ok_or_else(|| self.err.as_deref().unwrap_or_default())
    }
}

/// The recorded cases; `None`, with a line saying so, where the shared cases are absent.
fn recorded() -> Option<Recorded> {
    let root = std::env::var_os("GLOPS_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
        PathBuf::from,
    );
    let file = root.join("helm/templates.json");
    let Ok(text) = std::fs::read(&file) else {
        println!("skipped: no cases at {}", file.display());
        return None;
    };
    Some(serde_json::from_slice(&text).expect("the cases are JSON"))
}

/// Runs the cases of a suite and prints how many pass.
fn run(suite: &str, render: impl Fn(&Recorded, &Case) -> Result<String, String>) {
    let Some(recorded) = recorded() else { return };
    let cases = recorded.cases.iter().filter(|case| case.suite == suite);
    let (mut passed, mut failures) = (0, Vec::new());
    for case in cases {
        let got = render(&recorded, case);
        let (got, wanted) = (got.as_deref().map_err(String::as_str), case.wanted());
        if got == wanted {
            passed += 1;
        } else {
            let kind = if got.is_err() && wanted.is_err() {
                "fails, but with another text"
            } else {
                "differs"
            };
            failures.push(format!(
                "{}: {kind}\n  wanted {wanted:?}\n  got    {got:?}",
                case.name
            ));
        }
    }
    println!("{suite}: {passed} passed, {} failed", failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The text of a file as helm's engine gives it, by the template engine alone.
fn render_plain(recorded: &Recorded, case: &Case) -> Result<String, String> {
    let functions = Functions::sprig();
    let mut set = TemplateSet::new("gotpl").with_missing_key(MissingKey::Zero);
    set.parse(FILE, &case.template, &functions)
        .map_err(|error| parse_error(&error))?;
    let values = yaml::from_slice(recorded.values.as_bytes(), yaml::Reader::V2).expect("the values are YAML");
    let data = Value::from_json(&json!({ "Values": values }));
    let environment = Seeded::from_system();
    let executor = Executor::new(&functions, &environment, Limits::default());
    let out = executor
        .execute(&set, FILE, &data)
        .map_err(|error| exec_error(&error))?;
    Ok(String::from_utf8_lossy(&out).replace("<no value>", ""))
}

/// Helm shows the place and the last part of the text.
fn parse_error(error: &ParseError) -> String {
    let message = error.message.rsplit(": ").next().unwrap_or_default();
    format!("parse error at ({}:{}): {message}", error.name, error.line)
}

/// Helm unfolds errors of evaluation, and leaves those of functions as they are.
fn exec_error(error: &ExecError) -> String {
    let text = error.to_string();
    let Some(place) = error.location().filter(|_| error.cause().is_none()) else {
        return text;
    };
    let place = format!("{}:{}:{}", place.file, place.line, place.column);
    let rest = text
        .strip_prefix(&format!("template: {place}: "))
        .unwrap_or(&text);
    match rest.split_once(">: ") {
        Some((executing, message)) => format!("{place}\n  {executing}>:\n    {message}"),
        None => text,
    }
}

#[test]
fn text_template() {
    run("text/template", render_plain);
}
