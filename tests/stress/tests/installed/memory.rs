//! How much memory the programs hold, second by second.

use std::fmt;
use std::time::Instant;

use testkit::installation::{Installation, Service};

/// Samples of both programs.
pub(crate) struct Memory {
    begin: Instant,
    agentk: Series,
    kas: Series,
}

/// Seconds since the beginning, process id and KiB.
#[derive(Default)]
struct Series(Vec<(f64, u32, f64)>);

/// The least of samples that tell of a direction.
const FEW: usize = 5;

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            begin: Instant::now(),
            agentk: Series::default(),
            kas: Series::default(),
        }
    }

    /// Adds what both hold now.
    pub(crate) fn sample(&mut self, installed: &mut Installation) {
        let seconds = self.begin.elapsed().as_secs_f64();
        self.agentk.sample(seconds, installed.agentk.service());
        self.kas.sample(seconds, installed.kas.service());
    }

    /// By how many KiB agentk and kas have grown since the last start of each, its first half left out.
    pub(crate) fn growth(&self) -> (f64, f64) {
        (self.agentk.growth(), self.kas.growth())
    }
}

impl Series {
    fn sample(&mut self, seconds: f64, service: &Service) {
        if let (Some(id), Some(kib)) = (service.id(), service.resident_memory()) {
            self.0
                .push((seconds, id, f64::from(u32::try_from(kib).unwrap_or(u32::MAX))));
        }
    }

    /// The samples of the process that runs now, without those of its first half: it fills its caches then.
    fn settled(&self) -> &[(f64, u32, f64)] {
        let Some((_, now, _)) = self.0.last() else {
            return &[];
        };
        let first = self.0.iter().position(|(_, id, _)| id == now).unwrap_or_default();
        let process = &self.0[first..];
        &process[process.len() / 2..]
    }

    /// What the straight line through the settled samples gains from the first to the last of them.
    fn growth(&self) -> f64 {
        let samples = self.settled();
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return 0.0;
        };
        if samples.len() < FEW {
            return 0.0;
        }
        let count = samples.iter().fold(0.0, |count, _| count + 1.0);
        let mean = |value: &dyn Fn(&(f64, u32, f64)) -> f64| samples.iter().map(value).sum::<f64>() / count;
        let (seconds, kib) = (mean(&|sample| sample.0), mean(&|sample| sample.2));
        let covariance = mean(&|sample| (sample.0 - seconds) * (sample.2 - kib));
        let variance = mean(&|sample| (sample.0 - seconds).powi(2));
        covariance / variance * (last.0 - first.0)
    }
}

impl fmt::Display for Memory {
    /// One line of twelve samples for each program, in MiB, and what it grew by at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, series) in [("agentk", &self.agentk), ("kas", &self.kas)] {
            let every = series.0.len().div_ceil(12).max(1);
            let shown: Vec<String> = series
                .0
                .iter()
                .step_by(every)
                .map(|(seconds, _, kib)| format!("{:.1} at {seconds:.0} s", kib / 1024.0))
                .collect();
            let settled = series.settled();
            let over =
                settled.last().map_or(0.0, |last| last.0) - settled.first().map_or(0.0, |first| first.0);
            writeln!(
                f,
                "{name}: MiB {}; grown by {:.1} KiB in the last {over:.0} s",
                shown.join(", "),
                series.growth()
            )?;
        }
        Ok(())
    }
}
