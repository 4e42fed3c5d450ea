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

#[test]
fn what_a_cluster_serves_takes_the_place_of_what_helm_knows() {
    let files = [(
        "templates/a.yaml",
        "{{ range list \"apps/v1\" \"example.com/v1\" \"example.com/v1/Shop\" \"more/v1\" }}\
         {{ . }}: {{ $.Capabilities.APIVersions.Has . }}\n{{ end }}",
    )];
    let known = |served: Option<&[&str]>| {
        let options = Options {
            served: served.map(|served| served.iter().map(ToString::to_string).collect()),
            api_versions: vec!["more/v1".to_owned()],
            ..Options::default()
        };
        let text = rendered(&files, &options).expect("it renders").text;
        let is_there = |line: &str| line.ends_with("true");
        text.lines().skip(2).map(is_there).collect::<Vec<_>>()
    };
    assert_eq!(known(None), [true, false, false, true]);
    let served = ["example.com/v1", "example.com/v1/Shop"];
    assert_eq!(known(Some(&served)), [false, true, true, true]);
}

/// A value that must be in no outline.
const PLANTED: &str = "pl4nt3d";

/// Both texts of the failure of a chart of which each file may hold the value.
fn failure(files: &[(&str, &str)]) -> (String, String) {
    let all = [
        ("Chart.yaml", CHART),
        ("values.yaml", "secret: pl4nt3d\nnumber: 77512\n"),
    ];
    let all = all.iter().chain(files);
    let tree = Tree::from_files(all.map(|(name, text)| (*name, (*text).to_owned()))).expect("paths");
    let error = template(&tree, &TreePath::root(), &Options::default()).err();
    let error = error.unwrap_or_else(|| panic!("{files:?} renders"));
    assert!(!format!("{error:?}").contains(PLANTED), "{error:?}");
    (error.helm_text(), error.outline())
}

#[test]
fn outlines_name_the_place_and_no_value() {
    let mut different = Vec::new();
    for (template, outline) in [
        (
            "{{ fail (printf \"no %s\" .Values.secret) }}",
            "template: c/templates/a.yaml:1:3: executing \"c/templates/a.yaml\" at <fail (printf … .Values.secret)>: \
             error calling fail",
        ),
        (
            "x\n{{ required .Values.secret .Values.nothing }}",
            "template: c/templates/a.yaml:2:3: executing \"c/templates/a.yaml\" at <required .Values.secret \
             .Values.nothing>: error calling required",
        ),
        (
            "{{ define \"t\" }}{{ \"pl4nt3d\" | atoi | fail }}{{ end }}{{ include \"t\" . }}",
            "template: c/templates/a.yaml:1:57: executing \"c/templates/a.yaml\" at <include … .>: error calling \
             include: template: c/templates/a.yaml:1:38: executing \"t\" at <fail>: wrong type for value; expected \
             string; got int",
        ),
        (
            "{{ range .Values.secret }}pl4nt3d{{ end }}",
            "template: c/templates/a.yaml:1:16: executing \"c/templates/a.yaml\" at <.Values.secret>",
        ),
        (
            "{{ tpl \"{{ .Values.pl4nt3d.deep }}\" . }}",
            "template: c/templates/a.yaml:1:3: executing \"c/templates/a.yaml\" at <tpl … .>: error calling tpl: \
             template: gotpl:1:10: executing a text of the data",
        ),
        (
            "{{ tpl \"{{ pl4nt3d }}\" . }}",
            "template: c/templates/a.yaml:1:3: executing \"c/templates/a.yaml\" at <tpl … .>: error calling tpl: \
             template: gotpl:1: function \"…\" not defined",
        ),
        (
            "{{ include .Values.secret . }}",
            "template: c/templates/a.yaml:1:3: executing \"c/templates/a.yaml\" at <include .Values.secret .>: error \
             calling include: template: it cannot be executed",
        ),
        (
            "{{ .Values.secret.deep }}",
            "template: c/templates/a.yaml:1:10: executing \"c/templates/a.yaml\" at <.Values.secret.deep>: can't \
             evaluate field deep in type interface {}",
        ),
        (
            "a: b\n{{ if pl4nt3d }}",
            "parse error at (c/templates/a.yaml:2): function \"…\" not defined",
        ),
        (
            "a: *{{ .Values.secret }}",
            "YAML parse error on c/templates/a.yaml: line 1, column 4: unknown anchor '…' referenced",
        ),
        (
            "kind: Secret\nmetadata: [{{ .Values.secret }}]",
            "YAML parse error on c/templates/a.yaml: error unmarshaling JSON: while decoding JSON: json: cannot \
             unmarshal array into Go struct field SimpleHead.metadata of type struct { Name string \
             \"json:\\\"name\\\"\"; Annotations map[string]string \"json:\\\"annotations\\\"\" }",
        ),
    ] {
        let (whole, found) = failure(&[("templates/a.yaml", template)]);
        if found != outline {
            different.push(format!("{template}\nhelm: {whole}\noutline: {found}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}

#[test]
fn outlines_of_values_and_schemas_hold_no_value() {
    let values = "a: pl4nt3d\nb: pl4nt3d\nc: pl4nt3d\ne: 77512\nf: 77512\n";
    let schema = r#"{"properties": {
        "a": {"pattern": "^x"}, "b": {"maxLength": 3}, "c": {"enum": ["a"]},
        "e": {"type": "string"}, "f": {"maximum": 9}}, "required": ["other"]}"#;
    let (whole, outline) = failure(&[("values.schema.json", schema), ("values.yaml", values)]);
    assert!(whole.contains("'pl4nt3d' does not match pattern"), "{whole}");
    assert!(whole.contains("77,512"), "{whole}");
    for expected in [
        "at '/a': 'pattern' failed",
        "at '/b': 'maxLength' failed",
        "at '/c': 'enum' failed",
        "at '/e': got number, want string",
        "at '/f': 'maximum' failed",
        "missing property 'other'",
    ] {
        assert!(outline.contains(expected), "{outline}");
    }
    assert!(!outline.contains(PLANTED) && !outline.contains("77"), "{outline}");

    for (file, text, expected) in [
        (
            "values.yaml",
            "a: *pl4nt3d",
            "cannot load values.yaml: cannot unmarshal yaml document: line 1",
        ),
        ("Chart.yaml", "name: *pl4nt3d", "cannot load Chart.yaml: line 1"),
        (
            "Chart.yaml",
            "name: c\nkeywords: pl4nt3d",
            "cannot load Chart.yaml: a field has a type",
        ),
        (
            "charts/s/values.yaml",
            "pl4nt3d",
            "error unpacking subchart s in c: ",
        ),
    ] {
        let chart = ("charts/s/Chart.yaml", "name: s\nversion: 1.0.0\n");
        let (_, outline) = failure(&[chart, (file, text)]);
        assert!(outline.starts_with(expected), "{outline}");
        assert!(!outline.contains(PLANTED), "{outline}");
    }
}

#[test]
fn the_chart_of_helm_3_is_a_struct() {
    let options = Options {
        compatibility: crate::Compatibility::Helm3,
        ..Options::default()
    };
    let of = |template: &str| rendered(&[("templates/a.yaml", template)], &options);
    let text = of("a: {{ .Chart.Name }}{{ .Chart.IsRoot }}\nb: {{ toJson .Chart }}\n").expect("it renders");
    assert!(text.text.ends_with(
        "a: ctrue\nb: {\"IsRoot\":true,\"apiVersion\":\"v2\",\"appVersion\":\"7\",\"name\":\"c\",\"version\":\"1.0.0\"}\n"
    ), "{}", text.text);
    assert_eq!(
        of("{{ .Chart.Nothing }}").err().as_deref(),
        Some(
            "template: c/templates/a.yaml:1:9: executing \"c/templates/a.yaml\" at <.Chart.Nothing>: can't evaluate \
             field Nothing in type interface {}\n\nUse --debug flag to render out invalid YAML"
        )
    );
}

#[test]
fn certificates_have_the_parts_that_go_gives_them() {
    // a key's own identifier, that of the authority's key, "no authority", a printable name
    let template = r#"parts:
{{- $authority := genCA "authority" 1 }}{{ $one := genSignedCert "shop.example" nil (list "shop.example") 1 $authority }}
{{- $two := genSelfSignedCert "shop.example" nil nil 1 }}
{{- range list $authority $one $two }}
{{- $der := regexReplaceAll "-----[A-Z ]+-----|\n" .Cert "" | b64dec }}
- [{{ contains "\x06\x03\x55\x1d\x0e" $der }}, {{ contains "\x06\x03\x55\x1d\x23" $der }}, {{ contains "\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00" $der }}, {{ contains "\x13\x0cshop.example" $der }}]
{{- end }}
"#;
    let text = text(&[("templates/a.yaml", template)]);
    let parts: Vec<&str> = text.lines().filter(|line| line.starts_with("- [")).collect();
    assert_eq!(
        parts,
        [
            "- [true, false, false, false]",
            "- [false, true, true, true]",
            "- [false, false, true, true]"
        ]
    );
}
