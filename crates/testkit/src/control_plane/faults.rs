//! A way to the API server on which things go wrong.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::plane::ControlPlane;

/// The largest request that passes.
const LARGEST: usize = 64 * 1024 * 1024;

/// What happens to a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the API server answers.
    None,
    /// The server has too many requests.
    TooMany,
    /// Somebody on the way cannot reach the server.
    Unavailable,
    /// The request arrives, and the connection breaks before the answer is through.
    CutOff,
}

/// A proxy before an API server; it ends when it is dropped.
#[must_use]
pub struct FaultyWay {
    client: kube::Client,
    server: JoinHandle<()>,
}

type Judge = dyn Fn(&Method, &Uri) -> Fault + Send + Sync;

struct Way {
    upstream: kube::Client,
    judge: Box<Judge>,
}

impl ControlPlane {
    /// A way to this control plane, as its administrator, on which `judge` says what happens to each request.
    pub async fn faulty_way(
        &self,
        judge: impl Fn(&Method, &Uri) -> Fault + Send + Sync + 'static,
    ) -> Result<FaultyWay> {
        let way = Arc::new(Way {
            upstream: self.client().await,
            judge: Box::new(judge),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("failed to listen")?;
        let address = listener.local_addr().context("failed to find the port")?;
        let router = Router::new().fallback(pass).with_state(way);
        let server = tokio::spawn(async move {
            // it serves until it is dropped
            drop(axum::serve(listener, router).await);
        });
        let url = format!("http://{address}")
            .parse()
            .context("failed to form a URL")?;
        let mut config = kube::Config::new(url);
        config.proxy_url = None;
        config.default_retry = false;
        let client = kube::Client::try_from(config).context("failed to make a client")?;
        Ok(FaultyWay { client, server })
    }
}

impl FaultyWay {
    /// A client that goes this way.
    pub fn client(&self) -> kube::Client {
        self.client.clone()
    }
}

impl Drop for FaultyWay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(way): State<Arc<Way>>, request: Request) -> Response {
    let fault = (way.judge)(request.method(), request.uri());
    match fault {
        Fault::TooMany => {
            let mut refusal = StatusCode::TOO_MANY_REQUESTS.into_response();
            refusal
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("0"));
            refusal
        }
        Fault::Unavailable => StatusCode::BAD_GATEWAY.into_response(),
        Fault::None | Fault::CutOff => match forward(&way.upstream, request).await {
            Ok(answer) if fault == Fault::None => answer,
            Ok(_) => broken(),
            Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
        },
    }
}

async fn forward(upstream: &kube::Client, request: Request) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST)
        .await
        .context("failed to read a request")?;
    parts.headers.remove(header::HOST);
    let path = parts.uri.path_and_query().context("a request has no path")?;
    parts.uri = path.as_str().parse().context("failed to form a path")?;
    let request = http::Request::from_parts(parts, kube::client::Body::from(body.to_vec()));
    let answer = upstream
        .send(request)
        .await
        .context("failed to pass a request on")?;
    Ok(answer.map(Body::new))
}

/// An answer that ends before it has begun.
fn broken() -> Response {
    let error = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(futures::stream::iter([Err::<Vec<u8>, _>(error)])).into_response()
}
