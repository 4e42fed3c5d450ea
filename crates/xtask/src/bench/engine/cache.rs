//! How much memory a process takes that keeps watch over many objects.

use anyhow::Result;
use testkit::{ControlPlane, Options};

use super::peers::Peers;
use super::programs::Programs;
use super::record::Records;

const REPETITIONS: u32 = 3;
const OBJECTS: &str = "20000";

pub(super) fn run(programs: &Programs, peers: Option<&Peers>, records: &mut Records) -> Result<()> {
    let plane = ControlPlane::start(&Options::without_controllers())?;
    let arguments = |step| [step, "--config-maps", "--objects", OBJECTS];
    programs.measure(&plane, &arguments("create"), &mut Records::default())?;
    for _ in 0..REPETITIONS {
        programs.measure(&plane, &arguments("cache"), records)?;
    }
    if let Some(peers) = peers {
        peers.caches(&plane, OBJECTS, records)?;
    }
    Ok(())
}
