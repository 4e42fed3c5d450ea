//! How fast applies are predicted, over the recorded cases and over a thousand mixed objects.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use structured_merge::{
    ApplyOptions, FieldSet, Outcome, OwnedFields, Predictor, open_api_schemas, unchanged,
};

const OPTIONS: ApplyOptions<'_> = ApplyOptions {
    manager: "agentk",
    force: true,
    time: None,
};

fn recorded() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/ssa")
}

fn read(name: &str) -> String {
    fs::read_to_string(recorded().join(name)).expect("the recorded cases are part of the project")
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("the recorded cases are JSON")
}

fn cases() -> Vec<Value> {
    read("cases.jsonl").lines().map(parsed).collect()
}

fn predictor() -> Predictor {
    let mut predictor = Predictor::new();
    for file in fs::read_dir(recorded().join("openapi")).expect("the schemas are part of the project") {
        let path = file.expect("the schemas are part of the project").path();
        let text = fs::read_to_string(path).expect("the schemas are part of the project");
        predictor
            .add_open_api(&parsed(&text), |_| true)
            .expect("the documents hold schemas");
    }
    predictor
}

/// What an apply leaves, with its managed fields: the live object of the next apply.
fn live_after(predictor: &Predictor, config: &Value) -> Option<Value> {
    let Outcome::Applied(applied) = predictor.predict(None, config, OPTIONS) else {
        return None;
    };
    let mut live = applied.into_object(None);
    live["metadata"]["uid"] = json!("4cdb6a3c-0d6b-4d6f-9d4e-6f1f3d5c2b1a");
    live["metadata"]["resourceVersion"] = json!("1");
    Some(live)
}

/// A thousand configurations of all recorded kinds and their live objects; each tenth changes something.
fn workload(predictor: &Predictor) -> Vec<(Value, Value)> {
    let configs: Vec<Value> = cases()
        .into_iter()
        .map(|mut case| case["apply"]["config"].take())
        .collect();
    let applied: Vec<(Value, Value)> = configs
        .into_iter()
        .filter_map(|config| live_after(predictor, &config).map(|live| (config, live)))
        .collect();
    let cycled = applied.iter().cycle().take(1000).cloned().enumerate();
    let changed = cycled.map(|(number, (mut config, live))| {
        if number % 10 == 0 {
            config["metadata"]["labels"] = json!({"changed": "yes"});
        }
        (config, live)
    });
    changed.collect()
}

fn deployment() -> Value {
    let container = |name: &str| {
        json!({"name": name, "image": "nginx:1.25", "args": ["--a", "--b"],
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 443, "name": "https"}],
            "resources": {"limits": {"cpu": "500m", "memory": "128Mi"}, "requests": {"cpu": "100m", "memory": "64Mi"}},
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 7},
            "volumeMounts": [{"name": "data", "mountPath": "/data"}]})
    };
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}, "annotations": {"note": "a"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [container("web"), container("side")], "volumes": [{"name": "data", "emptyDir": {}}]}}}})
}

fn applies(c: &mut Criterion) {
    let predictor = predictor();
    let config = deployment();
    let live = live_after(&predictor, &config).expect("the Deployment is valid");
    let bytes = live.to_string().len();
    let mut group = c.benchmark_group("apply");
    group.bench_function(format!("Deployment that stays ({bytes} bytes)"), |b| {
        b.iter(|| black_box(predictor.predict(Some(&live), &config, OPTIONS)));
    });
    let mut changed = config.clone();
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = json!("nginx:1.26");
    group.bench_function("Deployment with a new image", |b| {
        b.iter(|| black_box(predictor.predict(Some(&live), &changed, OPTIONS)));
    });
    let workload = workload(&predictor);
    group.bench_function("1,000 mixed objects", |b| {
        b.iter(|| {
            for (config, live) in &workload {
                black_box(predictor.predict(Some(live), config, OPTIONS));
            }
        });
    });
    let cases = cases();
    group.bench_function(format!("{} recorded cases", cases.len()), |b| {
        b.iter(|| {
            for case in &cases {
                let options = ApplyOptions {
                    manager: case["apply"]["manager"].as_str().unwrap_or_default(),
                    force: case["apply"]["force"] == true,
                    time: None,
                };
                let live = Some(&case["live"]).filter(|live| !live.is_null());
                black_box(predictor.predict(live, &case["apply"]["config"], options));
            }
        });
    });
}

fn no_ops(c: &mut Criterion) {
    let predictor = predictor();
    let config = deployment();
    let live = live_after(&predictor, &config).expect("the Deployment is valid");
    let mut group = c.benchmark_group("no-op without a schema");
    group.bench_function("Deployment, fields read", |b| {
        b.iter(|| black_box(unchanged(&config, &live, "agentk")));
    });
    let owned = OwnedFields::of(&live, "agentk")
        .expect("the fields can be read")
        .expect("agentk applied");
    group.bench_function("Deployment, fields cached", |b| {
        b.iter(|| black_box(owned.unchanged(&config, &live)));
    });
}

fn field_sets(c: &mut Criterion) {
    let mut texts = Vec::new();
    for case in cases() {
        for entry in case
            .pointer("/live/metadata/managedFields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            texts.push(
                FieldSet::from_value(&entry["fieldsV1"])
                    .expect("it was recorded")
                    .to_json(),
            );
        }
    }
    let mut group = c.benchmark_group("field sets");
    group.throughput(Throughput::Bytes(
        texts.iter().map(String::len).sum::<usize>() as u64
    ));
    group.bench_function("read", |b| {
        b.iter(|| {
            texts
                .iter()
                .map(|text| FieldSet::from_json(text).map_or(0, |set| set.len()))
                .sum::<usize>()
        });
    });
    let sets: Vec<FieldSet> = texts
        .iter()
        .filter_map(|text| FieldSet::from_json(text).ok())
        .collect();
    group.bench_function("write", |b| {
        b.iter(|| sets.iter().map(|set| set.to_json().len()).sum::<usize>());
    });
}

fn schemas(c: &mut Criterion) {
    let text = read("openapi/apis_apps_v1.json");
    c.bench_function("schemas of apps/v1, from text", |b| {
        b.iter_batched(
            || (),
            |()| open_api_schemas(&parsed(&text), |_| true).map(|schemas| schemas.len()),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, applies, no_ops, field_sets, schemas);
criterion_main!(benches);
