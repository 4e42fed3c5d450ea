//! Our program and the real one, on one directory after the other.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::program::{Cost, Program};
use crate::terminal::line;

/// Beyond this much output a case counts as large.
pub(super) const LARGE: usize = 1 << 20;

/// What one directory cost, each program's in the order of the repetitions.
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) output: usize,
    pub(super) ours: Vec<Cost>,
    pub(super) theirs: Vec<Cost>,
}

/// Runs both programs on all directories; those that give different output are left out.
pub(super) fn measure_all(
    directories: &[PathBuf],
    ours: &Program,
    theirs: &Program,
    repetitions: usize,
) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for directory in directories {
        let name = directory.display().to_string();
        measured.extend(measure(&name, directory, ours, theirs, repetitions)?);
    }
    line(format!(
        "{} of {} directories give the same by both and were measured",
        measured.len(),
        directories.len()
    ));
    Ok(measured)
}

/// Builds a directory by both in turn; nothing when they do not print the same.
pub(super) fn measure(
    name: &str,
    directory: &Path,
    ours: &Program,
    theirs: &Program,
    repetitions: usize,
) -> Result<Option<Measured>> {
    let (first, _) = ours.build(directory)?;
    let (second, cost) = theirs.build(directory)?;
    if first.is_none() || first != second {
        return Ok(None);
    }
    let mut measured = Measured {
        name: name.to_owned(),
        output: first.map_or(0, |output| output.len()),
        ours: Vec::new(),
        theirs: Vec::new(),
    };
    for repetition in 0..repetitions {
        measured.ours.push(ours.build(directory)?.1);
        // one that takes long needs no second run to be told apart
        let slow = repetition == 0 && cost.wall > 2.0;
        measured
            .theirs
            .push(if slow { cost } else { theirs.build(directory)?.1 });
    }
    Ok(Some(measured))
}
