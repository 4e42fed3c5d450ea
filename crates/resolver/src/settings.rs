use std::{path::PathBuf, time::Duration};

use crate::{Credentials, Hosts};

/// What a resolver may do.
#[derive(Debug)]
pub struct Settings {
    /// Where it keeps what it fetched; made when it is not there, for its user alone.
    pub cache: PathBuf,
    /// What it may reach.
    pub hosts: Hosts,
    /// As whom it fetches.
    pub credentials: Credentials,
    /// How much and how long.
    pub limits: Limits,
}

/// Bounds of what is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one answer, redirects and challenges included.
    pub time: Duration,
    /// Bytes of a file that a kustomization names by URL.
    pub file: u64,
    /// Bytes of a chart's archive.
    pub chart: u64,
    /// Bytes of a repository's index.
    pub index: u64,
    /// How often a server may point elsewhere.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_mins(2),
            file: 32 << 20,
            chart: 64 << 20,
            index: 128 << 20,
            redirects: 5,
        }
    }
}
