//! Counting requests by the API server's own metrics.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::plane::ControlPlane;

const METRIC: &str = "apiserver_request_total{";
/// What this module and readiness checks ask themselves.
const OWN_PATHS: [&str; 4] = ["/metrics", "/readyz", "/livez", "/healthz"];

/// What kind of request was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// `GET`, `LIST`, `WATCH`, `POST`, `PUT`, `PATCH`, `APPLY`, `DELETE`, `DELETECOLLECTION`.
    pub verb: String,
    /// The API group, empty for the core group.
    pub group: String,
    /// The plural resource, empty for requests about none.
    pub resource: String,
    /// The subresource; the path of a request about no resource.
    pub subresource: String,
    /// The answer's status code.
    pub code: String,
    /// Whether nothing was to be stored.
    pub dry_run: bool,
}

/// How often each kind of request was answered since the API server began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts(BTreeMap<Request, u64>);

impl ControlPlane {
    /// The counters of now. They count everybody's requests, so count on `ControlPlane::isolated` without controllers.
    pub async fn requests(&self) -> Result<RequestCounts> {
        let client = self.connect().await?;
        let request = http::Request::get("/metrics")
            .body(Vec::new())
            .context("failed to form a request")?;
        let text = client
            .request_text(request)
            .await
            .context("failed to read the API server's metrics")?;
        Ok(RequestCounts::parse(&text))
    }
}

impl RequestCounts {
    fn parse(text: &str) -> Self {
        let mut counts = BTreeMap::new();
        for line in text.lines().filter_map(|line| line.strip_prefix(METRIC)) {
            let Some((labels, value)) = line.rsplit_once("} ") else {
                continue;
            };
            let request = Request::parse(labels);
            if !OWN_PATHS.iter().any(|path| request.subresource.starts_with(path)) {
                *counts.entry(request).or_default() += value.parse::<f64>().unwrap_or_default() as u64;
            }
        }
        Self(counts)
    }

    /// What was added since `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let added = self.0.iter().filter_map(|(request, count)| {
            let before = earlier.0.get(request).copied().unwrap_or_default();
            (*count > before).then(|| (request.clone(), count - before))
        });
        Self(added.collect())
    }

    /// The number of requests that `wanted` accepts.
    pub fn count(&self, wanted: impl Fn(&Request) -> bool) -> u64 {
        self.0
            .iter()
            .filter(|(request, _)| wanted(request))
            .map(|(_, count)| count)
            .sum()
    }

    /// All but watches and what the API server asks itself every few seconds.
    pub fn total(&self) -> u64 {
        self.count(|request| request.verb != "WATCH" && !request.is_heartbeat())
    }

    /// Those that were to store something, leases aside.
    pub fn writes(&self) -> u64 {
        self.count(|request| request.stores() && !request.is_heartbeat())
    }

    /// Each kind with its number, for a message.
    pub fn iter(&self) -> impl Iterator<Item = (&Request, u64)> {
        self.0.iter().map(|(request, count)| (request, *count))
    }
}

impl Request {
    fn parse(labels: &str) -> Self {
        let mut request = Self::default();
        for label in labels.split("\",") {
            let Some((name, value)) = label.split_once("=\"") else {
                continue;
            };
            let value = value.trim_end_matches('"').to_owned();
            match name {
                "verb" => request.verb = value,
                "group" => request.group = value,
                "resource" => request.resource = value,
                "subresource" => request.subresource = value,
                "code" => request.code = value,
                "dry_run" => request.dry_run = !value.is_empty(),
                _ => {}
            }
        }
        request
    }

    /// A server shows by its Lease that it lives, and the aggregator looks whether the schemas have changed.
    fn is_heartbeat(&self) -> bool {
        self.resource == "leases" || (self.verb == "GET" && self.subresource == "openapi/v3")
    }

    fn stores(&self) -> bool {
        !self.dry_run && !matches!(self.verb.as_str(), "GET" | "LIST" | "WATCH" | "CONNECT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: &str = r#"# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="APPLY",version="v1"} 7
apiserver_request_total{code="200",component="apiserver",dry_run="All",group="apps",resource="deployments",scope="resource",subresource="",verb="APPLY",version="v1"} 2
apiserver_request_total{code="0",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="WATCH",version="v1"} 5
apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="",scope="",subresource="/metrics",verb="GET",version=""} 3
"#;

    #[test]
    fn counts_what_was_added() {
        let counts = RequestCounts::parse(METRICS);
        assert_eq!((counts.total(), counts.writes()), (9, 7));
        let later = RequestCounts::parse(&METRICS.replace("} 7", "} 9"));
        assert_eq!(later.since(&counts).total(), 2);
        assert_eq!(counts.since(&counts), RequestCounts::default());
    }
}
