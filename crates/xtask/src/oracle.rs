//! `cargo xtask oracle`: the real tools that our renderers are compared with.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use testkit::{go, settings};

use crate::repository;
use crate::terminal::line;

/// Builds every module under `ci/oracle` that has changed since it was built last.
pub(crate) fn run() -> Result<()> {
    go::require()?;
    let directory = settings::cache_directory().join("oracle/bin");
    fs::create_dir_all(&directory).with_context(|| format!("failed to create {}", directory.display()))?;
    for module in modules()? {
        build(&module, &directory)?;
    }
    Ok(())
}

fn modules() -> Result<Vec<PathBuf>> {
    let folder = repository::root().join("ci/oracle");
    let entries = fs::read_dir(&folder).with_context(|| format!("failed to read {}", folder.display()))?;
    let mut modules: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    modules.retain(|path| path.join("go.mod").is_file());
    modules.sort();
    Ok(modules)
}

/// A module with `tools.go` pins a program of others; one without is a program itself.
fn build(module: &Path, directory: &Path) -> Result<()> {
    let name = module.file_name().unwrap_or_default().to_string_lossy();
    let program = directory.join(name.as_ref());
    let stamp = directory.join(format!("{name}.key"));
    let key = go::key(sources(module)?)?;
    if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == key) {
        line(format!("{} is up to date", program.display()));
        return Ok(());
    }
    let tools = fs::read_to_string(module.join("tools.go")).unwrap_or_default();
    let pinned = tools
        .lines()
        .find_map(|line| line.strip_prefix("import _ \"")?.strip_suffix('"'));
    go::build(module, pinned.unwrap_or("."), "-s -w", &program)?;
    fs::write(&stamp, key).with_context(|| format!("failed to write {}", stamp.display()))?;
    line(format!("{} is built", program.display()));
    Ok(())
}

fn sources(module: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(module).with_context(|| format!("failed to read {}", module.display()))?;
    let mut sources: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    sources.sort();
    Ok(sources)
}
