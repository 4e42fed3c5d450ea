//! The programs of this workspace, for tests that run them as users do.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::settings;

const PROGRAMS: [&str; 3] = ["glops", "agentk", "kas"];

/// The path of one of the workspace's programs. `cargo xtask test` has built them; in a test run alone they are built now.
pub fn program(name: &str) -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| settings::path(settings::PROGRAMS).unwrap_or_else(build));
    let path = directory.join(name);
    assert!(path.is_file(), "{} is not there", path.display());
    path
}

/// A command that runs one of the workspace's programs and knows nothing of this machine: an empty environment but for
/// `PATH`, and `home` as its home and working directory.
pub fn command(name: &str, home: &Path) -> Command {
    let mut command = Command::new(program(name));
    command
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .stdin(Stdio::null());
    if let Some(path) = settings::path("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Builds the programs beside the program that runs now, with its profile.
fn build() -> PathBuf {
    let this = std::env::current_exe().expect("a program knows where it is");
    let folder = this.parent().expect("a program is in a directory");
    // a test is one folder deeper than a program
    let directory = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    let target = directory
        .parent()
        .expect("a profile's directory is below the target directory");
    let mut cargo = Command::new(settings::path("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(settings::repository_root())
        .args(["build", "--quiet", "--bins", "--target-dir"])
        .arg(target);
    if directory.ends_with("release") {
        cargo.arg("--release");
    }
    for program in PROGRAMS {
        cargo.args(["--package", program]);
    }
    let status = cargo.status().expect("cargo runs where cargo test runs");
    assert!(status.success(), "failed to build {}", PROGRAMS.join(", "));
    directory.to_path_buf()
}
