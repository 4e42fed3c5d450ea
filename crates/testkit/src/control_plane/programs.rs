//! Where the control plane's programs are, or how they get there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::build;
use crate::settings;

/// One program and the Go package it is built from.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The folder under `ci/control-plane` that pins it.
    pub(crate) module: &'static str,
    pub(crate) package: &'static str,
    /// Whether the control plane cannot start without it.
    pub(crate) needed: bool,
}

pub(crate) const PROGRAMS: [Program; 6] = [
    Program {
        name: "etcd",
        module: "etcd",
        package: "go.etcd.io/etcd/server/v3",
        needed: true,
    },
    kubernetes("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", true),
    kubernetes(
        "kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        true,
    ),
    kubernetes("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler", true),
    Program {
        name: "kwok",
        module: "kwok",
        package: "sigs.k8s.io/kwok/cmd/kwok",
        needed: true,
    },
    kubernetes("kubectl", "k8s.io/kubernetes/cmd/kubectl", false),
];

const fn kubernetes(name: &'static str, package: &'static str, needed: bool) -> Program {
    Program {
        name,
        module: "kubernetes",
        package,
        needed,
    }
}

/// A directory that holds every program.
#[derive(Clone, Debug)]
pub struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Looks into `KUBEBUILDER_ASSETS`, then into the cache, and builds what the cache lacks.
    pub fn find_or_build() -> Result<Self> {
        if let Some(directory) = settings::path(settings::ASSETS) {
            match missing_from(&directory).as_slice() {
                [] => return Ok(Self { directory }),
                lacking => say(&format!(
                    "{} lacks {}, so it is not used",
                    settings::ASSETS,
                    lacking.join(", ")
                )),
            }
        }
        let pins = settings::repository_root().join("ci/control-plane");
        let directory = settings::cache_directory()
            .join("control-plane")
            .join(key_of(&pins)?);
        if !PROGRAMS
            .iter()
            .all(|program| directory.join(program.name).is_file())
        {
            build::build_missing(&pins, &directory)?;
        }
        Ok(Self { directory })
    }

    /// The programs of a directory that is known to hold them.
    pub(crate) fn in_directory(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The directory found.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of the program `name`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The path of kubectl, which ready-made assets need not hold.
    pub fn kubectl(&self) -> Result<PathBuf> {
        let path = self.path("kubectl");
        if !path.is_file() {
            bail!("{} holds no kubectl", self.directory.display());
        }
        Ok(path)
    }
}

fn missing_from(directory: &Path) -> Vec<&'static str> {
    let needed = PROGRAMS.iter().filter(|program| program.needed);
    needed
        .filter(|program| !directory.join(program.name).is_file())
        .map(|program| program.name)
        .collect()
}

/// A short digest of everything that pins the versions.
fn key_of(pins: &Path) -> Result<String> {
    let mut digest = Sha256::new();
    for module in ["etcd", "kubernetes", "kwok"] {
        for file in ["go.mod", "go.sum"] {
            let path = pins.join(module).join(file);
            digest.update(fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?);
        }
    }
    let digest = digest.finalize();
    Ok(digest
        .iter()
        .take(8)
        .fold(String::new(), |key, byte| format!("{key}{byte:02x}")))
}

/// A line of progress; these may run for minutes, so silence would look like a hang.
pub(crate) fn say(line: &str) {
    // nothing can be done about a closed standard error
    let _ = writeln!(std::io::stderr(), "control plane: {line}");
}
