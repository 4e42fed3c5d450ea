//! DSA keys with a prime of 2048 bits and a divisor of 256, which only `genPrivateKey "dsa"` still makes.

use num_bigint::BigUint;

use super::der;
use crate::environment::Environment;
use crate::exec::{Context, LimitError};

const PRIME_BITS: usize = 2048;
const DIVISOR_BITS: usize = 256;
/// Rounds of the primality test.
const ROUNDS: usize = 16;

/// The numbers of a key.
pub(super) struct DsaKey {
    /// Prime, divisor, generator, public and private number.
    numbers: [BigUint; 5],
}

impl DsaKey {
    pub(super) fn generate(context: &Context<'_>) -> Result<Self, LimitError> {
        let random = context.environment();
        let one = BigUint::from(1u8);
        loop {
            let divisor = random_prime(context, DIVISOR_BITS)?;
            // candidates are one more than a multiple of the divisor
            for _ in 0..4 * PRIME_BITS {
                context.spend(1)?;
                let candidate = random_number(random, PRIME_BITS);
                let prime = &candidate - (&candidate % (&divisor * 2u8)) + &one;
                if prime.bits() == PRIME_BITS as u64 && is_prime(random, &prime) {
                    return Ok(Self::with(random, prime, divisor));
                }
            }
        }
    }

    fn with(random: &dyn Environment, prime: BigUint, divisor: BigUint) -> Self {
        let one = BigUint::from(1u8);
        let exponent = (&prime - &one) / &divisor;
        let mut base = BigUint::from(2u8);
        let generator = loop {
            let generator = base.modpow(&exponent, &prime);
            if generator != one {
                break generator;
            }
            base += 1u8;
        };
        let private = random_number(random, DIVISOR_BITS + 64) % (&divisor - &one) + &one;
        let public = generator.modpow(&private, &prime);
        Self {
            numbers: [prime, divisor, generator, public, private],
        }
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let version = der::integer(&[]);
        let numbers = self
            .numbers
            .iter()
            .map(|number| der::integer(&number.to_bytes_be()));
        der::sequence(&std::iter::once(version).chain(numbers).collect::<Vec<_>>())
    }

    pub(super) fn from_der(bytes: &[u8]) -> Option<Self> {
        let integers = der::read_integers(bytes)?;
        let numbers: Vec<BigUint> = integers
            .iter()
            .skip(1)
            .map(|bytes| BigUint::from_bytes_be(bytes))
            .collect();
        Some(Self {
            numbers: numbers.try_into().ok()?,
        })
    }
}

/// A number of exactly as many bits.
fn random_number(random: &dyn Environment, bits: usize) -> BigUint {
    let mut bytes = vec![0; bits / 8];
    random.fill_random(&mut bytes);
    bytes[0] |= 0x80;
    BigUint::from_bytes_be(&bytes)
}

fn random_prime(context: &Context<'_>, bits: usize) -> Result<BigUint, LimitError> {
    loop {
        context.spend(1)?;
        let candidate = random_number(context.environment(), bits) | BigUint::from(1u8);
        if is_prime(context.environment(), &candidate) {
            return Ok(candidate);
        }
    }
}

/// Trial division, then the test of Miller and Rabin.
fn is_prime(random: &dyn Environment, number: &BigUint) -> bool {
    let small = (3u32..2_000).step_by(2);
    if small
        .into_iter()
        .any(|divisor| (number % divisor) == BigUint::ZERO)
    {
        return false;
    }
    let one = BigUint::from(1u8);
    let last = number - &one;
    let twos = last.trailing_zeros().unwrap_or(0);
    let odd = &last >> twos;
    (0..ROUNDS).all(|_| {
        let witness = random_number(random, DIVISOR_BITS) % (number - 3u8) + 2u8;
        let mut power = witness.modpow(&odd, number);
        if power == one || power == last {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % number;
            power == last
        })
    })
}
