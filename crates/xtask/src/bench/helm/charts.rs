//! The charts that are rendered.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::repository;

/// The recorded charts that render, and need no arguments for it.
pub(super) fn recorded() -> Result<Vec<PathBuf>> {
    let mut cases = folders(&repository::root().join("testdata/helm"))?;
    cases.retain(|case| case.join("expected.yaml").is_file() && !case.join("arguments").is_file());
    Ok(cases.into_iter().map(|case| case.join("chart")).collect())
}

/// The charts below a directory, but not those within other charts.
pub(super) fn below(directory: &Path, at_most: Option<usize>) -> Result<Vec<PathBuf>> {
    let mut charts = Vec::new();
    collect(directory, &mut charts)?;
    let step = at_most.map_or(1, |most| charts.len().div_ceil(most.max(1)).max(1));
    Ok(charts.into_iter().step_by(step).collect())
}

fn collect(directory: &Path, charts: &mut Vec<PathBuf>) -> Result<()> {
    if directory.join("Chart.yaml").is_file() {
        charts.push(directory.to_path_buf());
        return Ok(());
    }
    for folder in folders(directory)? {
        collect(&folder, charts)?;
    }
    Ok(())
}

/// The directories within a directory, without symbolic links.
fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("failed to read {}", parent.display()))?;
    let mut folders: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    Ok(folders)
}
