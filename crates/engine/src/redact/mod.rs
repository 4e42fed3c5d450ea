//! Keeps secret values out of everything that is shown.
//!
//! A [`Masker`] learns the values of all Secrets that a run has seen; it then replaces them wherever they stand, and what looks secret by itself: private keys, passwords in URLs, tokens of a known form, environment
//! variables with a telling name. Equal values get equal numbers (`(secret #3)`), so that a reader sees what
//! changed without seeing what it is; numbers are given in the order of appearance and tell nothing else.
//!
//! Masking comes before comparing and printing: what leaves this module can be shown to anyone who may see the rest.

mod masker;
mod secrets;
mod suspicious;

pub use self::masker::Masker;

#[cfg(test)]
mod tests;
