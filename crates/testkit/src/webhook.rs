//! An admission webhook on this machine: TLS by a certificate of its own, the answers by a function.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use serde_json::{Value, json};

/// How long a webhook that answers nothing keeps its caller.
const SILENCE: Duration = Duration::from_mins(1);

/// What a webhook says to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may pass.
    Allowed,
    /// It may not, for this reason.
    Denied(String),
    /// Nothing: the caller's patience runs out.
    Silence,
}

/// A webhook that runs until the test process ends.
#[derive(Debug)]
pub struct Webhook {
    port: u16,
    authority: String,
}

impl Webhook {
    /// Starts one; `judge` is given each object that is to be admitted.
    pub fn start(judge: impl Fn(&Value) -> Admission + Send + Sync + 'static) -> Result<Self> {
        let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()])
            .context("failed to sign a certificate")?;
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der())
            .map_err(|problem| anyhow::anyhow!("failed to read a key: {problem}"))?;
        let chain = vec![CertificateDer::from(certified.cert.der().to_vec())];
        // two providers are compiled in when all crates are tested at once; the one that is set first is used
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .context("failed to set up TLS")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("failed to listen")?;
        let port = listener.local_addr().context("failed to find the port")?.port();
        let (config, judge) = (Arc::new(config), Arc::new(judge));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, judge) = (config.clone(), judge.clone());
                // a caller that hangs up has seen enough
                thread::spawn(move || drop(serve(stream, config, &*judge)));
            }
        });
        Ok(Self {
            port,
            authority: STANDARD.encode(certified.cert.pem()),
        })
    }

    /// A `ValidatingWebhookConfiguration` that asks it about the ConfigMaps of one namespace, for one second each.
    pub fn configuration(&self, name: &str, namespace: &str) -> Value {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [{
                "name": format!("{name}.example.com"),
                "clientConfig": {"url": format!("https://127.0.0.1:{}/", self.port), "caBundle": self.authority},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                    "resources": ["configmaps"]}],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "sideEffects": "None", "admissionReviewVersions": ["v1"], "timeoutSeconds": 1,
            }],
        })
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, judge: &dyn Fn(&Value) -> Admission) -> Result<()> {
    let connection = ServerConnection::new(config).context("failed to begin TLS")?;
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    while let Some(body) = read_request(&mut stream)? {
        let review: Value = serde_json::from_slice(&body).context("failed to parse a review")?;
        let (allowed, message) = match judge(&review["request"]["object"]) {
            Admission::Allowed => (true, String::new()),
            Admission::Denied(message) => (false, message),
            Admission::Silence => {
                thread::sleep(SILENCE);
                return Ok(());
            }
        };
        let answer = json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "response": {"uid": review["request"]["uid"], "allowed": allowed, "status": {"message": message}},
        })
        .to_string();
        let stream = stream.get_mut();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
            answer.len()
        )?;
        stream.flush()?;
    }
    Ok(())
}

/// The body of the next request; `None` when there is none any more.
fn read_request(stream: &mut BufReader<StreamOwned<ServerConnection, TcpStream>>) -> Result<Option<Vec<u8>>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().context("failed to read a length")?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some(body))
}
