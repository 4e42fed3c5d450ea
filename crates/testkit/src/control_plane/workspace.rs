//! The directory of a control plane: certificates, kubeconfigs, logs, etcd's data.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::scratch::Scratch;

/// Paths within the directory of one control plane; another process attaches by the directory alone.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    /// None when another process owns the directory.
    _scratch: Option<Scratch>,
}

impl Workspace {
    /// A new directory under the system's temporary one.
    pub(crate) fn create() -> Result<Self> {
        let scratch = Scratch::create("control-plane")?;
        for directory in ["pki", "logs", "users"] {
            fs::create_dir(scratch.path().join(directory))
                .with_context(|| format!("failed to create {directory} of the control plane"))?;
        }
        Ok(Self {
            root: scratch.path().to_path_buf(),
            _scratch: Some(scratch),
        })
    }

    pub(crate) fn open(root: PathBuf) -> Self {
        Self { root, _scratch: None }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn pki(&self, name: &str) -> PathBuf {
        self.root.join("pki").join(name)
    }

    pub(crate) fn log(&self, program: &str) -> PathBuf {
        self.root.join("logs").join(format!("{program}.log"))
    }

    pub(crate) fn kubeconfig(&self, user: &str) -> PathBuf {
        self.root.join("users").join(user)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Every log, by program.
    pub(crate) fn logs(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.root.join("logs"))
            .into_iter()
            .flatten()
            .flatten();
        let mut logs: Vec<_> = entries.map(|entry| entry.path()).collect();
        logs.sort();
        logs
    }
}
