//! What a machine must have, and what to do when it has it not.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

struct Need {
    program: &'static str,
    probe: &'static str,
    why: &'static str,
    remedy: &'static str,
}

const GIT: Need = Need {
    program: "git",
    probe: "--version",
    why: "tests make repositories with it",
    remedy: "install git, https://git-scm.com",
};
const C_COMPILER: Need = Need {
    program: "cc",
    probe: "--version",
    why: "SQLite and the TLS library are compiled with it",
    remedy: "install a C compiler, such as the packages build-essential or gcc",
};
const GO: Need = Need {
    program: "go",
    probe: "version",
    why: "the control plane of the tests is built with it",
    remedy: "install Go, https://go.dev/dl, or set KUBEBUILDER_ASSETS to a directory with the programs",
};

/// Fails with everything that is missing, not only the first thing.
pub(crate) fn require_all() -> Result<()> {
    let missing: Vec<_> = [GIT, C_COMPILER, GO]
        .into_iter()
        .filter(|need| !runs(need))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let lines = missing
        .iter()
        .map(|need| format!("\n  {}: {}; {}", need.program, need.why, need.remedy));
    bail!("this machine lacks:{}", lines.collect::<String>())
}

/// Whether `cargo <subcommand>` is there.
pub(crate) fn has_cargo(subcommand: &str) -> bool {
    quiet(Command::new("cargo").args([subcommand, "--version"]))
}

fn runs(need: &Need) -> bool {
    quiet(Command::new(need.program).arg(need.probe))
}

fn quiet(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
