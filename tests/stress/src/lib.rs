//! Crash points, soak and scale.
