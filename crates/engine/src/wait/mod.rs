//! Waiting until objects are healthy, or gone.

mod verdict;

pub use self::verdict::{Status, Verdict};
