//! Templates against what helm 4.1.4's engine made of them: `helm/templates.json` of the shared cases.
//!
//! The cases of the suite `text/template` need no chart beyond its values: they run on the template engine alone.
//! Those of the suite `helm` need a renderer of charts.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

use std::path::PathBuf;

use gotemplate::{
    ExecError, Executor, Functions, Limits, Map, MissingKey, ParseError, Seeded, TemplateSet, Value,
};
use helm::chart::{File, from_files};
use helm::engine::{functions, templates};
use helm::values::coalesce_values;
use helm::{Compatibility, KubeVersion, Release};
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

/// The text of the case's file as a chart of Helm 4 renders it, with values merged by these rules.
fn render_chart(recorded: &Recorded, case: &Case, merging: Compatibility) -> Result<String, String> {
    const HELM: Compatibility = Compatibility::Helm4;
    const METADATA: &str =
        "apiVersion: v2\nname: mychart\nversion: 1.2.3\nappVersion: v9\nannotations: {a: b}\n";
    let file = |name: &str, data: &str| File {
        name: name.to_owned(),
        data: data.to_owned().into(),
    };
    let chart = from_files(vec![
        file("Chart.yaml", METADATA),
        file("values.yaml", &recorded.values),
        file("conf/a.txt", "l1\nl2\n"),
        file("conf/b.txt", "bee"),
        file("templates/t.yaml", &case.template),
    ])
    .expect("a chart");
    let values = coalesce_values(&chart, &Map::new(), merging).expect("values");
    let release = Release {
        name: "rel".to_owned(),
        namespace: "ns".to_owned(),
        ..Release::default()
    };
    let mut capabilities = HELM.capabilities();
    capabilities.kube_version = KubeVersion::parse("v1.35.0").expect("a version");
    let files = templates(&chart, &values, &release, &capabilities, HELM);
    let functions = functions(None);
    let environment = Seeded::from_system();
    let executor = Executor::new(&functions, &environment, Limits::default());
    let rendered = helm::engine::render(files, &functions, &executor, usize::MAX, HELM);
    let mut rendered = rendered.map_err(|error| error.to_string())?;
    let text = rendered.remove(FILE).expect("the file of the case");
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// 4.1 is like 4.2, but keeps nulls as Helm 3 does.
#[test]
fn helm_4_1() {
    run("helm", |recorded, case| {
        render_chart(recorded, case, Compatibility::Helm3)
    });
}

/// 4.2 leaves out the nulls of a chart's own values, which one of the recorded cases shows.
#[test]
fn helm_4_2() {
    run("helm", |recorded, case| {
        let rendered = render_chart(recorded, case, Compatibility::Helm4);
        if case.name != "toYaml_all" {
            return rendered;
        }
        let wanted = case.wanted().unwrap_or_default();
        let without_null: String = wanted
            .split_inclusive('\n')
            .filter(|line| line.trim() != "nul: null")
            .collect();
        assert_eq!(rendered.as_deref(), Ok(without_null.as_str()));
        Ok(wanted.to_owned())
    });
}

#[test]
fn text_template() {
    run("text/template", render_plain);
}
