//! helm template as a pure function over a Tree.
//!
//! [`template()`] renders a chart with [`Options`] to the text that `helm template` prints. Its parts: [`chart`] loads
//! charts and decides which subcharts take part; [`values`] reads what the user sets and lays it over their defaults;
//! [`schema`] holds them against what the charts demand; [`engine`] executes templates; [`output`] takes rendered
//! files apart and prints them.
//!
//! The crate opens no file and no connection by itself: what lies outside of the tree comes through callbacks of
//! the caller.

pub mod capabilities;
pub mod chart;
pub mod engine;
mod glob;
pub mod output;
pub mod remote;
pub mod schema;
mod template;
pub mod values;

pub use capabilities::{Compatibility, KubeVersion};
pub use engine::Release;
pub use template::{
    Error, GeneratedField, Hooks, Limits, Options, Randomness, ReadFile, Rendered, template, template_chart,
};
