use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures::Stream;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use kube::{Client, client::Body, core::WatchEvent};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{ClusterOptions, Error, Refusal, limiter::Limiter, retry};

/// Requests that were sent, by what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Of single objects.
    pub get: u64,
    /// Of collections.
    pub list: u64,
    /// Watches that were opened.
    pub watch: u64,
    /// Patches that store.
    pub patch: u64,
    /// Patches that do not.
    pub dry_run: u64,
    /// Objects created without a patch.
    pub post: u64,
    /// Deletions.
    pub delete: u64,
    /// Of what is served.
    pub discovery: u64,
}

impl RequestCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.get
            + self.list
            + self.watch
            + self.patch
            + self.dry_run
            + self.post
            + self.delete
            + self.discovery
    }
}

/// What a request is, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    List,
    Watch,
    Patch,
    DryRun,
    Post,
    Delete,
    Discovery,
}

#[derive(Debug, Default)]
struct Counters([AtomicU64; 8]);

/// One request, to be sent as often as needed.
pub(super) struct Call<'a> {
    /// What it does, for errors: `list ConfigMaps`.
    pub(super) operation: &'a (dyn Fn() -> String + Sync),
    pub(super) verb: Verb,
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) accept: &'a str,
    pub(super) content_type: Option<&'a str>,
    pub(super) body: Bytes,
}

/// An answer that is no error.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Sends requests, again when that may help, and never more at once than the server takes.
pub(super) struct Transport {
    client: Client,
    limiter: Limiter,
    counters: Counters,
    /// Whether silence may be taken for a pause: the server has answered before, or shall be waited for.
    is_expected_back: AtomicBool,
}

impl Transport {
    pub(super) fn new(client: Client, options: ClusterOptions) -> Self {
        Self {
            client,
            limiter: Limiter::new(options.in_flight),
            counters: Counters::default(),
            is_expected_back: AtomicBool::new(options.retries_first_contact),
        }
    }

    pub(super) fn counts(&self) -> RequestCounts {
        let count = |verb: Verb| self.counters.0[verb as usize].load(Ordering::Relaxed);
        RequestCounts {
            get: count(Verb::Get),
            list: count(Verb::List),
            watch: count(Verb::Watch),
            patch: count(Verb::Patch),
            dry_run: count(Verb::DryRun),
            post: count(Verb::Post),
            delete: count(Verb::Delete),
            discovery: count(Verb::Discovery),
        }
    }

    fn count(&self, verb: Verb) {
        self.counters.0[verb as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Sends a request until there is an answer, or no hope of one.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let permit = self.limiter.acquire().await;
            let outcome = self.send_once(call).await;
            drop(permit);
            if outcome.is_ok() {
                self.is_expected_back.store(true, Ordering::Relaxed);
            }
            let wait = match outcome {
                Ok(answer) if answer.status.is_success() => {
                    self.limiter.grow();
                    return Ok(answer);
                }
                Ok(answer) => self.after_refusal(call, &answer, attempt)?,
                Err(error)
                    if attempt < retry::ATTEMPTS
                        && is_transient(&error)
                        && self.is_expected_back.load(Ordering::Relaxed) =>
                {
                    retry::delay(attempt, None)
                }
                Err(error) => {
                    return Err(Error::Unreachable {
                        operation: (call.operation)(),
                        source: Box::new(error),
                    });
                }
            };
            tracing::debug!(operation = (call.operation)(), attempt, ?wait, "sending again");
            tokio::time::sleep(wait).await;
        }
    }

    /// The same, reading the answer.
    pub(super) async fn read<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Error> {
        let answer = self.send(call).await?;
        parse(call, &answer.body)
    }

    /// Opens a watch. It is not bounded, since it stays open, and not tried again: its reader does that.
    pub(super) async fn watch(
        &self,
        path: &str,
        accept: &str,
    ) -> Result<impl Stream<Item = Result<WatchEvent<Value>, kube::Error>> + Send + use<>, kube::Error> {
        self.count(Verb::Watch);
        let request = Request::builder()
            .uri(path)
            .header(header::ACCEPT, accept)
            .body(Vec::new())
            .map_err(kube::Error::HttpError)?;
        self.client.request_events::<Value>(request).await
    }

    /// How long to wait before the next attempt, or the error when there shall be none.
    fn after_refusal(&self, call: &Call<'_>, answer: &Answer, attempt: u32) -> Result<Duration, Error> {
        let refusal = Refusal::read(answer.status.as_u16(), &answer.body);
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            self.limiter.shrink();
        }
        if !retry::is_worth_another(&refusal, attempt) {
            return Err(Error::Refused {
                operation: (call.operation)(),
                source: refusal,
            });
        }
        let asked = retry_after(&answer.headers).or(refusal.retry_after());
        Ok(retry::delay(attempt, asked.map(Duration::from_secs)))
    }

    async fn send_once(&self, call: &Call<'_>) -> Result<Answer, kube::Error> {
        let response = self.request(call).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect_bytes().await?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    async fn request(&self, call: &Call<'_>) -> Result<Response<Body>, kube::Error> {
        self.count(call.verb);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(call.path)
            .header(header::ACCEPT, call.accept);
        if let Some(content_type) = call.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request
            .body(Body::from(call.body.clone()))
            .map_err(kube::Error::HttpError)?;
        self.client.send(request).await
    }
}

/// Reads what a call was answered, or a part of it.
pub(super) fn parse<'a, T: Deserialize<'a>>(call: &Call<'_>, answer: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(answer).map_err(|source| Error::Malformed {
        operation: (call.operation)(),
        source,
    })
}

/// Whether an error of the connection may pass; errors of configuration and credentials do not.
fn is_transient(error: &kube::Error) -> bool {
    matches!(
        error,
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_)
    )
}

fn retry_after(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()
}
