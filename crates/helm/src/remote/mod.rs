//! Charts that a chart depends on and does not hold: which they are, and where they are put.
//!
//! What is named by a path is taken from the tree; the rest comes from [`Repositories`] that the caller passes in. The
//! tree itself stays as it is: the charts are laid over it.

mod complete;
mod lock;

use bytes::Bytes;

pub use complete::{Error, complete};
pub use lock::LockError;

/// What went wrong on the way.
pub type FetchError = Box<dyn std::error::Error + Send + Sync>;

/// A chart that lies elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChartReference {
    /// The URL of its repository, `oci://` included, or a name that is configured for one: `@name`, `alias:name`.
    /// Empty when `name` is a URL of its own.
    pub repository: String,
    /// Its name.
    pub name: String,
    /// A version or a constraint; empty for the newest.
    pub version: String,
    /// Whether prereleases count where no version is said.
    pub devel: bool,
}

/// Gets charts from elsewhere. The caller decides what may be reached and what is kept.
pub trait Repositories {
    /// The archive of a chart.
    fn chart(&self, reference: &ChartReference) -> Result<Bytes, FetchError>;
}
