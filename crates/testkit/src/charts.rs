//! Where charts come from: archives, a chart repository, and an OCI registry that speaks the distribution API.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::web::{Reply, Request, WebServer};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const TOKEN: &str = "short-lived-token";

/// The archive of a chart with these files.
pub fn chart_archive(name: &str, files: &[(&str, &str)]) -> Result<Vec<u8>> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(encoder);
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{name}/{path}"), text.as_bytes())?;
    }
    Ok(archive.into_inner()?.finish()?)
}

/// `sha256:<hex>` of some bytes.
pub fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

/// An OCI registry. It asks for a token of its own service when it knows a user, and keeps nothing on disk.
pub struct Registry {
    server: WebServer,
    content: Arc<Mutex<Content>>,
}

#[derive(Default)]
struct Content {
    /// By repository, then by tag.
    tags: BTreeMap<String, BTreeMap<String, String>>,
    blobs: BTreeMap<String, Vec<u8>>,
    user: Option<(String, String)>,
    /// What becomes of blobs: a place elsewhere.
    blobs_at: Option<String>,
    host: String,
}

impl Registry {
    /// Starts an empty registry that everybody may read.
    pub fn start() -> Result<Self> {
        let content = Arc::new(Mutex::new(Content::default()));
        let shared = Arc::clone(&content);
        let server = WebServer::start(move |request| {
            shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .answer(request)
        })?;
        let registry = Self { server, content };
        let host = registry.server.host();
        registry.change(|content| content.host = host);
        Ok(registry)
    }

    /// `127.0.0.1:port`
    pub fn host(&self) -> String {
        self.server.host()
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// Lets only this user in.
    pub fn require(&self, user: &str, password: &str) {
        self.change(|content| content.user = Some((user.to_owned(), password.to_owned())));
    }

    /// Sends clients elsewhere for blobs.
    pub fn redirect_blobs(&self, to: &str) {
        self.change(|content| content.blobs_at = Some(to.to_owned()));
    }

    /// Adds a chart under a tag, and gives the digest of its manifest.
    pub fn push(&self, repository: &str, tag: &str, archive: &[u8]) -> String {
        let config = b"{}".to_vec();
        let layer = digest(archive);
        let manifest = json!({
            "schemaVersion": 2,
            "config": {
                "mediaType": "application/vnd.cncf.helm.config.v1+json",
                "digest": digest(&config),
                "size": config.len(),
            },
            "layers": [{
                "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                "digest": layer,
                "size": archive.len(),
            }],
        });
        let manifest = manifest.to_string().into_bytes();
        let id = digest(&manifest);
        self.change(|content| {
            content.blobs.insert(layer, archive.to_vec());
            content.blobs.insert(digest(&config), config);
            content.blobs.insert(id.clone(), manifest);
            let tags = content.tags.entry(repository.to_owned()).or_default();
            tags.insert(tag.to_owned(), id.clone());
        });
        id
    }

    /// Puts other bytes in the place of a blob.
    pub fn corrupt(&self, digest: &str, bytes: &[u8]) {
        self.change(|content| {
            content.blobs.insert(digest.to_owned(), bytes.to_vec());
        });
    }

    fn change(&self, change: impl FnOnce(&mut Content)) {
        change(&mut self.content.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Content {
    fn answer(&self, request: &Request) -> Reply {
        if request.path() == "/token" {
            return self.token(request);
        }
        if self.user.is_some() && request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            let challenge = format!(
                "Bearer realm=\"http://{}/token\",service=\"test\",scope=\"repository:{}:pull\"",
                self.host,
                request.path().trim_start_matches("/v2/")
            );
            return Reply::status(401).with_header("www-authenticate", &challenge);
        }
        self.read(request).unwrap_or_else(|| Reply::status(404))
    }

    fn token(&self, request: &Request) -> Reply {
        let Some((user, password)) = &self.user else {
            return Reply::status(404);
        };
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")));
        let knows_password = request.header("authorization") == Some(&basic);
        let refreshes =
            request.method == "POST" && request.body.contains(&format!("refresh_token={password}"));
        if knows_password || refreshes {
            Reply::ok(json!({ "token": TOKEN, "expires_in": 60 }).to_string())
        } else {
            Reply::status(401)
        }
    }

    fn read(&self, request: &Request) -> Option<Reply> {
        let path = request.path().strip_prefix("/v2/")?;
        if let Some(repository) = path.strip_suffix("/tags/list") {
            return self.list(repository, request);
        }
        if let Some((_, digest)) = path.split_once("/blobs/") {
            return Some(match &self.blobs_at {
                Some(place) => Reply::redirect(&format!("{place}/{digest}")),
                None => Reply::ok(self.blobs.get(digest)?.clone()),
            });
        }
        let (repository, reference) = path.split_once("/manifests/")?;
        let tags = self.tags.get(repository)?;
        let id = tags.get(reference).map_or(reference, String::as_str);
        let reply = Reply::ok(self.blobs.get(id)?.clone());
        Some(
            reply
                .with_header("content-type", MANIFEST)
                .with_header("docker-content-digest", id),
        )
    }

    /// Two tags on each page.
    fn list(&self, repository: &str, request: &Request) -> Option<Reply> {
        let last = request
            .target
            .split_once("last=")
            .map(|(_, last)| last.split('&').next().unwrap_or_default());
        let tags = self.tags.get(repository)?;
        let left: Vec<&String> = tags
            .keys()
            .filter(|tag| last.is_none_or(|last| tag.as_str() > last))
            .collect();
        let page = &left[..left.len().min(2)];
        let reply = Reply::ok(json!({ "name": repository, "tags": page }).to_string());
        Some(match page.last() {
            Some(last) if left.len() > page.len() => {
                let next = format!("</v2/{repository}/tags/list?n=2&last={last}>; rel=\"next\"");
                reply.with_header("link", &next)
            }
            _ => reply,
        })
    }
}
