//! The repository of the demo, from testdata/demo.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use testkit::Commit;

use crate::repository;

/// A commit with every file of a folder of testdata/demo.
pub(super) fn commit(folder: &str, message: &str) -> Result<Commit> {
    let root = repository::root().join("testdata/demo").join(folder);
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut commit = Commit::new(message);
    for file in files {
        let content = fs::read(root.join(&file)).with_context(|| format!("failed to read {file}"))?;
        commit = commit.write(file, content);
    }
    Ok(commit)
}

/// The text of one file of testdata/demo/main.
pub(super) fn text(path: &str) -> Result<String> {
    let file = repository::root().join("testdata/demo/main").join(path);
    fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
}

fn collect(root: &Path, files: &mut Vec<String>) -> Result<()> {
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("failed to read {}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                files.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    Ok(())
}
