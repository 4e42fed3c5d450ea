//! Where the control plane's programs are, or how they get there.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::build;
use crate::{go, progress, settings};

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
                lacking => progress(&format!(
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
    let modules = ["etcd", "kubernetes", "kwok"].map(|module| pins.join(module));
    go::key(
        modules
            .iter()
            .flat_map(|module| [module.join("go.mod"), module.join("go.sum")]),
    )
}
