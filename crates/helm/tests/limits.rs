//! What a chart may cost, and the words for one that costs more.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use gotemplate::Cancellation;
use helm::{Limits, Options, template};
use manifest::{Tree, TreePath};

const CHART: &str = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
const HINT: &str = "\n\nUse --debug flag to render out invalid YAML";

fn options(change: impl FnOnce(&mut Limits)) -> Options {
    let mut options = Options::default();
    change(&mut options.limits);
    options
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let all = [("Chart.yaml", CHART)].iter().chain(files);
    Tree::from_files(all.map(|(name, text)| (*name, (*text).to_owned()))).expect("paths")
}

fn rendered(tree: &Tree, options: &Options) -> Result<String, String> {
    template(tree, &TreePath::root(), options)
        .map(|rendered| rendered.text)
        .map_err(|error| error.helm_text().trim_end_matches(HINT).to_owned())
}

fn failure(files: &[(&str, &str)], options: &Options) -> String {
    rendered(&tree(files), options).expect_err("a limit")
}

/// Why a chart with one template fails.
fn failure_of(template: &str, options: &Options) -> String {
    failure(&[("templates/a.yaml", template)], options)
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, data) in files {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *data).expect("an entry");
    }
    let mut gzip = tar.into_inner().expect("a tar");
    gzip.flush().expect("it is written");
    gzip.finish().expect("a gzip")
}

fn failure_of_archive(files: &[(&str, &[u8])], options: &Options) -> String {
    let tree = Tree::from_files([("c.tgz", archive(files))]).expect("a path");
    let chart = TreePath::root().child("c.tgz");
    template(&tree, &chart, options)
        .err()
        .expect("a limit")
        .helm_text()
}

#[test]
fn templates_that_never_end_are_stopped_where_they_are() {
    assert_eq!(
        failure_of("\n  {{ range until 1000000000 }}{{ end }}", &Options::default()),
        "template: c/templates/a.yaml:2:11: executing \"c/templates/a.yaml\" at <until 1000000000>: \
         error calling until: template takes more than 50000000 steps"
    );
    assert_eq!(
        failure_of(
            "{{ range 2000 }}a{{ end }}",
            &options(|limits| limits.templates.steps = 1_000)
        ),
        "template: c/templates/a.yaml:1:16: executing \"c/templates/a.yaml\" at <a>: \
         template takes more than 1000 steps"
    );
}

#[test]
fn templates_that_include_themselves_are_stopped() {
    assert!(
        failure_of(
            "{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}",
            &Options::default()
        )
        .contains("rendering template has a nested reference name: x: unable to execute template")
    );
    assert!(
        failure_of("{{ include .Template.Name . }}", &Options::default())
            .contains("rendering template has a nested reference name: c/templates/a.yaml")
    );
    assert_eq!(
        failure_of(
            "{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}",
            &Options::default()
        ),
        "template: c/templates/a.yaml:1:28: executing \"x\" at <{{template \"x\" .}}>: \
         exceeded maximum template depth (5000)"
    );
    let again = "{{ tpl .Values.t . }}";
    let text = failure(
        &[
            ("templates/a.yaml", again),
            ("values.yaml", "t: '{{ tpl .Values.t . }}'\n"),
        ],
        &options(|limits| limits.templates.depth = 50),
    );
    assert!(text.contains("exceeded maximum template depth (50)"), "{text}");
}

#[test]
fn output_is_bounded() {
    assert_eq!(
        failure_of("a: {{ repeat 1000000000 \"x\" }}", &Options::default()),
        "template: c/templates/a.yaml:1:6: executing \"c/templates/a.yaml\" at <repeat 1000000000 \"x\">: \
         error calling repeat: text is longer than 67108864 bytes"
    );
    assert_eq!(
        failure(
            &[("templates/a.yaml", "a: 1\n"), ("templates/b.yaml", "b: 1\n")],
            &options(|limits| limits.output = 7)
        ),
        "execution error in (c/templates/a.yaml): all rendered files are larger than allowed"
    );
}

#[test]
fn expressions_that_explode_are_refused() {
    let text = failure_of(
        r#"a: {{ mustRegexMatch "((\\pL{100}){100}){100}" "a" }}"#,
        &Options::default(),
    );
    assert!(text.starts_with("template: c/templates/a.yaml:1:6: "), "{text}");
    assert!(text.contains("error parsing regexp: "), "{text}");
    let text = failure_of(
        r#"{{ mustRegexMatch "\\pL{20}" "a" }}"#,
        &options(|limits| limits.templates.regex = 1_000),
    );
    assert!(text.contains("expression too large: `\\pL{20}`"), "{text}");
    let linear = "a: {{ regexMatch \"^(a+)+$\" (print (repeat 100000 \"a\") \"b\") }}\n";
    assert_eq!(
        rendered(&tree(&[("templates/a.yaml", linear)]), &Options::default()).as_deref(),
        Ok("---\n# Source: c/templates/a.yaml\na: false\n")
    );
}

#[test]
fn a_render_can_be_cancelled_wherever_it_is() {
    let options = Options::default();
    options.cancellation.cancel();
    assert_eq!(failure(&[], &options), "loading was cancelled at Chart.yaml");
    let chart = || helm::chart::from_directory(&tree(&[("templates/a.yaml", "a: 1")]), &TreePath::root());
    let chart = chart().unwrap_or_else(|error| panic!("{error}"));
    let error = helm::template_chart(chart, &options)
        .err()
        .expect("it was cancelled");
    assert_eq!(error.helm_text(), "render was cancelled");
}

#[test]
fn a_render_that_runs_can_be_cancelled() {
    let cancellation = Cancellation::default();
    let mut options = options(|limits| limits.templates.steps = u64::MAX);
    options.cancellation = cancellation.clone();
    let endless =
        "{{ range until 1000 }}{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}{{ end }}";
    let running = std::thread::spawn(move || failure_of(endless, &options));
    cancellation.cancel();
    let text = running.join().expect("no panic");
    assert!(text.contains("cancelled"), "{text}");
}

#[test]
fn there_are_only_so_many_templates_files_and_charts() {
    let many = |count: usize| {
        let files = (0..count).map(|at| (format!("templates/{at}.yaml"), "a: 1\n".to_owned()));
        Tree::from_files(files.chain([("Chart.yaml".to_owned(), CHART.to_owned())])).expect("paths")
    };
    assert_eq!(
        rendered(&many(100_000), &Options::default()),
        Err("charts have more than 100000 files".to_owned())
    );
    assert_eq!(
        rendered(&many(60_000), &Options::default()),
        Err("chart has more than 50000 templates".to_owned())
    );
    assert_eq!(
        rendered(&many(10), &options(|limits| limits.files = 9)),
        Err("chart has more than 9 templates".to_owned())
    );
    assert_eq!(
        rendered(&many(10), &options(|limits| limits.charts.files = 10)),
        Err("charts have more than 10 files".to_owned())
    );
    assert_eq!(
        rendered(&many(10), &options(|limits| limits.charts.bytes = 50)),
        Err("charts have more than 50 bytes".to_owned())
    );
}

#[test]
fn aliases_of_aliases_do_not_explode() {
    let mut files = Vec::new();
    let mut folder = String::new();
    for level in 0..12 {
        let mut chart = String::from("apiVersion: v2\nname: s\nversion: 1.0.0\ndependencies:\n");
        for alias in 0..9 {
            writeln!(chart, "- {{name: s, version: '*', alias: a{level}{alias}}}")
                .expect("a String takes all");
        }
        files.push((format!("{folder}Chart.yaml"), chart));
        folder.push_str("charts/s/");
    }
    files.push((
        format!("{folder}Chart.yaml"),
        "name: s\nversion: 1.0.0\n".to_owned(),
    ));
    let tree = Tree::from_files(files).expect("paths");
    assert_eq!(
        rendered(&tree, &Options::default()),
        Err("chart has more than 1000 subcharts".to_owned())
    );
}

#[test]
fn archives_that_grow_are_refused() {
    let zeros = vec![0; 5 << 20];
    let many: Vec<(&str, &[u8])> = vec![("c/x", &zeros); 21];
    assert_eq!(
        failure_of_archive(&many, &Options::default()),
        "decompressed chart is larger than the maximum size 104857600"
    );
    let half: Vec<(&str, &[u8])> = vec![("s/x", &zeros); 19];
    let inner = archive(&half);
    let mut nested: Vec<(&str, &[u8])> = vec![("c/Chart.yaml", CHART.as_bytes())];
    nested.extend(["c/charts/a.tgz", "c/charts/b.tgz"].map(|name| (name, inner.as_slice())));
    let text = failure_of_archive(&nested, &options(|limits| limits.charts.bytes = 50 << 20));
    assert_eq!(
        text,
        "error unpacking subchart a.tgz in c: charts have more than 52428800 bytes"
    );
}

#[test]
fn nothing_outside_of_the_chart_is_reached() {
    assert_eq!(
        failure_of_archive(
            &[("c/Chart.yaml", CHART.as_bytes()), ("c/../../x", b"")],
            &Options::default()
        ),
        "chart illegally references parent directory: \"c/../../x\""
    );
    let files = [
        ("c/Chart.yaml", CHART),
        ("secret", "outside"),
        (
            "c/templates/a.yaml",
            "a: \"{{ .Files.Get \"../secret\" }}{{ .Files.Get \"/secret\" }}{{ range $p, $_ := .Files.Glob \"../**\" }}{{ $p }}{{ end }}\"\n",
        ),
    ];
    let tree = Tree::from_files(files.map(|(name, text)| (name, text.to_owned()))).expect("paths");
    let rendered = template(&tree, &TreePath::root().child("c"), &Options::default());
    assert_eq!(
        rendered.unwrap_or_else(|error| panic!("{error}")).text,
        "---\n# Source: c/templates/a.yaml\na: \"\"\n"
    );
}

#[test]
fn links_that_leave_the_tree_are_refused() {
    let mut files = manifest::tree::MemoryTree::from_files([("Chart.yaml", CHART)]).expect("a path");
    files.insert_link(&TreePath::root().child("link.txt"), "../../etc/passwd");
    let text = rendered(&Tree::new(files), &Options::default()).expect_err("it leaves the tree");
    assert!(text.starts_with("failed to read chart: "), "{text}");
    assert!(text.contains("link.txt"), "{text}");
}

#[test]
fn values_of_great_depth_end_in_an_error_or_a_text() {
    let deep = |levels: usize| format!("a: {}{}\n", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(
        failure(&[("values.yaml", &deep(1_000_000))], &Options::default()),
        "cannot load values.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: exceeded max \
         depth of 500"
    );
    let files = [
        ("values.yaml", deep(450)),
        (
            "values.schema.json",
            "{\"properties\": {\"a\": {\"items\": {\"$ref\": \"#/properties/a\"}}}}".to_owned(),
        ),
        (
            "templates/a.yaml",
            "a: {{ toJson .Values.a | len }} {{ deepCopy .Values.a | len }} {{ toYaml .Values.a | len }}\n"
                .to_owned(),
        ),
        ("Chart.yaml", CHART.to_owned()),
    ];
    let tree = Tree::from_files(files).expect("paths");
    let text = rendered(&tree, &Options::default());
    assert!(text.is_ok(), "{text:?}");
    let long = "a.".repeat(100_000);
    let chart = format!(
        "{CHART}dependencies: [{{name: s, version: '*', import-values: [{{child: x, parent: {long}a}}]}}]\n"
    );
    assert_eq!(
        failure(
            &[
                ("Chart.yaml", &chart),
                ("charts/s/Chart.yaml", "name: s\nversion: 1.0.0\n"),
                ("charts/s/values.yaml", "x: {y: 1}\n")
            ],
            &Options::default()
        ),
        "import-values of s: the path has more than 1000 parts"
    );
}

#[test]
fn what_fuzzing_kept_ends_within_the_limits() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/helm-fuzz");
    let mut tried = 0;
    for file in std::fs::read_dir(folder).expect("the corpus is there") {
        let archive = std::fs::read(file.expect("a file").path()).expect("an archive");
        let tree = Tree::from_files([("c.tgz", archive)]).expect("a path");
        let options = options(|limits| limits.templates.steps = 100_000);
        // an error is as good as a text: neither a panic nor endless
        let _ = template(&tree, &TreePath::root().child("c.tgz"), &options);
        tried += 1;
    }
    assert!(tried > 10);
}
