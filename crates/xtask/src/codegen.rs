//! `cargo xtask codegen`: writes the Rust code of the wire contracts anew.

use std::process::Command;

use anyhow::{Context, Result, bail};
use testkit::settings;

use crate::repository;

/// The generator is the test that otherwise compares, so that the two cannot differ.
pub(crate) fn run() -> Result<()> {
    let cargo = settings::path("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(repository::root())
        .args(["test", "--quiet", "--package", "rpc", "--test", "generated"])
        .env("GLOPS_CODEGEN", "write")
        .status()
        .context("failed to run cargo")?;
    if !status.success() {
        bail!("failed to generate the code of proto/");
    }
    Ok(())
}
