//! Where an application keeps what it has applied: a Secret that is an ApplySet parent, with more Secrets beside
//! it when one is too small.
//!
//! The parent is the point of commitment. Further parts are written under new names before it and removed after
//! it, so that a reader finds the old state or the new one and never a mixture. Each write carries the version that
//! was read: two processes cannot overwrite one another.

mod secret;

pub(crate) use self::secret::Store;
pub use self::secret::{Error, Stored};
