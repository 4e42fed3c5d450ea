//! `cargo xtask codegen`: writes anew what is made from other files of the repository.

use std::process::Command;

use anyhow::{Context, Result, bail};
use testkit::settings;

use crate::repository;

/// What is made, by the test that otherwise compares: so the two cannot differ.
struct Made {
    what: &'static str,
    test: &'static [&'static str],
    variable: (&'static str, &'static str),
}

const REFERENCE: &str = "reference_is_up_to_date";
const BLESS: (&str, &str) = (settings::BLESS, "1");

const ALL: [Made; 4] = [
    Made {
        what: "the code of proto/",
        test: &["--package", "rpc", "--test", "generated"],
        variable: ("GLOPS_CODEGEN", "write"),
    },
    Made {
        what: "docs/reference/glops.md",
        test: &["--package", "glops", "--bins", REFERENCE],
        variable: BLESS,
    },
    Made {
        what: "docs/reference/agentk*.md",
        test: &["--package", "agentk", "--lib", REFERENCE],
        variable: BLESS,
    },
    Made {
        what: "docs/reference/kas*.md",
        test: &["--package", "kas", "--lib", REFERENCE],
        variable: BLESS,
    },
];

/// Makes all of it.
pub(crate) fn run() -> Result<()> {
    let cargo = settings::path("CARGO").unwrap_or_else(|| "cargo".into());
    for Made { what, test, variable } in ALL {
        let status = Command::new(&cargo)
            .current_dir(repository::root())
            .args(["test", "--quiet"])
            .args(test)
            .env(variable.0, variable.1)
            .status()
            .context("failed to run cargo")?;
        if !status.success() {
            bail!("failed to make {what}");
        }
    }
    Ok(())
}
