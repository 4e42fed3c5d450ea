//! Directories that do not outlive who made them.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Waits for the end of its input, which comes when the owner is gone, and for the owner's programs to notice as well.
const REMOVE_WHEN_ALONE: &str = r#"
read -r _
sleep 0.5
rm -rf -- "$1" || { sleep 2; rm -rf -- "$1"; }
"#;

/// A new directory that is removed when this value, or the whole process, is gone.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _janitor: Child,
}

impl Scratch {
    /// Creates a directory below the system's temporary one.
    pub fn create(purpose: &str) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix(&format!("glops-{purpose}-"))
            .tempdir();
        let path = directory
            .with_context(|| format!("failed to create the directory of the {purpose}"))?
            .keep();
        let janitor = Command::new("sh")
            .args(["-c", REMOVE_WHEN_ALONE, "janitor"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // a Ctrl-C at the terminal is for the owner alone
            .process_group(0)
            .spawn()
            .context("failed to start the shell that cleans up")?;
        Ok(Self {
            path,
            _janitor: janitor,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
