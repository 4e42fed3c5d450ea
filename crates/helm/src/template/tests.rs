use manifest::{Tree, TreePath};

use super::*;
use crate::values::Sources;

const CHART: &str = "apiVersion: v2\nname: c\nversion: 1.0.0\nappVersion: \"7\"\n";

fn rendered(files: &[(&str, &str)], options: &Options) -> Result<Rendered, String> {
    let all = [("Chart.yaml", CHART)].iter().chain(files);
    let tree = Tree::from_files(all.map(|(name, text)| (*name, (*text).to_owned()))).expect("paths");
    template(&tree, &TreePath::root(), options).map_err(|error| error.helm_text())
}

fn text(files: &[(&str, &str)]) -> String {
    rendered(files, &Options::default())
        .unwrap_or_else(|error| panic!("{error}"))
        .text
}

#[test]
fn a_chart_is_printed_with_its_subcharts_and_hooks() {
    let printed = text(&[
        ("values.yaml", "a: 1\n"),
        (
            "templates/a.yaml",
            "kind: Zed\na: {{ .Values.a }}{{ .Release.Name }}{{ .Chart.AppVersion }}\n",
        ),
        (
            "templates/h.yaml",
            "kind: Job\nmetadata: {annotations: {helm.sh/hook: test}}\n",
        ),
        ("templates/NOTES.txt", "note"),
        ("charts/s/Chart.yaml", "name: s\nversion: 1.0.0\n"),
        (
            "charts/s/templates/s.yaml",
            "kind: ConfigMap\nn: {{ .Template.Name }}\n",
        ),
    ]);
    assert_eq!(
        printed,
        "---\n# Source: c/charts/s/templates/s.yaml\nkind: ConfigMap\nn: c/charts/s/templates/s.yaml\n\n\
         ---\n# Source: c/templates/a.yaml\nkind: Zed\na: 1release-name7\n\
         ---\n# Source: c/templates/h.yaml\nkind: Job\nmetadata: {annotations: {helm.sh/hook: test}}\n\n"
    );
}

#[test]
fn generated_fields_are_found() {
    let secret = "kind: Secret\nmetadata: {name: s}\ndata:\n  fixed: a\n  drawn: {{ randAlphaNum 20 }}\n";
    let options = Options {
        find_generated: true,
        ..Options::default()
    };
    let rendered = rendered(&[("templates/s.yaml", secret)], &options).expect("it renders");
    let pointers: Vec<_> = rendered
        .generated
        .iter()
        .map(|field| field.pointer.as_str())
        .collect();
    assert_eq!(pointers, ["/data/drawn"]);
    assert_eq!(rendered.generated[0].name, "s");
}

#[test]
fn one_seed_gives_one_text() {
    let options = Options {
        randomness: Randomness::Seeded {
            seed: 7,
            clock: std::time::SystemTime::UNIX_EPOCH,
        },
        ..Options::default()
    };
    let files = [(
        "templates/s.yaml",
        "a: {{ randAlphaNum 20 }}{{ now | unixEpoch }}{{ uuidv4 }}",
    )];
    let render = || rendered(&files, &options).expect("it renders").text;
    assert_eq!(render(), render());
}

#[test]
fn errors_are_those_of_helm() {
    let failure = |files: &[(&str, &str)], values: &str| {
        let options = Options {
            values: Sources {
                set: vec![values.to_owned()],
                ..Sources::default()
            },
            ..Options::default()
        };
        rendered(files, &options).err().unwrap_or_default()
    };
    let chart = |more: &str| format!("{CHART}{more}");
    let of_chart = |more: &str| failure(&[("Chart.yaml", &chart(more))], "");
    assert_eq!(of_chart("type: library\n"), "library charts are not installable");
    assert_eq!(
        of_chart("dependencies: [{name: x, version: 1}, {name: z, version: 1}]\n"),
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to \
         fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: x, z"
    );
    assert_eq!(
        of_chart("kubeVersion: '>=2'\n"),
        "chart requires kubeVersion: >=2 which is incompatible with Kubernetes v1.36.0\n\n\
         Use --debug flag to render out invalid YAML"
    );
    assert_eq!(
        failure(&[], "a"),
        "failed parsing --set data: key \"a\" has no value"
    );
    assert_eq!(
        failure(&[("templates/a.yaml", "{{ fail \"no\" }}")], ""),
        "execution error at (c/templates/a.yaml:1:3): no\n\nUse --debug flag to render out invalid YAML"
    );
}

#[test]
fn values_that_hold_themselves_are_rendered() {
    let text = text(&[
        ("values.yaml", "a: {b: 1}\n"),
        (
            "templates/a.yaml",
            "{{ $_ := set .Values.a \"self\" .Values }}a: {{ .Values.a.self.a.b }}\n",
        ),
        ("templates/b.yaml", "b: {{ .Values.a.b }}\n"),
    ]);
    assert_eq!(
        text,
        "---\n# Source: c/templates/a.yaml\na: 1\n\n---\n# Source: c/templates/b.yaml\nb: 1\n"
    );
}
