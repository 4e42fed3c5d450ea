//! What templates may learn of the world outside: nothing but what the caller gives.

use std::cell::RefCell;
use std::time::SystemTime;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The source of time, randomness, variables and addresses.
pub trait Environment {
    /// The time of `now`.
    fn now(&self) -> SystemTime;

    /// Fills a buffer with random bytes.
    fn fill_random(&self, buffer: &mut [u8]);

    /// A variable for `env` and `expandenv`.
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    /// Name of the local time zone.
    fn time_zone(&self) -> String {
        "UTC".to_owned()
    }

    /// An address for `getHostByName`.
    fn host_address(&self, _name: &str) -> Option<String> {
        None
    }
}

/// An environment with a random generator and, if wished, a clock that stands still.
#[derive(Debug)]
pub struct Seeded {
    random: RefCell<StdRng>,
    clock: Option<SystemTime>,
}

impl Seeded {
    /// The same numbers and the same time at each render.
    pub fn fixed(seed: u64, clock: SystemTime) -> Self {
        Self {
            random: RefCell::new(StdRng::seed_from_u64(seed)),
            clock: Some(clock),
        }
    }

    /// Numbers that cannot be foreseen, and the clock of the machine.
    pub fn from_system() -> Self {
        Self {
            random: RefCell::new(rand::make_rng()),
            clock: None,
        }
    }
}

impl Environment for Seeded {
    fn now(&self) -> SystemTime {
        self.clock.unwrap_or_else(SystemTime::now)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.random.borrow_mut().fill_bytes(buffer);
    }
}
