//! What a step costs this process.

use std::fs;
use std::time::Instant;

/// Clock ticks per second of the times in /proc, on every Linux.
const TICKS: f64 = 100.0;

/// A point to measure from.
#[derive(Debug)]
pub(crate) struct Begin {
    at: Instant,
    cpu: f64,
}

/// What was used since then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) peak_mib: f64,
}

impl Begin {
    pub(crate) fn now() -> Self {
        Self {
            at: Instant::now(),
            cpu: cpu_seconds(),
        }
    }

    pub(crate) fn used(&self) -> Used {
        Used {
            wall: self.at.elapsed().as_secs_f64(),
            cpu: cpu_seconds() - self.cpu,
            peak_mib: peak_mib(),
        }
    }
}

/// User and system time of this process.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
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

fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}
