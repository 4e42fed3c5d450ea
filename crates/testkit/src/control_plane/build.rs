//! Building the programs from their pinned Go modules into the cache.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::programs::{PROGRAMS, Program, say};

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
    say(&format!(
        "building {} programs into {}; once, about six minutes",
        missing.len(),
        directory.display()
    ));
    require_go()?;
    for program in missing {
        build(&pins.join(program.module), program, directory)?;
    }
    Ok(())
}

fn require_go() -> Result<()> {
    match Command::new("go").arg("version").stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        _ => bail!(
            "Go is missing and the control plane is built with it: install Go (https://go.dev/dl), or set \
             KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok"
        ),
    }
}

fn build(module: &Path, program: &Program, directory: &Path) -> Result<()> {
    say(&format!("building {}", program.name));
    let begin = Instant::now();
    let unfinished = directory.join(format!(".{}.unfinished", program.name));
    let status = Command::new("go")
        .current_dir(module)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "-mod=readonly")
        .args([
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            &linker_flags(module)?,
            "-o",
        ])
        .arg(&unfinished)
        .arg(program.package)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("failed to run go build for {}", program.name))?;
    if !status.success() {
        bail!("failed to build {} from {}", program.name, module.display());
    }
    let finished = directory.join(program.name);
    fs::rename(&unfinished, finished).with_context(|| format!("failed to keep {}", program.name))?;
    say(&format!(
        "built {} in {} s",
        program.name,
        begin.elapsed().as_secs()
    ));
    Ok(())
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
