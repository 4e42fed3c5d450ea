//! helm template as a pure function over a Tree.
//!
//! [`chart`] loads charts and decides which subcharts take part; [`values`] reads what the user sets and lays it
//! over their defaults. The crate opens no file and no
//! connection by itself: what lies outside of the tree comes through callbacks of the caller.

pub mod chart;
pub mod values;
