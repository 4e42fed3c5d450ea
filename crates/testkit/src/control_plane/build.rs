//! Building the programs from their pinned Go modules into the cache.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};

use super::programs::PROGRAMS;
use crate::{go, progress};

/// Builds every program that `directory` lacks. Only one process builds at a time; the others wait and find them.
pub(crate) fn build_missing(pins: &Path, directory: &Path) -> Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("failed to create {}", directory.display()))?;
    let lock = File::create(directory.join(".lock")).context("failed to create the lock of the cache")?;
    lock.lock()
        .context("failed to wait for another build of the control plane")?;
    let missing: Vec<_> = PROGRAMS
        .iter()
        .filter(|program| !directory.join(program.name).is_file())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    progress(&format!(
        "building {} control plane programs into {}; once, about six minutes",
        missing.len(),
        directory.display()
    ));
    require_go()?;
    for program in missing {
        let module = pins.join(program.module);
        go::build(
            &module,
            program.package,
            &linker_flags(&module)?,
            &directory.join(program.name),
        )?;
    }
    Ok(())
}

fn require_go() -> Result<()> {
    go::require().context(
        "the control plane is built with Go; or set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver, \
         kube-controller-manager, kube-scheduler and kwok",
    )
}

/// Without these a program of Kubernetes calls itself v0.0.0.
fn linker_flags(module: &Path) -> Result<String> {
    let manifest = module.join("go.mod");
    let text =
        fs::read_to_string(&manifest).with_context(|| format!("failed to read {}", manifest.display()))?;
    let required = text
        .lines()
        .find_map(|line| line.strip_prefix("require k8s.io/kubernetes "));
    let Some(version) = required.map(str::trim) else {
        return Ok("-s -w".to_owned());
    };
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    );
    let mut flags = "-s -w".to_owned();
    let fields = [
        ("gitVersion", version),
        ("gitMajor", major),
        ("gitMinor", minor),
        ("gitTreeState", "clean"),
    ];
    for (field, value) in fields {
        flags = format!("{flags} -X k8s.io/component-base/version.{field}={value}");
    }
    Ok(flags)
}
