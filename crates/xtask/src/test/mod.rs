//! `cargo xtask test`: everything a change must pass, cheapest first, on one control plane.

mod count;
mod programs;
mod step;
mod summary;

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use testkit::{ControlPlane, settings};

use self::programs::TestProgram;
use self::step::{Outcome, Step};
use self::summary::Summary;
use crate::repository::{self, Package};
use crate::{machine, terminal, tidy};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Leave out the suites that cross crates
    #[arg(long)]
    fast: bool,
    /// Leave out formatting, lints and licences
    #[arg(long)]
    only_tests: bool,
    /// Run only tests whose name contains this
    filter: Option<String>,
}

/// Runs every step, prints a table of them, and fails when one failed.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    machine::require_all()?;
    let mut summary = Summary::default();
    if !arguments.only_tests {
        lints(&mut summary);
    }
    let mut programs = Vec::new();
    let built = summary.check("build", || {
        programs = programs::build()?;
        Ok(())
    });
    if built != Outcome::Failed {
        tests(arguments, &programs, &mut summary)?;
    }
    terminal::line(summary.to_string());
    if summary.failed() {
        bail!("not everything passed");
    }
    Ok(())
}

fn lints(summary: &mut Summary) {
    summary.add(Step::named("fmt").cargo(&["fmt", "--all", "--check"]));
    summary.check("tidy", tidy::run);
    summary.add(Step::named("clippy").cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]));
    if machine::has_cargo("deny") {
        summary.add(Step::named("deny").cargo(&[
            "deny",
            "--all-features",
            "check",
            "bans",
            "licenses",
            "sources",
        ]));
    } else {
        summary.skip(
            "deny",
            "cargo-deny is not installed: cargo install cargo-deny --locked",
        );
    }
}

fn tests(arguments: &Arguments, programs: &[TestProgram], summary: &mut Summary) -> Result<()> {
    let packages = repository::packages()?;
    let (crates, suites): (Vec<_>, Vec<_>) = packages
        .iter()
        .partition(|package| !package.folder.starts_with("tests/"));
    let product = programs_directory()?;
    let mut plane = None;
    summary.check("control plane", || {
        plane = Some(ControlPlane::start(&testkit::Options::default())?);
        Ok(())
    });
    let Some(plane) = plane else { return Ok(()) };
    let prepare = |packages: &[&Package], name: &str| {
        let is_meant = |program: &&TestProgram| {
            packages
                .iter()
                .any(|package| repository::root().join(&package.folder) == program.folder)
        };
        let commands = programs.iter().filter(is_meant).map(|program| {
            let mut command = program.command();
            command
                .args(&arguments.filter)
                .env(settings::CONTROL_PLANE, plane.directory())
                .env(settings::PROGRAMS, &product);
            command
        });
        commands.fold(Step::named(name), Step::command)
    };
    summary.add(prepare(&crates, "crates"));
    summary.add(Step::named("examples").cargo(&["test", "--workspace", "--doc", "--locked"]));
    if !arguments.fast {
        for suite in &suites {
            summary.add(prepare(&[*suite], &suite.name));
        }
    }
    Ok(())
}

/// Where `cargo build` has put the workspace's programs: beside this one.
fn programs_directory() -> Result<PathBuf> {
    let xtask = env::current_exe().context("failed to find this program")?;
    Ok(xtask
        .parent()
        .context("this program is in no directory")?
        .to_path_buf())
}
