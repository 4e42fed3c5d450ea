//! helm template as a pure function over a Tree.
//!
//! [`values`] reads what the user sets and lays it over the defaults of charts. The crate opens no file and no
//! connection by itself: what lies outside of the tree comes through callbacks of the caller.

pub mod values;
