use std::sync::OnceLock;

use bytes::Bytes;
use helm::remote::{ChartReference, FetchError as ChartError, Repositories};
use kustomize::{FetchError, GitReference};
use manifest::Tree;

use crate::{CredentialFiles, Credentials, Error, Hosts, Limits, Resolver, Settings};

/// A resolver that touches neither the disk nor files with credentials before something is to be fetched.
#[derive(Debug)]
pub struct OnDemand {
    cache: std::path::PathBuf,
    hosts: Hosts,
    credentials: CredentialFiles,
    limits: Limits,
    opened: OnceLock<Result<Resolver, String>>,
}

impl OnDemand {
    /// See [`Settings`].
    pub fn new(
        cache: impl Into<std::path::PathBuf>,
        hosts: Hosts,
        credentials: CredentialFiles,
        limits: Limits,
    ) -> Self {
        Self {
            cache: cache.into(),
            hosts,
            credentials,
            limits,
            opened: OnceLock::new(),
        }
    }

    fn resolver(&self) -> Result<&Resolver, String> {
        let opened = self
            .opened
            .get_or_init(|| self.open().map_err(|error| error.text()));
        opened.as_ref().map_err(Clone::clone)
    }

    fn open(&self) -> Result<Resolver, Error> {
        Resolver::open(Settings {
            cache: self.cache.clone(),
            hosts: self.hosts.clone(),
            credentials: Credentials::read(&self.credentials)?,
            limits: self.limits,
        })
    }
}

impl kustomize::Resolver for OnDemand {
    fn git(&self, reference: &GitReference) -> Result<Tree, String> {
        self.resolver()?.git(reference)
    }

    fn file(&self, url: &str) -> Result<Bytes, FetchError> {
        self.resolver().map_err(FetchError::Other)?.file(url)
    }
}

impl Repositories for OnDemand {
    fn chart(&self, reference: &ChartReference) -> Result<Bytes, ChartError> {
        self.resolver()?.chart(reference)
    }
}
