use gotemplate::Cancellation;

use super::Error;

/// What the charts of one render may hold together, archives within archives and copies under other names included.
#[derive(Clone, Debug)]
pub struct Budget {
    limits: Limits,
    left: Limits,
    cancellation: Cancellation,
}

/// Bounds of a [`Budget`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files; those of an archive count in the archive and again unpacked.
    pub bytes: u64,
    /// Files.
    pub files: usize,
    /// Charts, each alias one of its own.
    pub charts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 3 * super::MAX_CHART_SIZE,
            files: 100_000,
            charts: 1_000,
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Limits::default(), Cancellation::default())
    }
}

impl Budget {
    /// A budget of which nothing is spent.
    pub fn new(limits: Limits, cancellation: Cancellation) -> Self {
        Self {
            limits,
            left: limits,
            cancellation,
        }
    }

    /// Counts a file.
    pub(super) fn file(&mut self, name: &str, size: u64) -> Result<(), Error> {
        if self.cancellation.is_cancelled() {
            return Err(Error::Cancelled {
                name: name.to_owned(),
            });
        }
        let Limits { bytes, files, .. } = self.limits;
        self.left.files = self.left.files.checked_sub(1).ok_or(Error::TooManyFiles(files))?;
        self.left.bytes = self
            .left
            .bytes
            .checked_sub(size)
            .ok_or(Error::TooManyBytes(bytes))?;
        Ok(())
    }

    /// Counts charts.
    pub(super) fn charts(&mut self, name: &str, count: usize) -> Result<(), Error> {
        if self.cancellation.is_cancelled() {
            return Err(Error::Cancelled {
                name: name.to_owned(),
            });
        }
        self.left.charts = self
            .left
            .charts
            .checked_sub(count)
            .ok_or(Error::TooManyCharts(self.limits.charts))?;
        Ok(())
    }
}
