//! The test programs of the whole workspace, made by one build: one for each package would choose other features of what
//! they share, and compile most of it anew each time.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::repository;

/// A program that runs the tests of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TestProgram {
    /// The folder of its package, in which it runs.
    pub(super) folder: PathBuf,
    path: PathBuf,
}

impl TestProgram {
    /// The command that runs it as `cargo test` does.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder);
        command
    }
}

/// Builds them, and the programs of the product beside them.
pub(super) fn build() -> Result<Vec<TestProgram>> {
    let mut cargo = Command::new("cargo")
        .args(["build", "--workspace", "--bins", "--tests", "--locked"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start cargo")?;
    let output = cargo.stdout.take().context("a piped output is there")?;
    let mut programs = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.context("failed to read the output of cargo")?;
        programs.extend(serde_json::from_str(&line).ok().as_ref().and_then(made));
    }
    let status = cargo.wait().context("failed to wait for cargo")?;
    if !status.success() {
        bail!("the workspace does not build");
    }
    Ok(programs)
}

/// The program that a message of cargo tells of, if it is one of tests.
fn made(message: &Value) -> Option<TestProgram> {
    if message["profile"]["test"] != true {
        return None;
    }
    let manifest = Path::new(message["manifest_path"].as_str()?);
    Some(TestProgram {
        folder: manifest.parent()?.to_owned(),
        path: message["executable"].as_str()?.into(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn programs_of_tests_are_told_from_others() {
        let message = |is_test: bool| {
            json!({
                "reason": "compiler-artifact",
                "manifest_path": "/here/crates/a/Cargo.toml",
                "profile": {"test": is_test},
                "executable": "/here/target/debug/deps/suite-1",
            })
        };
        let program = TestProgram {
            folder: "/here/crates/a".into(),
            path: "/here/target/debug/deps/suite-1".into(),
        };
        assert_eq!(made(&message(true)), Some(program));
        assert_eq!(made(&message(false)), None);
        assert_eq!(made(&json!({"reason": "build-finished", "success": true})), None);
    }
}
