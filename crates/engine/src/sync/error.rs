use crate::{cluster, store};

/// Why a sync could not be carried out at all. What concerns single objects is in the change set.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be found out what is live.
    #[error("failed to look at the cluster")]
    Observe(#[from] cluster::Error),
    /// The inventory could not be read or written; nothing is written without it.
    #[error(transparent)]
    Inventory(#[from] store::Error),
}
