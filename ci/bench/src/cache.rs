//! What is kept of a synced set.

use std::time::Duration;

use anyhow::{Context, Result};
use engine::{Cluster, Events, Syncer};
use serde_json::{Value, json};
use testkit::workload::Workload;
use tokio_util::sync::CancellationToken;

use crate::measure::{Begin, memory_mib};
use crate::once::{desired, options, refuse_failures};
use crate::{application, configuration};

/// What was only needed meanwhile is given back to the system.
const SETTLE: Duration = Duration::from_secs(5);

/// Syncs a set that is live already, lets go of what was desired, and tells how much memory remains in use.
pub(crate) async fn run(workload: Workload) -> Result<Value> {
    let cluster = Cluster::connect(configuration().await?).context("failed to reach the cluster")?;
    let syncer = Syncer::new(&cluster, application());
    let begin = Begin::now();
    {
        let desired = desired(workload.build())?;
        let stop = CancellationToken::new();
        let change_set = syncer.sync(&desired, &options(), &Events::none(), &stop).await?;
        refuse_failures(&change_set)?;
    }
    let mut result = begin.used("cache");
    tokio::time::sleep(SETTLE).await;
    result["resident_mib"] = memory_mib("self", "VmRSS").into();
    result["kept"] = json!(syncer.statuses().await.len());
    Ok(result)
}
