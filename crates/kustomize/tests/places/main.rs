//! Errors name the file, the line and the field where what is wrong stands.

mod entries;
mod files;
mod kustomization;

use kustomize::Options;
use manifest::{Tree, TreePath};

/// What the source of the error says when these files are built.
fn place(files: &[(&str, &str)]) -> String {
    let tree = Tree::from_files(files.iter().map(|(path, text)| (*path, (*text).to_owned())))
        .expect("the paths are inside");
    let error = kustomize::build(&tree, &TreePath::root(), &Options::default())
        .map(|built| built.to_yaml())
        .expect_err("something is wrong");
    let source = std::error::Error::source(&error).unwrap_or_else(|| panic!("no place: {error}"));
    source.to_string()
}
