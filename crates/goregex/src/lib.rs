//! From Go's syntax of regular expressions to that of the crate `regex`: what Go's programs accept is accepted, what
//! they reject is rejected with Go's words. It runs no expression: that is left to `regex::bytes`.
//!
//! The two are close relatives. Go's classes `\d`, `\w`, `\s` and its word boundaries are ASCII; a lone bracket in a class
//! and a brace that opens no repetition stand for themselves; `\Q…\E` quotes; escaped punctuation is always literal.

mod escape;
mod translate;

pub use translate::translate;
