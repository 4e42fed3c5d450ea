use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Label {
    kind: String,
}

impl Label {
    fn new(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
        }
    }
}

/// Counters and gauges. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    streams: Family<Label, Gauge>,
    connected_agents: Gauge,
    polls: Family<Label, Counter>,
    poll_seconds: Histogram,
    blobs_sent: Counter,
    bytes_sent: Counter,
    gitops_syncs: Counter,
    reports: Family<Label, Counter>,
    webhooks: Family<Label, Counter>,
    database_errors: Counter,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("kas"),
            streams: Family::default(),
            connected_agents: Gauge::default(),
            polls: Family::default(),
            poll_seconds: Histogram::new([0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0]),
            blobs_sent: Counter::default(),
            bytes_sent: Counter::default(),
            gitops_syncs: Counter::default(),
            reports: Family::default(),
            webhooks: Family::default(),
            database_errors: Counter::default(),
        };
        inner.register();
        Self(Arc::new(inner))
    }
}

impl Inner {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "open_streams",
            "Streams that are open, by service",
            self.streams.clone(),
        );
        registry.register(
            "connected_agents",
            "Agents with a pod",
            self.connected_agents.clone(),
        );
        registry.register(
            "git_polls",
            "Looks at a repository, by outcome",
            self.polls.clone(),
        );
        registry.register_with_unit(
            "git_poll",
            "Time of a look at a repository",
            Unit::Seconds,
            self.poll_seconds.clone(),
        );
        registry.register(
            "manifest_blobs_sent",
            "Files sent to agents",
            self.blobs_sent.clone(),
        );
        registry.register_with_unit(
            "manifest_sent",
            "Bytes of files sent to agents",
            Unit::Bytes,
            self.bytes_sent.clone(),
        );
        registry.register(
            "gitops_sync",
            "Commits sent as GitLab sends them",
            self.gitops_syncs.clone(),
        );
        registry.register("reports", "Reports from agents, by kind", self.reports.clone());
        registry.register(
            "webhooks",
            "Pushes that Git servers told of, by outcome",
            self.webhooks.clone(),
        );
        registry.register(
            "database_errors",
            "Calls that the database failed",
            self.database_errors.clone(),
        );
    }
}

/// Counts a stream for as long as it is open.
#[derive(Debug)]
pub(crate) struct OpenStream(Gauge);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(crate) fn stream(&self, service: &str) -> OpenStream {
        let gauge = self.0.streams.get_or_create(&Label::new(service)).clone();
        gauge.inc();
        OpenStream(gauge)
    }

    pub(crate) fn git_poll(&self, elapsed: Duration, succeeded: bool) {
        let outcome = if succeeded { "success" } else { "failure" };
        self.0.polls.get_or_create(&Label::new(outcome)).inc();
        self.0.poll_seconds.observe(elapsed.as_secs_f64());
    }

    pub(crate) fn manifests_sent(&self, blobs: usize, bytes: usize) {
        self.0.blobs_sent.inc_by(blobs as u64);
        self.0.bytes_sent.inc_by(bytes as u64);
    }

    pub(crate) fn gitops_sync(&self) {
        self.0.gitops_syncs.inc();
    }

    pub(crate) fn report(&self, kind: &str) {
        self.0.reports.get_or_create(&Label::new(kind)).inc();
    }

    pub(crate) fn webhook(&self, outcome: &str) {
        self.0.webhooks.get_or_create(&Label::new(outcome)).inc();
    }

    pub(crate) fn database_error(&self) {
        self.0.database_errors.inc();
    }

    /// All of them, as Prometheus reads them.
    pub(crate) fn encode(&self, connected_agents: usize) -> Result<String, fmt::Error> {
        self.0.connected_agents.set(connected_agents as i64);
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }

    /// Files that were sent to agents so far.
    pub fn blobs_sent(&self) -> u64 {
        self.0.blobs_sent.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_reference_is_up_to_date() {
        let metrics = Metrics::default();
        let _open = metrics.stream("manifests");
        metrics.git_poll(Duration::ZERO, true);
        metrics.report("status");
        metrics.webhook("accepted");
        let page = testkit::reference::metrics_page("kas", &metrics.encode(1).unwrap());
        testkit::assert_golden("docs/reference/kas-metrics.md", &page);
    }
}
