use std::{fmt, sync::Arc};

use bytes::Bytes;
use helm::remote::ChartReference;
use kustomize::GitReference;
use manifest::Tree;

use crate::{
    Credentials, Error, Settings, cache::Cache, http::Http, memo::Memo, oci::Tokens, repository::Index,
};

/// Fetches, within what its [`Settings`] allow.
pub struct Resolver {
    pub(crate) http: Http,
    pub(crate) cache: Cache,
    pub(crate) git: git::Cache,
    pub(crate) credentials: Credentials,
    pub(crate) tokens: Tokens,
    pub(crate) indexes: Memo<String, Arc<Index>>,
    pub(crate) charts: Memo<ChartReference, Bytes>,
    pub(crate) bases: Memo<GitReference, Tree>,
    pub(crate) files: Memo<String, Bytes>,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resolver({:?})", self.http.hosts())
    }
}

impl Resolver {
    /// Opens the cache. Nothing is fetched before something is asked for.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        Ok(Self {
            cache: Cache::open(&settings.cache)?,
            git: git::Cache::open(settings.cache.join("git"))?,
            http: Http::new(settings.hosts, settings.limits),
            credentials: settings.credentials,
            tokens: Tokens::default(),
            indexes: Memo::default(),
            charts: Memo::default(),
            bases: Memo::default(),
            files: Memo::default(),
        })
    }
}
