//! The built-in generators: ConfigMaps, Secrets, charts and policies.

mod chart;
mod data;
mod iam_policy;
mod sources;

pub(crate) use chart::{Chart, ChartArgs};
pub(crate) use data::{DataKind, generate};
pub(crate) use iam_policy::IamPolicy;
