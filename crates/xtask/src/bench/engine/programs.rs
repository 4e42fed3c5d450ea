//! The programs that are measured, in their release builds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use testkit::{ControlPlane, settings};

use super::record::{Records, SELF};
use crate::bench::process::cpu_seconds;
use crate::repository;

const PACKAGES: [&str; 4] = ["bench-engine", "glops", "agentk", "kas"];
/// As the image of agentk is built.
const FEATURES: &str = "agentk/jemalloc,bench-engine/jemalloc";

/// Where the built programs are.
#[derive(Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    /// Those that somebody has built already.
    pub(super) fn find(directory: &Path) -> Result<Self> {
        for name in PACKAGES {
            ensure!(
                directory.join(name).is_file(),
                "{} holds no {name}",
                directory.display()
            );
        }
        Ok(Self(directory.to_path_buf()))
    }

    pub(super) fn build() -> Result<Self> {
        let mut cargo = Command::new("cargo");
        // what cargo tells of this task would make it build anew what it has built without a task
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&name);
            }
        }
        cargo.current_dir(repository::root());
        cargo.args([
            "build",
            "--release",
            "--locked",
            "--bins",
            "--message-format=json",
            "--features",
            FEATURES,
        ]);
        for package in PACKAGES {
            cargo.args(["--package", package]);
        }
        let output = cargo.output().context("failed to run cargo")?;
        if !output.status.success() {
            bail!(
                "failed to build {}: {}",
                PACKAGES.join(", "),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let messages = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut executables = messages.lines().filter_map(|message| {
            let message: Value = serde_json::from_str(message).ok()?;
            message["executable"].as_str().map(PathBuf::from)
        });
        let folder = executables
            .next_back()
            .and_then(|path| Some(path.parent()?.to_path_buf()));
        folder.map(Self).context("cargo built no programs")
    }

    /// Runs one step of `bench-engine` against a control plane and returns the lines that it prints.
    pub(super) fn step(&self, plane: &ControlPlane, arguments: &[&str]) -> Result<Vec<Value>> {
        let mut command = Command::new(self.0.join("bench-engine"));
        command
            .args(["--step"])
            .args(arguments)
            .env("KUBECONFIG", plane.kubeconfig())
            .env(settings::CONTROL_PLANE, plane.directory())
            .env(settings::PROGRAMS, &self.0);
        lines(&mut command)
    }

    /// The same, measured: what it prints is recorded, with what it cost the API server.
    pub(super) fn measure(
        &self,
        plane: &ControlPlane,
        arguments: &[&str],
        records: &mut Records,
    ) -> Result<()> {
        let before = server_cpu(plane);
        let results = self.step(plane, arguments)?;
        let server_cpu = server_cpu(plane) - before;
        let is_single = results.len() == 1;
        for mut result in results {
            let name = result["measured"].as_str().unwrap_or_default().to_owned();
            // of a process that measures several things it is not known what each cost
            if is_single {
                result["server_cpu"] = server_cpu.into();
            }
            records.add(SELF, &name, &result);
        }
        Ok(())
    }
}

/// Processor time of the API server so far, in seconds.
pub(super) fn server_cpu(plane: &ControlPlane) -> f64 {
    let ids = plane.process_ids();
    let server = ids.iter().find(|(name, _)| name == "kube-apiserver");
    server.map_or(0.0, |(_, id)| cpu_seconds(*id))
}

/// Runs a program to its end and reads the lines of JSON that it prints.
pub(super) fn lines(command: &mut Command) -> Result<Vec<Value>> {
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .display()
        .to_string();
    let output = command
        .output()
        .with_context(|| format!("failed to run {name}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{name} failed: {}{}",
        text,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("failed to parse what {name} prints")))
        .collect()
}
