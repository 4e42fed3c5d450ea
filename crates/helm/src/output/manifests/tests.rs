use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    files: BTreeMap<String, String>,
    args: Vec<String>,
    out: Option<String>,
    err: Option<String>,
}

#[test]
fn files_are_printed_as_helm_prints_them() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../../testdata/output.json")).expect("cases");
    for case in cases {
        let printed = match case.args.first().map(String::as_str) {
            Some("--no-hooks") => Printed::Objects,
            Some("--skip-tests") => Printed::HooksWithoutTests,
            _ => Printed::Hooks,
        };
        let found = Manifests::from_files(&case.files)
            .map(|manifests| manifests.print(&[], printed))
            .map_err(|error| error.to_string());
        assert_eq!(found.as_ref().ok(), case.out.as_ref(), "{}", case.name);
        assert_eq!(found.err(), case.err, "{}", case.name);
    }
}

#[test]
fn definitions_come_first() {
    let files = BTreeMap::from([("a".to_owned(), "a: 1\n".to_owned())]);
    let manifests = Manifests::from_files(&files).expect("manifests");
    let definitions = [("c/crds/x.yaml".to_owned(), "x: 1".to_owned())];
    assert_eq!(
        manifests.print(&definitions, Printed::Hooks),
        "---\n# Source: c/crds/x.yaml\nx: 1\n---\n# Source: a\na: 1\n"
    );
}
