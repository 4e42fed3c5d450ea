//! The cases of `testdata/kustomize` against what kustomize said about them; `ci/oracle/record-kustomize` records
//! them again.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kustomize::{Options, Paths};
use manifest::{Tree, TreePath};

const SHOWN: &str = "/cases";

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/kustomize")
}

/// What a build of the case says: its output, or its error with the case's directory as `/case`.
fn said(tree: &Tree, case: &str) -> String {
    let options = Options {
        paths: Paths::Below(SHOWN.into()),
        ..Options::default()
    };
    let path = TreePath::new(case).expect("names of cases are paths");
    match kustomize::build(tree, &path, &options) {
        Ok(built) => built.to_yaml(),
        Err(error) => shortened(&format!("Error: {error}\n")),
    }
}

/// Any case's directory as `/case`, as the script that records them does it.
fn shortened(text: &str) -> String {
    let mut parts = text.split("/cases/");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['/', '\'', ' ', '\n']).unwrap_or(part.len());
        out.push_str("/case");
        out.push_str(&part[end..]);
    }
    out
}

#[test]
fn builds_say_what_kustomize_says() {
    let root = cases();
    let tree = Tree::directory(&root);
    let mut wrong = Vec::new();
    let mut names: Vec<String> = fs::read_dir(&root)
        .expect("the cases can be listed")
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    assert!(names.len() > 30, "cases are missing");
    for name in names {
        let expected = ["expected.yaml", "expected.err"]
            .into_iter()
            .find_map(|file| fs::read_to_string(root.join(&name).join(file)).ok())
            .expect("a case has an answer");
        let said = said(&tree, &name);
        if said != expected {
            wrong.push(format!("{name}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_build_is_the_same_from_memory() {
    let root = cases();
    let disk = Tree::directory(&root);
    let files = disk
        .files_below(&TreePath::root())
        .expect("the files can be listed");
    let memory = Tree::from_files(files.iter().map(|path| {
        let bytes = disk.read(path).expect("the file can be read");
        (path.as_str().to_owned(), bytes)
    }))
    .expect("the paths are inside");
    for case in ["names-follow", "strategic-merge", "errors-outside"] {
        assert_eq!(said(&memory, case), said(&disk, case));
    }
}
