//! The shared acceptance cases.
