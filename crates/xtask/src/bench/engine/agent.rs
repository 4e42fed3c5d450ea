//! agentk, as it is installed.

use anyhow::Result;

use super::fresh;
use super::programs::Programs;
use super::record::Records;

pub(super) fn run(programs: &Programs, records: &mut Records) -> Result<()> {
    for (step, objects) in [("agent-idle", "100"), ("agent-push", "1000")] {
        let plane = fresh()?;
        programs.measure(&plane, &[step, "--objects", objects], records)?;
    }
    Ok(())
}
