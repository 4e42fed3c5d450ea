//! The engine's own steps.

use anyhow::{Context, Result};
use serde_json::json;
use testkit::{ControlPlane, Options};

use super::programs::Programs;
use super::record::{Records, SELF};
use super::{fresh, pause};

/// Every step, in their order: each begins with what the one before has left.
const STEPS: [&str; 10] = [
    "create",
    "noop",
    "change",
    "edit",
    "drift",
    "diff-exact",
    "diff-filtered",
    "warm",
    "prune",
    "delete",
];

/// Runs every step once.
pub(super) fn steps(
    programs: &Programs,
    plane: &ControlPlane,
    objects: u32,
    records: &mut Records,
) -> Result<()> {
    let objects = objects.to_string();
    for step in STEPS {
        let arguments = [step, "--objects", &objects];
        match step {
            "create" => {
                let arguments = [step, "--objects", &objects, "--until-available"];
                programs.measure(plane, &arguments, records)?;
            }
            "edit" => drop(programs.step(plane, &arguments)?),
            _ => programs.measure(plane, &arguments, records)?,
        }
        pause();
    }
    Ok(())
}

/// Runs every step where nothing else asks the API server, and records what it counts.
pub(super) fn count_requests(programs: &Programs, objects: u32, records: &mut Records) -> Result<()> {
    let plane = ControlPlane::start(&Options::without_controllers())?;
    let objects = objects.to_string();
    for step in STEPS.iter().filter(|step| **step != "warm") {
        let before = counted(programs, &plane)?;
        let results = programs.step(&plane, &[step, "--objects", &objects])?;
        let requests = counted(programs, &plane)? - before;
        if let Some(measured) = results.iter().find_map(|result| result["measured"].as_str()) {
            records.add(SELF, measured, &json!({"counted": requests}));
        }
    }
    Ok(())
}

fn counted(programs: &Programs, plane: &ControlPlane) -> Result<u64> {
    let results = programs.step(plane, &["count"])?;
    let counted = results.first().and_then(|result| result["counted"].as_u64());
    counted.context("the API server's requests were not counted")
}

/// Whether the cost grows with the objects, and not faster.
pub(super) fn large(
    programs: &Programs,
    objects: u32,
    repetitions: u32,
    records: &mut Records,
) -> Result<()> {
    let plane = fresh()?;
    let objects = objects.to_string();
    programs.measure(
        &plane,
        &["create", "--objects", &objects],
        &mut Records::default(),
    )?;
    for _ in 0..repetitions {
        pause();
        programs.measure(&plane, &["large-noop", "--objects", &objects], records)?;
    }
    Ok(())
}
