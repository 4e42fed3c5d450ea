//! Files as such: size, line ends, links.

use std::fs;

use anyhow::{Context, Result};

use crate::repository;

const LIMIT: u64 = 1 << 20;

pub(super) fn check(files: &[String]) -> Result<Vec<String>> {
    let mut violations = Vec::new();
    for path in files {
        let full = repository::root().join(path);
        let metadata = full
            .symlink_metadata()
            .with_context(|| format!("failed to look at {path}"))?;
        if metadata.is_symlink() {
            let leads_within = full
                .canonicalize()
                .is_ok_and(|target| target.starts_with(repository::root()));
            if !leads_within && !is_testdata(path) {
                violations.push(format!(
                    "{path}: a link that leads nowhere or out of the repository"
                ));
            }
        } else if metadata.len() > LIMIT {
            violations.push(format!("{path}: {} bytes; the limit is {LIMIT}", metadata.len()));
        } else if !is_testdata(path) && fs::read(&full).is_ok_and(|bytes| bytes.contains(&b'\r')) {
            violations.push(format!("{path}: has carriage returns"));
        }
    }
    Ok(violations)
}

fn is_testdata(path: &str) -> bool {
    path.split('/').any(|part| part == "testdata" || part == "golden")
}
