use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// A flag that rises when time is up, unless it is dropped before.
pub(crate) struct Deadline {
    passed: Arc<AtomicBool>,
    // dropping it ends the thread that waits
    _alive: mpsc::Sender<()>,
}

impl Deadline {
    pub(crate) fn after(duration: Duration) -> Self {
        let passed = Arc::new(AtomicBool::new(false));
        let (alive, gone) = mpsc::channel::<()>();
        let flag = Arc::clone(&passed);
        thread::spawn(move || {
            if gone.recv_timeout(duration) == Err(mpsc::RecvTimeoutError::Timeout) {
                flag.store(true, Ordering::Relaxed);
            }
        });
        Self {
            passed,
            _alive: alive,
        }
    }

    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.passed
    }

    pub(crate) fn has_passed(&self) -> bool {
        self.passed.load(Ordering::Relaxed)
    }
}
