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
        let files = case
            .files
            .into_iter()
            .map(|(file, text)| (file, text.into_bytes()))
            .collect();
        let found = Manifests::from_files(&files, Compatibility::Helm4, &Cancellation::default())
            .map(|manifests| print(&[], &manifests.objects, &manifests.hooks, printed))
            .map_err(|error| error.to_string());
        assert_eq!(found.as_ref().ok(), case.out.as_ref(), "{}", case.name);
        assert_eq!(found.err(), case.err, "{}", case.name);
    }
}

#[test]
fn definitions_come_first() {
    let manifest = |file: &str, content: &str| Manifest {
        file: file.to_owned(),
        kind: String::new(),
        content: content.to_owned(),
        events: Vec::new(),
    };
    let printed = print(
        &[manifest("c/crds/x.yaml", "x: 1")],
        &[manifest("a", "a: 1\n")],
        &[],
        Printed::Hooks,
    );
    assert_eq!(
        printed,
        "---\n# Source: c/crds/x.yaml\nx: 1\n---\n# Source: a\na: 1\n"
    );
}
