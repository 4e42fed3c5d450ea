//! Steps of a process that watches what it manages.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::{Cluster, Desired, Events, Syncer};
use serde_json::Value;
use testkit::workload::Workload;
use tokio_util::sync::CancellationToken;

use crate::measure::Begin;
use crate::once::{self, options, refuse_failures, with_counts};
use crate::{application, configuration};

/// Watches open, and what others do is told.
const SETTLE: Duration = Duration::from_secs(1);
const EDITED: usize = 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// No-op, change, drift and prune, beginning with what [`once`] has left.
pub(crate) async fn run(workload: Workload) -> Result<Vec<Value>> {
    let cluster = Cluster::connect(configuration().await?).context("failed to reach the cluster")?;
    let warm = Warm {
        syncer: Syncer::new(&cluster, application()),
    };
    let revision = |revision| Workload { revision, ..workload };
    let (before, after) = (
        once::desired(revision(2).build())?,
        once::desired(revision(3).build())?,
    );
    let pruned = once::desired(revision(3).without_a_tenth().build())?;
    warm.measure("first", &before).await?;
    let noop = warm.measure("no-op, warm", &before).await?;
    let change = warm.measure("change of 10, warm", &after).await?;
    once::edit(revision(3)).await?;
    warm.see_drift().await?;
    let drift = warm.measure("drift of 10, warm", &after).await?;
    let prune = warm.measure("prune of 100, warm", &pruned).await?;
    warm.measure("restore", &after).await?;
    Ok(vec![noop, change, drift, prune])
}

struct Warm {
    syncer: Syncer,
}

impl Warm {
    async fn measure(&self, measured: &str, desired: &Desired) -> Result<Value> {
        let stop = CancellationToken::new();
        let begin = Begin::now();
        let change_set = self
            .syncer
            .sync(desired, &options(), &Events::none(), &stop)
            .await?;
        let used = begin.used(measured);
        refuse_failures(&change_set)?;
        tokio::time::sleep(SETTLE).await;
        Ok(with_counts(used, &change_set))
    }

    async fn see_drift(&self) -> Result<()> {
        let mut seen = 0;
        while seen < EDITED {
            let drift = tokio::time::timeout(PATIENCE, self.syncer.next_drift()).await;
            drift.with_context(|| format!("only {seen} of the {EDITED} edits were told"))?;
            seen += 1;
        }
        ensure!(seen == EDITED, "more drift than edits");
        Ok(())
    }
}
