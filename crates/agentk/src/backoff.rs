//! How long to wait before the next try.

use std::time::Duration;

use rand::RngExt as _;
use tokio::time::Instant;

/// Growing pauses with jitter, which start over after a time without failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// The first pause.
    pub initial: Duration,
    /// No pause is longer, jitter aside.
    pub max: Duration,
    /// By what each pause is longer than the last.
    pub factor: f64,
    /// The share of a pause that is added at random, from 0 to 1, so that many agents do not come back at once.
    pub jitter: f64,
    /// After so long without a failure the pauses start over.
    pub reset_after: Duration,
}

/// Streams to kas: back within a second after a restart, and no flood while kas is gone for an hour.
pub const STREAM: Policy = Policy {
    initial: Duration::from_secs(1),
    max: Duration::from_secs(20),
    factor: 1.6,
    jitter: 0.2,
    reset_after: Duration::from_secs(25),
};

/// Calls to kas that are not urgent: registration.
pub const CALL: Policy = Policy {
    initial: Duration::from_secs(10),
    max: Duration::from_mins(5),
    factor: 2.0,
    jitter: 1.0,
    reset_after: Duration::from_mins(10),
};

/// Syncs that failed: the cause is often gone soon, and a cluster that refuses must not be hammered.
pub const SYNC: Policy = Policy {
    initial: Duration::from_secs(5),
    max: Duration::from_mins(5),
    factor: 2.0,
    jitter: 0.2,
    reset_after: Duration::from_mins(10),
};

/// The pauses of one thing that is tried again and again.
#[derive(Debug)]
pub struct Backoff {
    policy: Policy,
    next: Duration,
    last_failure: Option<Instant>,
}

impl Backoff {
    /// Pauses by a policy, from the first.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            next: policy.initial,
            last_failure: None,
        }
    }

    /// The pause after a failure that happens now.
    pub fn after_failure(&mut self) -> Duration {
        let now = Instant::now();
        if self
            .last_failure
            .is_some_and(|last| now.duration_since(last) > self.policy.reset_after + self.next)
        {
            self.next = self.policy.initial;
        }
        self.last_failure = Some(now);
        let pause = self.next;
        self.next = pause.mul_f64(self.policy.factor).min(self.policy.max);
        pause.mul_f64(1.0 + self.policy.jitter * rand::rng().random::<f64>())
    }

    /// Starts over: all went well.
    pub fn reset(&mut self) {
        *self = Self::new(self.policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_a_bound_and_start_over() {
        let policy = Policy {
            jitter: 0.0,
            ..STREAM
        };
        let mut backoff = Backoff::new(policy);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let pause = backoff.after_failure();
            pauses.push(pause.as_millis());
            tokio::time::sleep(pause).await;
        }
        assert_eq!(pauses, [1000, 1600, 2560, 4096, 6553, 10485, 16777, 20000, 20000]);
        tokio::time::sleep(policy.reset_after + policy.max * 2).await;
        assert_eq!(backoff.after_failure().as_secs(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_only_adds_its_share() {
        for _ in 0..100 {
            let pause = Backoff::new(STREAM).after_failure();
            assert!(
                pause >= STREAM.initial && pause <= STREAM.initial.mul_f64(1.2),
                "{pause:?}"
            );
        }
    }
}
