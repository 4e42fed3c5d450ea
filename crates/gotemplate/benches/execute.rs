//! Parsing and executing a typical template of a chart, and templates made of strings in a loop.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gotemplate::{
    CallError, Executor, Function, Functions, Limits, MissingKey, Seeded, Signature, TemplateSet, Type, Value,
};

const HELPERS: &str = r#"
{{- define "app.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "app.labels" -}}
app.kubernetes.io/name: {{ template "app.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}"#;

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ template "app.name" . }}
  labels:
    {{- template "app.labels" . }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
            {{- range .Values.ports }}
            - name: {{ .name }}
              containerPort: {{ .port | int }}
            {{- end }}
          env:
            {{- range $key, $value := .Values.env }}
            - name: {{ $key | upper }}
              value: {{ $value | quote }}
            {{- end }}
          {{- with .Values.resources }}
          resources:
            {{- range $kind, $amounts := . }}
            {{ $kind }}: {{ toJson $amounts }}
            {{- end }}
          {{- end }}
"#;

fn values() -> Value {
    Value::from_json(&serde_json::json!({
        "Chart": { "Name": "app", "AppVersion": "1.2.3" },
        "Release": { "Name": "rel" },
        "Values": {
            "nameOverride": "", "replicaCount": 3, "autoscaling": { "enabled": false },
            "image": { "repository": "example.org/app", "tag": "", "pullPolicy": "Always" },
            "ports": [{ "name": "http", "port": 80 }, { "name": "metrics", "port": 9090 }],
            "env": { "log_level": "info", "region": "north", "retries": 3, "verbose": true },
            "resources": { "limits": { "cpu": "1", "memory": "1Gi" }, "requests": { "cpu": "100m" } },
        },
    }))
}

/// Executes its argument as a template on a clone of the set, as Helm's `tpl` does.
fn with_tpl() -> Functions {
    let mut functions = Functions::sprig();
    let tpl = Function::native(Signature::new(&[Type::String, Type::Any]), |context, args| {
        let mut set = context.templates().clone();
        set.parse("inline", args.str(0).as_bytes(), context.functions())?;
        let out = context
            .execute_in(&set, "inline", args.value(1))
            .map_err(CallError::from)?;
        Ok(Value::Str(out.into()))
    });
    functions.insert("tpl", tpl);
    functions
}

fn chart(criterion: &mut Criterion) {
    let functions = Functions::sprig();
    let environment = Seeded::from_system();
    let data = values();
    let parse = || {
        let mut set = TemplateSet::new("gotpl").with_missing_key(MissingKey::Zero);
        set.parse("helpers", HELPERS, &functions).expect("it parses");
        set.parse("deployment", DEPLOYMENT, &functions)
            .expect("it parses");
        set
    };
    criterion.bench_function("parse", |bencher| bencher.iter(|| black_box(parse())));
    let set = parse();
    criterion.bench_function("execute", |bencher| {
        bencher.iter(|| {
            let executor = Executor::new(&functions, &environment, Limits::default());
            executor
                .execute(&set, "deployment", black_box(&data))
                .expect("it renders")
        });
    });
}

fn tpl_in_a_loop(criterion: &mut Criterion) {
    let functions = with_tpl();
    let environment = Seeded::from_system();
    let mut set = TemplateSet::new("gotpl");
    for at in 0..200 {
        set.parse(&format!("file{at}"), HELPERS, &functions)
            .expect("it parses");
    }
    let template = r#"{{ range until (int .count) }}{{ tpl "{{ .name | upper }}" $ }}{{ end }}"#;
    set.parse("loop", template, &functions).expect("it parses");
    let mut group = criterion.benchmark_group("tpl");
    for count in [100u64, 1_000] {
        let data = Value::from_json(&serde_json::json!({ "name": "app", "count": count }));
        group.throughput(Throughput::Elements(count));
        group.bench_with_input(BenchmarkId::from_parameter(count), &data, |bencher, data| {
            bencher.iter(|| {
                let executor = Executor::new(&functions, &environment, Limits::default());
                executor
                    .execute(&set, "loop", black_box(data))
                    .expect("it renders")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, chart, tpl_in_a_loop);
criterion_main!(benches);
