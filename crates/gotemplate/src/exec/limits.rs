//! What a render may cost, and the books about it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bounds for templates that nobody has vetted.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Statements, commands and items handled by functions.
    pub steps: u64,
    /// Templates executing within each other.
    pub depth: usize,
    /// Bytes of one text: the output of a template or the result of a function.
    pub text: usize,
    /// Bytes that functions and templates have made altogether.
    pub allocated: u64,
    /// Compiled size of one regular expression.
    pub regex: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 50_000_000,
            depth: 5_000,
            text: 64 << 20,
            allocated: 4 << 30,
            regex: 4 << 20,
        }
    }
}

/// A limit is reached, or the render was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Too many steps.
    #[error("template takes more than {0} steps")]
    Steps(u64),
    /// Too deep.
    #[error("exceeded maximum template depth ({0})")]
    Depth(usize),
    /// A text is too long.
    #[error("text is longer than {0} bytes")]
    Text(usize),
    /// All texts together are too long.
    #[error("template makes more than {0} bytes")]
    Allocated(u64),
    /// A value nests too deep to be printed or compared; it may hold itself.
    #[error("value nests deeper than {0} levels")]
    Nesting(usize),
    /// The caller cancelled.
    #[error("template execution was cancelled")]
    Cancelled,
}

/// How deep a value may nest where all of it is visited.
pub(crate) const VALUE_DEPTH: usize = 10_000;

/// Stops a render from another thread.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Asks the render to stop; it does so within a few thousand steps.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What has been spent.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) limits: Limits,
    cancellation: Cancellation,
    steps: Cell<u64>,
    allocated: Cell<u64>,
    depth: Cell<usize>,
}

/// Steps between two looks at the cancellation.
const CHECK_EVERY: u64 = 1024;
/// Bytes between two looks at it.
const CHECK_BYTES: u64 = 1 << 20;

impl Meter {
    pub(super) fn new(limits: Limits, cancellation: Cancellation) -> Self {
        Self {
            limits,
            cancellation,
            steps: Cell::new(0),
            allocated: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    pub(super) fn spend(&self, steps: u64) -> Result<(), LimitError> {
        let before = self.steps.get();
        let after = before.saturating_add(steps);
        self.steps.set(after);
        if after > self.limits.steps {
            return Err(LimitError::Steps(self.limits.steps));
        }
        if before / CHECK_EVERY != after / CHECK_EVERY {
            self.check_cancelled()?;
        }
        Ok(())
    }

    pub(super) fn allocate(&self, bytes: usize) -> Result<(), LimitError> {
        if bytes > self.limits.text {
            return Err(LimitError::Text(self.limits.text));
        }
        let before = self.allocated.get();
        let after = before.saturating_add(bytes as u64);
        self.allocated.set(after);
        if after > self.limits.allocated {
            return Err(LimitError::Allocated(self.limits.allocated));
        }
        if before / CHECK_BYTES != after / CHECK_BYTES {
            self.check_cancelled()?;
        }
        Ok(())
    }

    pub(super) fn check_cancelled(&self) -> Result<(), LimitError> {
        if self.cancellation.is_cancelled() {
            Err(LimitError::Cancelled)
        } else {
            Ok(())
        }
    }

    pub(super) fn at_deepest(&self) -> bool {
        self.depth.get() >= self.limits.depth
    }

    /// Runs one template deeper.
    pub(super) fn deeper<T, E: From<LimitError>>(&self, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let depth = self.depth.get();
        if depth >= self.limits.depth {
            return Err(LimitError::Depth(self.limits.depth).into());
        }
        self.check_cancelled()?;
        self.depth.set(depth + 1);
        let result = stacked(run);
        self.depth.set(depth);
        result
    }
}

/// Runs with room on the stack, taking a new one from the heap when little is left.
pub(crate) fn stacked<T>(run: impl FnOnce() -> T) -> T {
    const RED_ZONE: usize = 256 << 10;
    const SEGMENT: usize = 4 << 20;
    stacker::maybe_grow(RED_ZONE, SEGMENT, run)
}
