//! Hashes, passwords, encryption, keys and certificates. All randomness comes from the environment.

mod aes;
mod certificate;
mod der;
mod dsa;
mod hash;
mod issue;
mod key;
mod password;
mod pem;
mod random;

pub use certificate::Certificate;

use super::Row;

pub(super) const TABLES: &[&[Row]] = &[
    aes::TABLE,
    certificate::TABLE,
    hash::TABLE,
    key::TABLE,
    password::TABLE,
];

/// Steps that a key or a slow hash costs: a hundred of them are as much as a render may take.
const SLOW: usize = 500_000;
