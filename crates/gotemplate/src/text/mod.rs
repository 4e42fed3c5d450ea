//! Go's reading and writing of text: runes, quoting, floats.

pub(crate) mod float;
pub(crate) mod quote;
pub(crate) mod rune;
