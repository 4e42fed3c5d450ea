use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The bound on requests in flight: halves when the server says that it has too many, and grows back by one for
/// each run of successes as long as the bound. The server's own fairness does the rest: there is no limit per second.
#[derive(Debug)]
pub(super) struct Limiter {
    permits: Semaphore,
    state: Mutex<State>,
    maximum: usize,
}

#[derive(Debug)]
struct State {
    bound: usize,
    /// Permits to be taken out of circulation as they come back.
    debt: usize,
    successes: usize,
}

const MINIMUM: usize = 1;

impl Limiter {
    pub(super) fn new(maximum: usize) -> Self {
        let maximum = maximum.max(MINIMUM);
        Self {
            permits: Semaphore::new(maximum),
            state: Mutex::new(State {
                bound: maximum,
                debt: 0,
                successes: 0,
            }),
            maximum,
        }
    }

    /// Waits for a place.
    pub(super) async fn acquire(&self) -> Permit<'_> {
        let permit = self
            .permits
            .acquire()
            .await
            .expect("the semaphore is never closed");
        Permit {
            limiter: self,
            permit: Some(permit),
        }
    }

    /// How many requests may be in flight now.
    #[cfg(test)]
    fn bound(&self) -> usize {
        self.state().bound
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server has too many requests.
    pub(super) fn shrink(&self) {
        let mut state = self.state();
        let target = (state.bound / 2).max(MINIMUM);
        let surplus = state.bound - target;
        let taken = self.permits.forget_permits(surplus);
        state.debt += surplus - taken;
        state.bound = target;
        state.successes = 0;
    }

    /// A request was answered.
    pub(super) fn grow(&self) {
        let mut state = self.state();
        if state.bound == self.maximum {
            return;
        }
        state.successes += 1;
        if state.successes < state.bound {
            return;
        }
        state.successes = 0;
        state.bound += 1;
        if state.debt > 0 {
            state.debt -= 1;
        } else {
            self.permits.add_permits(1);
        }
    }
}

/// The right to have one request in flight.
pub(super) struct Permit<'a> {
    limiter: &'a Limiter,
    permit: Option<SemaphorePermit<'a>>,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let mut state = self.limiter.state();
        if state.debt > 0 {
            state.debt -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shrinks_at_once_and_grows_back_slowly() {
        let limiter = Limiter::new(8);
        let held = [limiter.acquire().await, limiter.acquire().await];
        limiter.shrink();
        limiter.shrink();
        limiter.shrink();
        assert_eq!(limiter.bound(), 1);
        drop(held);
        assert_eq!(limiter.permits.available_permits(), 1);
        limiter.grow();
        assert_eq!((limiter.bound(), limiter.permits.available_permits()), (2, 2));
        limiter.grow();
        assert_eq!(limiter.bound(), 2);
        for _ in 0..100 {
            limiter.grow();
        }
        assert_eq!((limiter.bound(), limiter.permits.available_permits()), (8, 8));
    }

    #[tokio::test]
    async fn never_shrinks_to_nothing() {
        let limiter = Limiter::new(1);
        limiter.shrink();
        drop(limiter.acquire().await);
        assert_eq!(limiter.bound(), 1);
    }
}
