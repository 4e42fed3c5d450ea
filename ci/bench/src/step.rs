//! The steps by name.

use anyhow::Result;
use clap::ValueEnum;
use engine::diff::DiffMode;
use serde_json::Value;
use testkit::workload::Workload;

use crate::{agent, cache, once, one, warm};

/// A step of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Into an empty cluster
    Create,
    /// The same again
    Noop,
    /// The same, of a larger set
    LargeNoop,
    /// Ten objects have changed in Git
    Change,
    /// Somebody edits ten ConfigMaps; not measured
    Edit,
    /// The edits are undone
    Drift,
    /// Ten further changes, each object asked about
    DiffExact,
    /// Ten further changes, what differs locally asked about
    DiffFiltered,
    /// No-op, change, drift and prune by one process that watches
    Warm,
    /// A tenth has left Git
    Prune,
    /// Everything is deleted
    Delete,
    /// What a process keeps of a synced set
    Cache,
    /// agentk with this many objects at rest
    AgentIdle,
    /// From a push to the applied object, by kas and agentk
    AgentPush,
    /// The requests that the API server has answered
    Count,
}

impl Step {
    /// Runs it and returns what it cost, as JSON.
    pub(crate) async fn run(self, workload: Workload, until_available: bool) -> Result<Vec<Value>> {
        let revision = |revision| Workload { revision, ..workload };
        let result = match self {
            Self::Create => once::create(revision(1), until_available).await,
            Self::Noop => once::sync("no-op, cold", revision(1)).await,
            Self::LargeNoop => once::sync("no-op, cold, five times the objects", revision(1)).await,
            Self::Change => once::sync("change of 10, cold", revision(2)).await,
            Self::Edit => once::edit(revision(2)).await,
            Self::Drift => once::sync("drift of 10, cold", revision(2)).await,
            Self::DiffExact => once::diff("diff, exact", revision(3), DiffMode::Exact).await,
            Self::DiffFiltered => once::diff("diff, filtered", revision(3), DiffMode::Filtered).await,
            Self::Warm => return warm::run(workload).await,
            Self::Prune => once::sync("prune of 100, cold", revision(3).without_a_tenth()).await,
            Self::Delete => once::delete().await,
            Self::Cache => cache::run(revision(1)).await,
            Self::AgentIdle => agent::idle(revision(1)).await,
            Self::AgentPush => agent::push(revision(1)).await,
            Self::Count => agent::count().await,
        };
        result.map(one)
    }
}
