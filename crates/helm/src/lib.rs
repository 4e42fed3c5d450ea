//! helm template as a pure function over a Tree.
//!
//! [`chart`] loads charts and decides which subcharts take part; [`values`] reads what the user sets and lays it
//! over their defaults; [`engine`] executes templates; [`output`] takes rendered files apart and prints them.
//!
//! The crate opens no file and no connection by itself: what lies outside of the tree comes through callbacks of
//! the caller.

pub mod chart;
pub mod engine;
pub mod output;
pub mod values;
