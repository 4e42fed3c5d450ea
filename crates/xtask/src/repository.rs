//! The repository as Git and cargo see it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use testkit::settings;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    settings::repository_root()
}

/// The tracked files, by path from the root.
pub(crate) fn files() -> Result<Vec<String>> {
    let output =
        capture(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let files = output
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(ToOwned::to_owned);
    Ok(files
        .filter(|path| root().join(path).symlink_metadata().is_ok())
        .collect())
}

/// Whether a file holds Rust.
pub(crate) fn is_rust(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// Whether a file of Rust holds tests alone.
pub(crate) fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// The text of a file, when it is one.
pub(crate) fn text(path: &str) -> Option<String> {
    let path = root().join(path);
    if path.symlink_metadata().ok()?.is_symlink() {
        return None;
    }
    fs::read_to_string(path).ok()
}

/// One of the workspace's packages.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder's path from the root.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a package names in its manifest.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) development: bool,
}

/// The workspace's packages as `cargo metadata` tells them.
pub(crate) fn packages() -> Result<Vec<Package>> {
    let output =
        capture(Command::new("cargo").args(["metadata", "--format-version=1", "--no-deps", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&output).context("failed to parse cargo's metadata")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo's metadata has no packages")?;
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let manifest = PathBuf::from(text(&value["manifest_path"]));
    let folder = manifest
        .parent()
        .and_then(|folder| folder.strip_prefix(root()).ok());
    let folder = folder
        .context("a package lies outside the repository")?
        .to_string_lossy()
        .into_owned();
    let dependencies = value["dependencies"].as_array().into_iter().flatten();
    let dependencies = dependencies
        .map(|dependency| Dependency {
            name: text(&dependency["name"]),
            development: dependency["kind"] == "dev",
        })
        .collect();
    Ok(Package {
        name: text(&value["name"]),
        folder,
        dependencies,
    })
}

fn capture(command: &mut Command) -> Result<String> {
    let output = command.current_dir(root()).output();
    let output = output.with_context(|| format!("failed to run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            command.get_program().display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).context("a program printed what is not text")
}
