//! How long builds take: the recorded cases, and 400 and 4,000 objects in ten overlays.

use criterion::{Criterion, criterion_group, criterion_main};
use kustomize::{Options, Paths};
use manifest::{Tree, TreePath};

const OVERLAYS: usize = 10;

/// A kustomization over ten overlays, each with its share of Deployments, Services and ConfigMaps.
fn generated(objects: usize) -> Tree {
    let mut files = Vec::new();
    let mut overlays = String::from("resources:\n");
    for overlay in 0..OVERLAYS {
        overlays.extend(["- o", &overlay.to_string(), "\n"]);
        files.push((format!("o{overlay}/kustomization.yaml"), overlay_file(overlay)));
        files.push((format!("o{overlay}/base/kustomization.yaml"), BASE.to_owned()));
        let objects: String = (0..objects / OVERLAYS / 4).map(application).collect();
        files.push((format!("o{overlay}/base/all.yaml"), objects));
    }
    files.push(("kustomization.yaml".to_owned(), overlays));
    Tree::from_files(files).expect("the paths are inside")
}

const BASE: &str = "resources: [all.yaml]\nconfigMapGenerator: [{name: generated, literals: [a=b]}]\n";

fn overlay_file(overlay: usize) -> String {
    format!(
        "namespace: team-{overlay}
namePrefix: p{overlay}-
labels: [{{pairs: {{team: t{overlay}}}, includeSelectors: true}}]
resources: [base]
images: [{{name: nginx, newTag: '1.2{overlay}'}}]
patches:
- target: {{kind: Deployment}}
  patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: any}}
    spec: {{template: {{spec: {{containers: [{{name: app, env: [{{name: A, value: b}}]}}]}}}}}}
"
    )
}

fn application(number: usize) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: app-{number}, labels: {{app: app-{number}}}}}
spec:
  selector: {{matchLabels: {{app: app-{number}}}}}
  template:
    metadata: {{labels: {{app: app-{number}}}}}
    spec:
      serviceAccountName: app-{number}
      containers:
      - name: app
        image: nginx:1.0
        envFrom: [{{configMapRef: {{name: app-{number}}}}}]
        env: [{{name: B, value: text}}]
---
apiVersion: v1
kind: Service
metadata: {{name: app-{number}}}
spec: {{selector: {{app: app-{number}}}, ports: [{{port: 80}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: app-{number}}}
data: {{key: value-{number}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: app-{number}}}
---
"
    )
}

fn benches(criterion: &mut Criterion) {
    let recorded = Tree::directory(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/kustomize"));
    let options = Options {
        paths: Paths::Below("/cases".into()),
        ..Options::default()
    };
    for case in ["names-follow", "strategic-merge", "replacements"] {
        let path = TreePath::new(case).expect("names of cases are paths");
        criterion.bench_function(case, |bencher| {
            bencher.iter(|| kustomize::build(&recorded, &path, &options).map(|built| built.to_yaml().len()));
        });
    }
    for objects in [400, 4_000] {
        let tree = generated(objects);
        criterion.bench_function(&format!("{objects} objects in {OVERLAYS} overlays"), |bencher| {
            bencher.iter(|| {
                kustomize::build(&tree, &TreePath::root(), &options).map(|built| built.to_yaml().len())
            });
        });
    }
}

criterion_group! {
    name = group;
    config = Criterion::default().sample_size(10);
    targets = benches
}
criterion_main!(group);
