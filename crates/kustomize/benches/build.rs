//! How long builds take: the recorded cases, and 400 and 4,000 objects in ten overlays.

use criterion::{Criterion, criterion_group, criterion_main};
use kustomize::{Options, Paths};
use manifest::{Tree, TreePath};

const OVERLAYS: usize = 10;

const OVERLAY: &str = include_str!("../../../testdata/bench/kustomize/overlay.yaml");
const BASE: &str = include_str!("../../../testdata/bench/kustomize/base.yaml");
const APPLICATION: &str = include_str!("../../../testdata/bench/kustomize/application.yaml");

/// A kustomization over ten overlays, each with its share of Deployments, Services, ConfigMaps and ServiceAccounts.
fn generated(objects: usize) -> Tree {
    let numbered = |text: &str, number: usize| text.replace("NUMBER", &number.to_string());
    let mut files = Vec::new();
    let mut overlays = String::from("resources:\n");
    for overlay in 0..OVERLAYS {
        overlays.extend(["- o", &overlay.to_string(), "\n"]);
        files.push((
            format!("o{overlay}/kustomization.yaml"),
            numbered(OVERLAY, overlay),
        ));
        files.push((format!("o{overlay}/base/kustomization.yaml"), BASE.to_owned()));
        let objects: String = (0..objects / OVERLAYS / 4)
            .map(|number| numbered(APPLICATION, number))
            .collect();
        files.push((format!("o{overlay}/base/all.yaml"), objects));
    }
    files.push(("kustomization.yaml".to_owned(), overlays));
    Tree::from_files(files).expect("the paths are inside")
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
