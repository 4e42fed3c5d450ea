//! The directories that are built.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use testkit::settings;

use crate::repository;
use crate::terminal::line;

const OVERLAYS: usize = 10;
/// A Deployment, a Service, a ConfigMap and a ServiceAccount.
const OBJECTS_OF_APPLICATION: usize = 4;

/// The recorded cases that build: ours, and the shared ones where they are.
pub(super) fn recorded(at_most: Option<usize>) -> Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for folder in folders(&repository::root().join("testdata/kustomize"))? {
        if folder.join("expected.yaml").is_file() {
            cases.push(folder);
        }
    }
    let shared = settings::path("GLOPS_CASES").unwrap_or_else(|| repository::root().join("../shared/cases"));
    let shared = shared.join("kustomize/krusty");
    if shared.is_dir() {
        for folder in folders(&shared)? {
            cases.extend(shared_case(&folder)?);
        }
    } else {
        line(format!(
            "{} is not there: its cases are left out",
            shared.display()
        ));
    }
    let step = at_most.map_or(1, |most| cases.len().div_ceil(most.max(1)));
    Ok(cases.into_iter().step_by(step).collect())
}

/// The directory of a shared case that builds with the options of the command line.
fn shared_case(folder: &Path) -> Result<Option<PathBuf>> {
    let file = folder.join("case.json");
    let text = fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
    let case: Value =
        serde_json::from_str(&text).with_context(|| format!("failed to parse {}", file.display()))?;
    let plain = case["options"].as_object().is_none_or(serde_json::Map::is_empty);
    let path = case["path"].as_str().unwrap_or(".");
    Ok((plain && case["expect"] == "ok").then(|| folder.join("input").join(path)))
}

/// The directories that a file names, one a line.
pub(super) fn listed(file: &Path) -> Result<Vec<PathBuf>> {
    let text = fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))?;
    Ok(text.lines().map(PathBuf::from).collect())
}

/// Writes a kustomization of so many objects in ten overlays.
pub(super) fn generate(folder: &Path, objects: usize) -> Result<PathBuf> {
    let parts = repository::root().join("testdata/bench/kustomize");
    let part =
        |name: &str| fs::read_to_string(parts.join(name)).with_context(|| format!("failed to read {name}"));
    let numbered = |text: &str, number: usize| text.replace("NUMBER", &number.to_string());
    let (application, overlay, base) = (
        part("application.yaml")?,
        part("overlay.yaml")?,
        part("base.yaml")?,
    );
    let objects: String = (0..objects / OVERLAYS / OBJECTS_OF_APPLICATION)
        .map(|number| numbered(&application, number))
        .collect();
    let mut root = String::from("resources:\n");
    for number in 0..OVERLAYS {
        root.extend(["- o", &number.to_string(), "\n"]);
        let place = folder.join(format!("o{number}"));
        fs::create_dir_all(place.join("base"))?;
        fs::write(place.join("kustomization.yaml"), numbered(&overlay, number))?;
        fs::write(place.join("base/kustomization.yaml"), &base)?;
        fs::write(place.join("base/all.yaml"), &objects)?;
    }
    fs::write(folder.join("kustomization.yaml"), root)?;
    Ok(folder.to_path_buf())
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("failed to read {}", parent.display()))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    Ok(folders)
}
