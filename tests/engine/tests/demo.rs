//! The demo's repository, in the namespace of a test.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use engine::{Desired, render};
use manifest::Tree;
use suite_engine::Bench;
use testkit::settings;

/// What is synced of it: plain manifests, an overlay of a kustomization, a chart.
pub(crate) const PARTS: [&str; 3] = ["shop", "storefront/production", "cache"];

/// The repository before or after the change, with this namespace and a kind of its own.
pub(crate) fn repository(namespace: &str, is_changed: bool) -> Tree {
    let root = settings::repository_root().join("testdata/demo");
    let mut files = BTreeMap::new();
    read(&root.join("main"), "", namespace, &mut files);
    if is_changed {
        read(&root.join("change"), "", namespace, &mut files);
    }
    Tree::from_files(files).expect("the paths are those of files")
}

fn read(directory: &Path, below: &str, namespace: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).expect("the demo is part of the project") {
        let entry = entry.expect("the demo is part of the project");
        let path = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &path, namespace, files);
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("the demo is part of the project");
        let text = text
            .replace("namespace: shop", &format!("namespace: {namespace}"))
            .replace("name: shop\n", &format!("name: {namespace}\n"))
            .replace("namespaces/shop/", &format!("namespaces/{namespace}/"))
            .replace("shop.example.com", &format!("{namespace}.example.com"));
        files.insert(path, text);
    }
}

/// The objects of one part.
pub(crate) fn part(bench: &Bench, repository: &Tree, path: &str) -> Desired {
    let options = render::Options {
        paths: vec![path.to_owned()],
        default_namespace: bench.namespace.clone(),
        ..render::Options::default()
    };
    let desired = render::render(repository, &options).into_desired("demo");
    assert!(desired.problems.is_empty(), "{:?}", desired.problems);
    desired
}
