use std::cell::Cell;
use std::time::SystemTime;

use gotemplate::{Environment, Seeded};

/// An environment that remembers whether it was asked for what changes from render to render.
pub(super) struct Observed {
    inner: Seeded,
    asked: Cell<bool>,
}

impl Observed {
    pub(super) fn new(inner: Seeded) -> Self {
        Self {
            inner,
            asked: Cell::new(false),
        }
    }

    /// Whether a template asked for random numbers or for the time.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.get()
    }
}

impl Environment for Observed {
    fn now(&self) -> SystemTime {
        self.asked.set(true);
        self.inner.now()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.asked.set(true);
        self.inner.fill_random(buffer);
    }
}
