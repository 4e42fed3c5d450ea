//! The environment's randomness for the libraries that make keys.

use rsa::rand_core::{CryptoRng, Error, RngCore};

use crate::environment::Environment;

/// A generator that asks the environment.
pub(super) struct EnvironmentRandom<'e>(pub(super) &'e dyn Environment);

impl RngCore for EnvironmentRandom<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill_random(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill_random(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, buffer: &mut [u8]) {
        self.0.fill_random(buffer);
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        self.0.fill_random(buffer);
        Ok(())
    }
}

// whether the numbers can be foreseen is the caller's choice
impl CryptoRng for EnvironmentRandom<'_> {}
