//! A Git server on the loopback interface, with the faults that servers have.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::sync::oneshot;

use super::backend;
use super::repository::Repository;
use super::tls::{Identity, TlsListener};
use crate::scratch::Scratch;

const BODY_LIMIT: usize = 1 << 30;

/// Who may read and write.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// Everybody.
    #[default]
    Open,
    /// Who knows this name and password.
    Password(String, String),
}

/// What is wrong with a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It answers 503 to everything.
    Unavailable,
    /// It answers after this long.
    Slow(Duration),
    /// It takes connections and never answers.
    Silent,
}

/// Serves bare repositories by smart HTTP until it is dropped.
#[derive(Debug)]
pub struct GitServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    identity: Option<Identity>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    root: Scratch,
    access: Mutex<Access>,
    fault: Mutex<Fault>,
    requests: AtomicU64,
}

impl GitServer {
    /// Starts a server on a free port, open to everybody.
    pub fn start() -> Result<Self> {
        Self::serve(Scratch::create("git")?, None)
    }

    /// Starts one that speaks TLS with a certificate that only [`Self::authority_file`] vouches for.
    pub fn start_with_tls() -> Result<Self> {
        let root = Scratch::create("git")?;
        let identity = Identity::create(root.path())?;
        Self::serve(root, Some(identity))
    }

    fn serve(root: Scratch, identity: Option<Identity>) -> Result<Self> {
        let shared = Arc::new(Shared {
            root,
            access: Mutex::default(),
            fault: Mutex::default(),
            requests: AtomicU64::new(0),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to listen for Git")?;
        listener
            .set_nonblocking(true)
            .context("failed to listen for Git")?;
        let address = listener
            .local_addr()
            .context("failed to read the Git server's address")?;
        let (stop, stopped) = oneshot::channel();
        let (state, shown) = (Arc::clone(&shared), identity.clone());
        let thread = thread::Builder::new()
            .name("git-server".to_owned())
            .spawn(move || serve(state, listener, shown, stopped));
        let thread = Some(thread.context("failed to start the Git server's thread")?);
        Ok(Self {
            shared,
            address,
            identity,
            stop: Some(stop),
            thread,
        })
    }

    /// Creates an empty repository such as `team/app`.
    pub fn create(&self, name: &str) -> Result<Repository> {
        let path = self.root().join(format!("{name}.git"));
        Repository::create(name, path, format!("{}/{name}.git", self.url()))
    }

    /// The address that repositories are below.
    pub fn url(&self) -> String {
        let scheme = if self.identity.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate of the authority that vouches for this server, when it speaks TLS.
    pub fn authority_file(&self) -> Option<&Path> {
        self.identity.as_ref().map(Identity::authority_file)
    }

    /// The directory that repositories are below.
    pub fn root(&self) -> &Path {
        self.shared.root.path()
    }

    /// Changes who may read and write.
    pub fn set_access(&self, access: Access) {
        *self.shared.access.lock().unwrap_or_else(PoisonError::into_inner) = access;
    }

    /// Breaks or mends the server.
    pub fn set_fault(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// How many requests came in so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // a panic there has printed itself
            let _ = thread.join();
        }
    }
}

fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    identity: Option<Identity>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime of one thread starts wherever a test does");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("the listener does not block");
        let router = Router::new().fallback(handle).with_state(shared);
        let serving = async {
            match identity {
                Some(identity) => axum::serve(TlsListener::new(listener, &identity), router).await,
                None => axum::serve(listener, router).await,
            }
        };
        tokio::select! {
            _ = stopped => {}
            _ = serving => {}
        }
    });
    runtime.shutdown_background();
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let fault = *shared.fault.lock().unwrap_or_else(PoisonError::into_inner);
    match fault {
        Fault::None => {}
        Fault::Unavailable => return refusal(StatusCode::SERVICE_UNAVAILABLE),
        Fault::Slow(delay) => tokio::time::sleep(delay).await,
        Fault::Silent => std::future::pending().await,
    }
    if !shared.admits(&request) {
        let mut response = refusal(StatusCode::UNAUTHORIZED);
        let challenge = header::HeaderValue::from_static("Basic realm=\"git\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        return response;
    }
    let root: PathBuf = shared.root.path().to_path_buf();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE);
    };
    match backend::answer(&root, &parts, &body).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = Response::new(Body::from(format!("{error:#}\n")));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

impl Shared {
    fn admits(&self, request: &Request) -> bool {
        let access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        let Access::Password(name, password) = &*access else {
            return true;
        };
        let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")));
        request
            .headers()
            .get(header::AUTHORIZATION)
            .is_some_and(|given| given.as_bytes() == expected.as_bytes())
    }
}

fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
