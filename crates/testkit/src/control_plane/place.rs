//! Where a control plane is: what another process must know to share it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use super::programs::Programs;
use super::workspace::Workspace;
use crate::settings;

const FILE: &str = "place.json";

/// The programs, ports and keys of a control plane.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) programs: Programs,
    pub(super) etcd_port: u16,
    pub(super) api_port: u16,
    /// The prefix of this control plane's keys in etcd.
    pub(super) etcd_prefix: String,
}

impl Place {
    /// Leaves the place in the control plane's directory for others to find.
    pub(super) fn write(&self, workspace: &Workspace) -> Result<()> {
        let place = json!({
            "programs": self.programs.directory(),
            "etcdPort": self.etcd_port,
            "apiPort": self.api_port,
            "etcdPrefix": self.etcd_prefix,
        });
        fs::write(workspace.file(FILE), place.to_string())
            .context("failed to write down the control plane's place")
    }

    /// Reads what [`Self::write`] left.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read(workspace.file(FILE)).with_context(|| {
            format!(
                "{} names {}, where no control plane is",
                settings::CONTROL_PLANE,
                workspace.root().display()
            )
        })?;
        let place: Value =
            serde_json::from_slice(&text).context("failed to parse the control plane's place")?;
        let lacks = |key: &str| anyhow!("the control plane's place has no {key}");
        let port = |key: &str| {
            place[key]
                .as_u64()
                .and_then(|port| u16::try_from(port).ok())
                .ok_or_else(|| lacks(key))
        };
        let text = |key: &str| place[key].as_str().ok_or_else(|| lacks(key));
        Ok(Self {
            programs: Programs::in_directory(PathBuf::from(text("programs")?)),
            etcd_port: port("etcdPort")?,
            api_port: port("apiPort")?,
            etcd_prefix: text("etcdPrefix")?.to_owned(),
        })
    }
}
