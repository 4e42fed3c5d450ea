//! What kas tells about its work: metrics and probes.

mod endpoints;
mod metrics;

pub(crate) use self::endpoints::{Readiness, router};
pub use self::metrics::Metrics;
