//! The shared acceptance cases: what the suites have in common.

pub mod ssa;
