use std::{fs, io, sync::Arc, time::SystemTime};

use anyhow::Context;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use crate::settings::Tls;

/// Speaks TLS with the certificate that its files hold, also when that is renewed while kas runs.
pub(super) struct Certificates {
    files: Tls,
    changed_at: Option<[SystemTime; 2]>,
    acceptor: TlsAcceptor,
}

impl Certificates {
    /// Reads the files.
    pub(super) fn read(files: &Tls) -> anyhow::Result<Self> {
        Ok(Self {
            files: files.clone(),
            changed_at: changed_at(files).ok(),
            acceptor: acceptor(files)?,
        })
    }

    /// For the next connection. Files that cannot be used change nothing: they may be half written.
    pub(super) fn acceptor(&mut self) -> TlsAcceptor {
        let changed_at = changed_at(&self.files).ok();
        if changed_at.is_some() && changed_at != self.changed_at {
            let file = self.files.certificate_file.display();
            match acceptor(&self.files) {
                Ok(acceptor) => {
                    tracing::info!(%file, "the certificate was renewed");
                    self.acceptor = acceptor;
                }
                Err(error) => {
                    tracing::warn!(%file, error = format!("{error:#}"), "the last certificate stays");
                }
            }
            self.changed_at = changed_at;
        }
        self.acceptor.clone()
    }
}

fn changed_at(files: &Tls) -> io::Result<[SystemTime; 2]> {
    let of = |path| fs::metadata(path)?.modified();
    Ok([of(&files.certificate_file)?, of(&files.key_file)?])
}

fn acceptor(tls: &Tls) -> anyhow::Result<TlsAcceptor> {
    let certificate_file = tls.certificate_file.display();
    let certificates = CertificateDer::pem_file_iter(&tls.certificate_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("failed to read the certificate in {certificate_file}"))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key_file)
        .with_context(|| format!("failed to read the key in {}", tls.key_file.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .with_context(|| format!("failed to use the certificate in {certificate_file}"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
