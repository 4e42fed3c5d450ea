//! What a step costs a process.

use std::fs;
use std::time::Instant;

use serde_json::{Value, json};

/// A point to measure from.
#[derive(Debug)]
pub(crate) struct Begin {
    at: Instant,
    cpu: f64,
}

impl Begin {
    pub(crate) fn now() -> Self {
        Self {
            at: Instant::now(),
            cpu: cpu_seconds(),
        }
    }

    /// Seconds since then.
    pub(crate) fn elapsed(&self) -> f64 {
        self.at.elapsed().as_secs_f64()
    }

    /// What this process has used since then, under the name of what was measured.
    pub(crate) fn used(&self, measured: &str) -> Value {
        json!({
            "measured": measured,
            "wall": self.elapsed(),
            "cpu": cpu_seconds() - self.cpu,
            "peak_mib": memory_mib("self", "VmHWM"),
        })
    }
}

/// Time on a processor of all threads of this process that still run, in seconds: finer than the ticks of `stat`.
fn cpu_seconds() -> f64 {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let schedule = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        schedule.split_whitespace().next()?.parse::<u64>().ok()
    });
    nanoseconds.sum::<u64>() as f64 / 1e9
}

/// `VmHWM` (peak) or `VmRSS` (resident now) of a process, in MiB.
pub(crate) fn memory_mib(process: &str, figure: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}
