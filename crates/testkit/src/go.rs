//! Building programs from pinned Go modules.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

/// Fails, and says what to do, on a machine without Go.
pub fn require() -> Result<()> {
    match Command::new("go")
        .arg("version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
    {
        Ok(status) if status.success() => Ok(()),
        _ => bail!("Go is missing; install it (https://go.dev/dl)"),
    }
}

/// Builds `package` of the module in the directory `module` into the file `program`, which appears whole or not at all.
pub fn build(module: &Path, package: &str, linker_flags: &str, program: &Path) -> Result<()> {
    let name = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    crate::progress(&format!("building {name}"));
    let begin = Instant::now();
    let unfinished = program.with_file_name(format!(".{name}.unfinished"));
    let status = Command::new("go")
        .current_dir(module)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "-mod=readonly")
        .args([
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            linker_flags,
            "-o",
        ])
        .arg(&unfinished)
        .arg(package)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("failed to run go build for {name}"))?;
    if !status.success() {
        bail!("failed to build {name} from {}", module.display());
    }
    fs::rename(&unfinished, program).with_context(|| format!("failed to keep {name}"))?;
    crate::progress(&format!("built {name} in {} s", begin.elapsed().as_secs()));
    Ok(())
}

/// A short digest of `files`, which names what was built from them.
pub fn key(files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<String> {
    let mut digest = Sha256::new();
    for file in files {
        let file = file.as_ref();
        digest.update(fs::read(file).with_context(|| format!("failed to read {}", file.display()))?);
    }
    let digest = digest.finalize();
    Ok(digest
        .iter()
        .take(8)
        .fold(String::new(), |key, byte| format!("{key}{byte:02x}")))
}
