//! What a render is made of: executing templates, laying values over one another, `tpl` in a loop, and a whole chart.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gotemplate::{Executor, Map, Seeded, Value};
use helm::engine::{Template, functions, render};
use helm::{Options, template, values};
use manifest::{Tree, TreePath};

const NAMES: &str = r#"{{- define "web.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}"#;

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-NUMBER
  labels: {{- include "web.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  template:
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.name }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          env:
            {{- range $name, $value := .Values.env }}
            - {name: {{ $name | upper }}, value: {{ $value | quote }}}
            {{- end }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
"#;

const VALUES: &str = "image: {name: example.org/web}\nenv: {level: info, region: north, retries: 3}\n\
    resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 100m}}\n";

/// A chart of so many Deployments.
fn chart(deployments: usize) -> Tree {
    let mut files = vec![
        (
            "Chart.yaml".to_owned(),
            "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: 2.0.0\n".to_owned(),
        ),
        ("values.yaml".to_owned(), VALUES.to_owned()),
        ("templates/_names.tpl".to_owned(), NAMES.to_owned()),
    ];
    files.extend((0..deployments).map(|number| {
        let text = DEPLOYMENT.replace("NUMBER", &number.to_string());
        (format!("templates/web{number}.yaml"), text)
    }));
    Tree::from_files(files).expect("the paths are inside")
}

fn whole_chart(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chart");
    for deployments in [10, 100] {
        let tree = chart(deployments);
        group.throughput(Throughput::Elements(deployments as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(deployments),
            &tree,
            |bencher, tree| {
                bencher.iter(|| {
                    template(tree, &TreePath::root(), black_box(&Options::default())).expect("it renders")
                });
            },
        );
    }
    group.finish();
}

fn file(name: &str, text: &str, values: Value) -> Template {
    let named = |name: &str| Value::Map(Map::from_iter([("Name", Value::from(name))]));
    Template {
        name: format!("web/templates/{name}"),
        text: text.to_owned().into(),
        data: Map::from_iter([
            ("Values", values),
            ("Chart", named("web")),
            ("Release", named("rel")),
        ]),
        base_path: "web/templates".to_owned(),
    }
}

fn executed(files: Vec<Template>) -> usize {
    let functions = functions(None);
    let environment = Seeded::from_system();
    let executor = Executor::new(&functions, &environment, gotemplate::Limits::default());
    let files = render(
        files,
        &functions,
        &executor,
        usize::MAX,
        helm::Compatibility::Helm4,
    )
    .expect("it renders");
    files.values().map(Vec::len).sum()
}

fn templates(criterion: &mut Criterion) {
    let values = values::from_yaml(VALUES.as_bytes()).expect("it is YAML");
    criterion.bench_function("templates", |bencher| {
        bencher.iter(|| {
            executed(vec![
                file("_names.tpl", NAMES, Value::Nil),
                file("web.yaml", DEPLOYMENT, Value::Map(values.clone())),
            ])
        });
    });
}

fn tpl_in_a_loop(criterion: &mut Criterion) {
    let text = r#"{{ range until (int .Values.count) }}{{ tpl "{{ .Release.Name | upper }}" $ }}{{ end }}"#;
    let mut group = criterion.benchmark_group("tpl");
    for count in [100u64, 1_000] {
        let values = Value::from_json(&serde_json::json!({ "count": count }));
        group.throughput(Throughput::Elements(count));
        group.bench_with_input(BenchmarkId::from_parameter(count), &values, |bencher, values| {
            bencher.iter(|| executed(vec![file("loop.yaml", text, black_box(values).clone())]));
        });
    }
    group.finish();
}

fn merging(criterion: &mut Criterion) {
    let mut text = String::new();
    for table in 0..200 {
        let _ = writeln!(
            text,
            "table{table}: {{a: {{b: 1, c: [1, 2]}}, d: text, e: {{f: true}}}}"
        );
    }
    let base = values::from_yaml(text.as_bytes()).expect("it is YAML");
    let over = values::from_yaml(text.replace("b: 1", "b: 2").as_bytes()).expect("it is YAML");
    criterion.bench_function("values", |bencher| {
        bencher.iter(|| values::merge_maps(black_box(&base), black_box(&over)));
    });
}

criterion_group!(benches, templates, merging, tpl_in_a_loop, whole_chart);
criterion_main!(benches);
