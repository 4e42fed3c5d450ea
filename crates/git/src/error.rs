use std::{path::PathBuf, time::Duration};

use crate::Reference;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be had from Git. Each kind says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is none that can be fetched from.
    #[error("{url:?} is no URL of a Git repository; use https://, ssh:// or a path")]
    InvalidUrl {
        /// As given, without credentials.
        url: String,
    },
    /// Credentials would travel in the clear.
    #[error(
        "refusing to send credentials to {url} in the clear; use https:// or allow plain HTTP for this project"
    )]
    PlainTextCredentials {
        /// The repository.
        url: String,
    },
    /// A file with credentials or certificates cannot be used.
    #[error("failed to read {}", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing answers at the address.
    #[error("failed to reach {url}; check its address and that it is running")]
    Unreachable {
        /// The repository.
        url: String,
        /// Why.
        source: Source,
    },
    /// Something answers that cannot prove to be the server.
    #[error("{url} is not trusted: {problem}")]
    Untrusted {
        /// The repository.
        url: String,
        /// What cannot be proved, and what to do about it.
        problem: &'static str,
        /// Why.
        source: Source,
    },
    /// The answer takes too long.
    #[error("{url} did not answer within {} s", after.as_secs_f32())]
    TimedOut {
        /// The repository.
        url: String,
        /// How long was waited.
        after: Duration,
        /// What was waited for.
        source: Source,
    },
    /// The server asks for credentials, or for others.
    #[error("{url} refuses access; check the credentials that are configured for it")]
    AccessDenied {
        /// The repository.
        url: String,
        /// What the server said.
        source: Source,
    },
    /// The server has no such repository, or hides it.
    #[error("{url} does not exist or may not be seen; check its address and the credentials")]
    RepositoryNotFound {
        /// The repository.
        url: String,
        /// What the server said.
        source: Source,
    },
    /// The server points to another place.
    #[error("{url} has moved; configure its new address")]
    Moved {
        /// The repository.
        url: String,
        /// What the server said.
        source: Source,
    },
    /// There is no commit yet.
    #[error("{url} has no commit yet; push one")]
    Empty {
        /// The repository.
        url: String,
    },
    /// The repository has commits, but not this place.
    #[error("{reference} does not exist in {url}")]
    ReferenceNotFound {
        /// The repository.
        url: String,
        /// What was looked for.
        reference: Reference,
    },
    /// The place is none that a repository can have.
    #[error("{reference} has a name that Git does not allow")]
    InvalidReference {
        /// As given.
        reference: Reference,
    },
    /// The server answers in a way that makes no sense.
    #[error("failed to fetch {reference} from {url}")]
    Fetch {
        /// The repository.
        url: String,
        /// What was fetched.
        reference: Reference,
        /// Why.
        source: Source,
    },
    /// No repository is at that path.
    #[error("{} is no Git repository", path.display())]
    NotARepository {
        /// Where it was looked for.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// A revision cannot be found.
    #[error("revision {revision:?} does not exist in {}", path.display())]
    RevisionNotFound {
        /// As given.
        revision: String,
        /// The repository.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// The cache cannot be read or written.
    #[error("failed to use the object cache in {}", path.display())]
    Cache {
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// An object is missing or damaged.
    #[error("failed to read object {id}")]
    Object {
        /// Its id.
        id: gix::ObjectId,
        /// Why.
        source: Source,
    },
}

impl Error {
    /// Whether the same attempt may succeed later without anyone doing anything here.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Fetch { .. }
        )
    }
}
