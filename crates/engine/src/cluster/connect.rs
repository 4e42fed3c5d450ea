use std::{fmt, sync::Arc};

use manifest::{GroupKind, GroupVersionKind};
use tokio::sync::RwLock;

use super::{Discovery, Error, RequestCounts, Resource, transport::Transport};

/// How a cluster is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterOptions {
    /// Requests in flight at most; the bound shrinks by itself when the server has too many.
    pub in_flight: usize,
    /// Whether a request is sent again while the server has never answered. A process that serves waits for it; for a
    /// person, an address that does not answer is most likely wrong.
    pub retries_first_contact: bool,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            in_flight: 16,
            retries_first_contact: true,
        }
    }
}

/// A connection to one API server, cheap to clone; what is served there is found out once and shared.
#[derive(Clone)]
pub struct Cluster(Arc<Inner>);

struct Inner {
    transport: Transport,
    client: kube::Client,
    discovery: RwLock<Option<Arc<Discovery>>>,
}

impl Cluster {
    /// A cluster by its client configuration, with the default options.
    pub fn connect(config: kube::Config) -> Result<Self, Error> {
        Self::connect_with(config, ClusterOptions::default())
    }

    /// A cluster by its client configuration. Nothing is sent yet.
    pub fn connect_with(mut config: kube::Config, options: ClusterOptions) -> Result<Self, Error> {
        // retries are ours, see `retry`
        config.default_retry = false;
        let client = kube::Client::try_from(config).map_err(Error::Configuration)?;
        Ok(Self::with_client(client, options))
    }

    /// A cluster by a client that retries nothing by itself.
    pub fn with_client(client: kube::Client, options: ClusterOptions) -> Self {
        Self(Arc::new(Inner {
            transport: Transport::new(client.clone(), options),
            client,
            discovery: RwLock::new(None),
        }))
    }

    /// The client underneath, for what the engine does not do.
    pub fn client(&self) -> &kube::Client {
        &self.0.client
    }

    /// Requests sent so far.
    pub fn requests(&self) -> RequestCounts {
        self.0.transport.counts()
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    /// What is served, as far as known; asked for when nothing is known yet.
    pub async fn discovery(&self) -> Result<Arc<Discovery>, Error> {
        if let Some(discovery) = &*self.0.discovery.read().await {
            return Ok(discovery.clone());
        }
        let mut known = self.0.discovery.write().await;
        if let Some(discovery) = &*known {
            return Ok(discovery.clone());
        }
        let discovery = Arc::new(Discovery::fetch(self.transport()).await?);
        *known = Some(discovery.clone());
        Ok(discovery)
    }

    /// Asks again what is served, unless someone else has since `known` was found out.
    pub async fn refresh_discovery(&self, known: &Arc<Discovery>) -> Result<Arc<Discovery>, Error> {
        let mut current = self.0.discovery.write().await;
        if let Some(newer) = current.as_ref().filter(|current| !Arc::ptr_eq(current, known)) {
            return Ok(newer.clone());
        }
        let discovery = Arc::new(Discovery::fetch(self.transport()).await?);
        *current = Some(discovery.clone());
        Ok(discovery)
    }

    /// The resource of a group, version and kind; asks again what is served when it is not known.
    pub async fn resource(&self, gvk: &GroupVersionKind) -> Result<Resource, Error> {
        let known = self.discovery().await?;
        if let Some(resource) = known.resource(gvk) {
            return Ok(resource.clone());
        }
        let discovery = self.refresh_discovery(&known).await?;
        let found = discovery.resource(gvk).cloned();
        found.ok_or_else(|| Error::UnknownKind(gvk.clone()))
    }

    /// The preferred resource of a group and kind, as far as known.
    pub async fn preferred(&self, kind: &GroupKind) -> Result<Option<Resource>, Error> {
        Ok(self.discovery().await?.preferred(kind).cloned())
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("requests", &self.requests())
            .finish_non_exhaustive()
    }
}
