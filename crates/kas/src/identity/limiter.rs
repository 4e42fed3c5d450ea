use std::sync::atomic::{AtomicU64, Ordering};

/// Counts calls in each minute. A minute and its count are one number, so that nothing is locked.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: u32,
    // minute in the upper half, calls in the lower
    state: AtomicU64,
}

impl Limiter {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            state: AtomicU64::new(0),
        }
    }

    /// Whether one more call in this minute is within the limit.
    pub(super) fn admit(&self, minute: u32) -> bool {
        let next = |state: u64| {
            let count = if (state >> 32) as u32 == minute {
                state as u32
            } else {
                0
            };
            (count < self.limit).then(|| (u64::from(minute) << 32) | u64::from(count + 1))
        };
        self.state
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_has_its_own_count() {
        let limiter = Limiter::new(2);
        assert!(limiter.admit(1) && limiter.admit(1) && !limiter.admit(1));
        assert!(limiter.admit(2) && limiter.admit(2) && !limiter.admit(2));
    }
}
