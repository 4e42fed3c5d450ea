//! What it costs to order a sync. The workload: namespaces with ConfigMaps, Secrets, Services, Deployments
//! that name them, and role bindings.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use engine::order::{Graph, Occasion, Queue};
use manifest::{Object, Origin};
use serde_json::{Value, json};

fn object(value: Value) -> Object {
    Object::new(value, Origin::default()).expect("the workload holds objects")
}

fn named(api_version: &str, kind: &str, namespace: usize, name: usize) -> Value {
    json!({"apiVersion": api_version, "kind": kind,
        "metadata": {"name": format!("n{name}"), "namespace": format!("ns{namespace}")}})
}

fn workload(count: usize) -> Vec<Object> {
    let namespaces = 10;
    let mut objects: Vec<_> = (0..namespaces)
        .map(|n| {
            object(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": format!("ns{n}")}}))
        })
        .collect();
    for index in 0..count {
        let namespace = index % namespaces;
        let mut value = match index % 10 {
            0..=5 => named("v1", "ConfigMap", namespace, index),
            6 => named("v1", "Secret", namespace, index),
            7 => named("v1", "Service", namespace, index),
            8 => named("v1", "ServiceAccount", namespace, index),
            _ => named("apps/v1", "Deployment", namespace, index),
        };
        if value["kind"] == "Deployment" {
            value["spec"] = json!({"template": {"spec": {"serviceAccountName": format!("n{}", index - 1),
                "containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": format!("n{}", index - 4)}}]}]}}});
        }
        if index % 7 == 0 {
            value["metadata"]["annotations"] =
                json!({"argocd.argoproj.io/sync-wave": (index % 3).to_string()});
        }
        objects.push(object(value));
    }
    objects
}

fn order(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("order");
    for count in [1_000, 5_000, 50_000] {
        let objects = workload(count);
        group.bench_with_input(BenchmarkId::new("build", count), &objects, |bencher, objects| {
            bencher.iter(|| Graph::apply(objects, Occasion::Install));
        });
        let graph = Graph::apply(&objects, Occasion::Install);
        assert_eq!(graph.problems(), []);
        group.bench_with_input(BenchmarkId::new("run", count), &graph, |bencher, graph| {
            bencher.iter(|| {
                let mut queue = Queue::new(graph);
                while let Some(node) = queue.pop() {
                    queue.ready(node);
                }
                assert_eq!(queue.waiting(), 0);
            });
        });
    }
}

criterion_group!(benches, order);
criterion_main!(benches);
