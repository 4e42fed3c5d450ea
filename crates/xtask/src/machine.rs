//! What a machine must have, and what to do when it has it not.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use testkit::settings;

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
    // with ready-made programs nothing is built
    let builds_control_plane = settings::path(settings::ASSETS).is_none();
    match lacking(builds_control_plane, None) {
        None => Ok(()),
        Some(lacking) => bail!(lacking),
    }
}

/// What a machine lacks whose programs are found in `path`, or in the `PATH` of this process; `None` when it has all.
fn lacking(builds_control_plane: bool, path: Option<&str>) -> Option<String> {
    let needs = [GIT, C_COMPILER]
        .into_iter()
        .chain(builds_control_plane.then_some(GO));
    let lines: String = needs
        .filter(|need| !runs(need, path))
        .map(|need| format!("\n  {}: {}; {}", need.program, need.why, need.remedy))
        .collect();
    (!lines.is_empty()).then(|| format!("this machine lacks:{lines}"))
}

/// Whether `cargo <subcommand>` is there.
pub(crate) fn has_cargo(subcommand: &str) -> bool {
    quiet(Command::new("cargo").args([subcommand, "--version"]))
}

fn runs(need: &Need, path: Option<&str>) -> bool {
    let mut command = Command::new(need.program);
    command.arg(need.probe);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    quiet(&mut command)
}

fn quiet(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_machine_is_told_all_that_it_lacks() {
        let nothing = tempfile::tempdir().expect("a directory");
        let path = nothing.path().to_str().expect("a text");
        let lacking = lacking(true, Some(path)).unwrap_or_default();
        for wanted in [
            "\n  git: ",
            "\n  cc: ",
            "\n  go: ",
            "https://go.dev/dl",
            "KUBEBUILDER_ASSETS",
        ] {
            assert!(lacking.contains(wanted), "{lacking}");
        }
    }

    #[test]
    fn ready_made_programs_need_no_go() {
        let lacking = lacking(false, Some("")).unwrap_or_default();
        assert!(
            lacking.contains("git: ") && !lacking.contains("go: "),
            "{lacking}"
        );
    }
}
