//! The processor time of another process.

use std::fs;

/// Clock ticks per second of the times in /proc, on every Linux.
const TICKS: f64 = 100.0;

/// User and system time of the process `id` so far, in seconds.
pub(super) fn cpu_seconds(id: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // the name before the bracket may hold anything
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or_default()
    };
    (ticks(11) + ticks(12)) / TICKS
}
