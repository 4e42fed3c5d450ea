//! `cargo xtask tidy`: the project's rules that no compiler and no linter checks.

mod arrows;
mod fences;
mod files;
mod lengths;
mod words;

use anyhow::{Result, bail};

use crate::repository;
use crate::terminal::line;

/// Runs every check, prints every violation, and fails when there is one.
pub(crate) fn run() -> Result<()> {
    let files = repository::files()?;
    let mut violations = arrows::check(&repository::packages()?)?;
    violations.extend(fences::check(&files));
    violations.extend(words::check(&files));
    violations.extend(files::check(&files)?);
    for long in lengths::report(&files) {
        line(format!("look again: {long}"));
    }
    if violations.is_empty() {
        line(format!("tidy: {} files, no violation", files.len()));
        return Ok(());
    }
    for violation in &violations {
        line(format!("tidy: {violation}"));
    }
    bail!("{} violations of the project's rules", violations.len())
}
