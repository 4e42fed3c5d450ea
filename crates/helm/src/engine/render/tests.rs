use gotemplate::{Limits, Seeded};
use serde::Deserialize;

use super::*;
use crate::engine::functions;

#[derive(Deserialize)]
struct Recorded {
    values: serde_json::Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    template: String,
    out: Option<String>,
    err: Option<String>,
}

fn rendered(files: Vec<Template>) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let functions = functions(None);
    let environment = Seeded::from_system();
    let executor = Executor::new(&functions, &environment, Limits::default());
    render(
        files,
        &functions,
        &executor,
        usize::MAX,
        crate::Compatibility::Helm4,
    )
}

fn file(name: &str, text: &str, values: &serde_json::Value) -> Template {
    Template {
        name: name.to_owned(),
        text: text.to_owned().into(),
        data: Map::from_iter([("Values", Value::from_json(values))]),
        base_path: "c/templates".to_owned(),
    }
}

#[test]
fn templates_give_what_helm_gives() {
    let recorded: Recorded =
        serde_json::from_str(include_str!("../../../testdata/engine.json")).expect("cases");
    let mut wrong = Vec::new();
    for case in recorded.cases {
        let name = "c/templates/t.yaml";
        let found = rendered(vec![file(name, &case.template, &recorded.values)]);
        let found = found
            .map(|files| String::from_utf8_lossy(&files[name]).trim_end().to_owned())
            .map_err(|error| error.to_string());
        let expected = case
            .out
            .map(|out| out.trim_end().to_owned())
            .ok_or(case.err.unwrap_or_default());
        if found != expected {
            wrong.push(format!("{}\n  {found:?}\n  {expected:?}", case.template));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_definition_nearest_to_the_root_wins() {
    let values = serde_json::json!({});
    let text = r#"{{ define "who" }}root{{ end }}"#;
    let files = rendered(vec![
        file("c/templates/_a.tpl", text, &values),
        file(
            "c/charts/s/templates/_a.tpl",
            &text.replace("root", "sub"),
            &values,
        ),
        file("c/charts/s/templates/t.yaml", r#"{{ include "who" . }}"#, &values),
    ]);
    let files = files.expect("it renders");
    assert_eq!(files.len(), 1);
    assert_eq!(files["c/charts/s/templates/t.yaml"], b"root");
}
