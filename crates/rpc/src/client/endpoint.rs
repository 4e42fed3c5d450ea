use std::{fs, io, path::PathBuf, time::Duration};

use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataKey, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};

use super::{Header, KasAddress, Token};

// below the 60 s after which load balancers drop a silent connection, above the 20 s that kas allows
const KEEPALIVE: Duration = Duration::from_secs(55);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// Where kas is and how to reach it.
#[derive(Clone, Debug)]
pub struct Kas {
    /// Its address.
    pub address: KasAddress,
    /// PEM file of authorities to trust besides the system's.
    pub ca: Option<PathBuf>,
    /// Name to expect in its certificate, when it is not the host of its address.
    pub tls_server_name: Option<String>,
    /// Headers for each call.
    pub headers: Vec<Header>,
}

/// A channel whose calls carry a token. Many share it, each with its own stream and flow control.
pub type Connection = InterceptedService<Channel, Credentials>;

/// Why the address of kas cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of authorities cannot be read.
    #[error("failed to read the authorities in {}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address or the TLS settings are not valid.
    #[error("failed to set up the connection to kas at {uri}")]
    Endpoint {
        /// The address.
        uri: String,
        /// Why.
        source: tonic::transport::Error,
    },
    /// A header is not valid.
    #[error("failed to use header {0:?}: it has characters that no header has")]
    Header(String),
}

/// A connection that is made when it is first used, and again whenever it broke; `program` is told to kas.
pub fn open(kas: &Kas, token: &Token, program: &str) -> Result<Connection, Error> {
    let uri = kas.address.uri();
    let invalid = |source| Error::Endpoint {
        uri: uri.clone(),
        source,
    };
    let mut endpoint = Endpoint::from_shared(uri.clone())
        .map_err(invalid)?
        .user_agent(format!("{program}/{}", env!("CARGO_PKG_VERSION")))
        .map_err(invalid)?
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    if kas.address.tls {
        endpoint = endpoint.tls_config(tls(kas)?).map_err(invalid)?;
    }
    let headers = kas
        .headers
        .iter()
        .map(|header| {
            let invalid = |_| Error::Header(header.name.clone());
            let name = MetadataKey::from_bytes(header.name.as_bytes())
                .map_err(|_| Error::Header(header.name.clone()))?;
            Ok((name, header.value.parse().map_err(invalid)?))
        })
        .collect::<Result<_, Error>>()?;
    let credentials = Credentials {
        token: token.clone(),
        headers,
    };
    Ok(InterceptedService::new(endpoint.connect_lazy(), credentials))
}

fn tls(kas: &Kas) -> Result<ClientTlsConfig, Error> {
    let mut tls = ClientTlsConfig::new().with_native_roots();
    if let Some(path) = &kas.ca {
        let pem = fs::read(path).map_err(|source| Error::Authorities {
            path: path.clone(),
            source,
        })?;
        tls = tls.ca_certificate(Certificate::from_pem(pem));
    }
    let name = kas.tls_server_name.as_ref().unwrap_or(&kas.address.host);
    Ok(tls.domain_name(name))
}

/// Adds the token and the configured headers to each call.
#[derive(Clone, Debug)]
pub struct Credentials {
    token: Token,
    headers: Vec<(MetadataKey<Ascii>, MetadataValue<Ascii>)>,
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.token.authorization());
        for (name, value) in &self.headers {
            metadata.insert(name.clone(), value.clone());
        }
        Ok(request)
    }
}
