//! Git behind TLS, under an authority of its own that nobody else trusts.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// What a server shows, and what its clients have to trust for that.
#[derive(Clone)]
pub(crate) struct Identity {
    config: Arc<ServerConfig>,
    authority_file: PathBuf,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.authority_file.display())
    }
}

impl Identity {
    /// A certificate for this machine; the authority that signed it is written into `directory`.
    pub(crate) fn create(directory: &Path) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority_key = KeyPair::generate().context("failed to generate a key")?;
        let authority = params
            .self_signed(&authority_key)
            .context("failed to sign the authority of the Git server")?;
        let authority_file = directory.join("authority.pem");
        fs::write(&authority_file, authority.pem())
            .context("failed to write the authority of the Git server")?;

        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let key = KeyPair::generate().context("failed to generate a key")?;
        let certificate = CertificateParams::new(names)
            .and_then(|server| server.signed_by(&key, &Issuer::new(params, authority_key)))
            .context("failed to sign for the Git server")?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .context("failed to use the certificate of the Git server")?;
        Ok(Self {
            config: Arc::new(config),
            authority_file,
        })
    }

    pub(crate) fn authority_file(&self) -> &Path {
        &self.authority_file
    }
}

/// Takes connections that agree on TLS.
pub(crate) struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, identity: &Identity) -> Self {
        Self {
            listener,
            acceptor: TlsAcceptor::from(Arc::clone(&identity.config)),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, peer) = Listener::accept(&mut self.listener).await;
            // a client that does not trust us goes away here
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
