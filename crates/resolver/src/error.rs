use std::path::PathBuf;

use crate::Digest;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be had from elsewhere. URLs in it hold no credentials.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller lets nothing be fetched from there.
    #[error("fetching from {host} is not allowed here")]
    HostNotAllowed {
        /// The host, with its port where the URL has one.
        host: String,
    },
    /// A repository of this machine was named where only hosts may be.
    #[error("reading the repository {url} of this machine is not allowed here")]
    LocalNotAllowed {
        /// As it was named.
        url: String,
    },
    /// No URL, or of a kind that is not fetched.
    #[error("{url:?} is no URL that can be fetched: {reason}")]
    InvalidUrl {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A digest is none, or of an algorithm other than SHA-256.
    #[error("{digest:?} is no SHA-256 digest")]
    InvalidDigest {
        /// As it was given.
        digest: String,
    },
    /// Nothing answers, or the answer breaks off.
    #[error("failed to fetch {url}")]
    Transport {
        /// What was fetched.
        url: String,
        /// Why.
        source: Source,
    },
    /// The answer takes too long.
    #[error("failed to fetch {url}: no whole answer within {seconds} s")]
    TimedOut {
        /// What was fetched.
        url: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The server says no.
    #[error("failed to fetch {url}: status {status}")]
    Status {
        /// What was fetched.
        url: String,
        /// What the server answered.
        status: u16,
    },
    /// The server asks for credentials, or for others.
    #[error("{host} refuses access to {url}: {hint}")]
    AccessDenied {
        /// Who refuses.
        host: String,
        /// What was fetched.
        url: String,
        /// Where credentials were looked for.
        hint: String,
    },
    /// The answer is larger than allowed.
    #[error("{url} has more than the {limit} bytes allowed")]
    TooBig {
        /// What was fetched.
        url: String,
        /// The bound.
        limit: u64,
    },
    /// One redirect after another, or one that is not followed.
    #[error("{url} cannot be followed: {reason}")]
    Redirect {
        /// What was fetched.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// Other bytes came than were promised.
    #[error("{url} has digest {found}, not {expected}")]
    DigestMismatch {
        /// What was fetched.
        url: String,
        /// What was promised.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// The answer makes no sense.
    #[error("{url} gave no {what}: {reason}")]
    Malformed {
        /// What was fetched.
        url: String,
        /// What was expected.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// No repository of that name is configured.
    #[error("no repository is called {name:?} in Helm's repositories file")]
    UnknownRepository {
        /// The name, without `@` or `alias:`.
        name: String,
    },
    /// A repository or registry has no such chart.
    #[error("chart {name:?} not found in {repository}")]
    ChartNotFound {
        /// The chart.
        name: String,
        /// Where it was looked for.
        repository: String,
    },
    /// No version of a chart is wanted.
    #[error("chart {name:?} has no version that matches {version:?} in {repository}")]
    VersionNotFound {
        /// The chart.
        name: String,
        /// The version or constraint.
        version: String,
        /// Where it was looked for.
        repository: String,
    },
    /// A constraint cannot be read.
    #[error("{version:?} is no version or constraint: {reason}")]
    InvalidVersion {
        /// As it was given.
        version: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Credentials are kept where this crate does not look.
    #[error(
        "the credentials for {host} are kept by the program {helper}, and no program is run for them; log in with `helm registry login` or name them under `auths` of the Docker configuration"
    )]
    CredentialHelper {
        /// Whose credentials.
        host: String,
        /// The program.
        helper: String,
    },
    /// Credentials would travel in the clear.
    #[error("refusing to send credentials to {url} in the clear; use https://")]
    PlainTextCredentials {
        /// Where to.
        url: String,
    },
    /// A file with credentials or certificates cannot be used.
    #[error("failed to read {}", path.display())]
    CredentialFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// The cache cannot be used.
    #[error("failed to use the cache in {}", path.display())]
    Cache {
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// Git failed.
    #[error(transparent)]
    Git(#[from] git::Error),
}

impl Error {
    /// The message and its causes in one line, for interfaces that take text.
    pub fn text(&self) -> String {
        let causes = std::iter::successors(Some(self as &dyn std::error::Error), |error| error.source());
        let mut texts: Vec<String> = Vec::new();
        for text in causes.map(ToString::to_string) {
            // libraries that repeat their source in their text would tell it twice
            if texts.last().is_none_or(|last| !last.contains(&text)) {
                texts.push(text);
            }
        }
        texts.join(": ")
    }
}
