//! One GET at a time, within bounds: hosts, bytes, time and redirects.

use std::{
    io::Read as _,
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{
    Certificate, Identity, StatusCode,
    blocking::{Client, Response},
    header::{ACCEPT, AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, LOCATION},
    redirect::Policy,
};
use url::{Origin, Url};

use crate::{
    Error, Hosts, Limits,
    credentials::{Authorization, Tls},
    hosts::{host_of, is_loopback},
    memo::Memo,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("glops/", env!("CARGO_PKG_VERSION"));

/// Fetches by HTTP what the policy allows.
#[derive(Debug)]
pub(crate) struct Http {
    hosts: Hosts,
    limits: Limits,
    clients: Memo<Tls, Client>,
}

/// What is fetched and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Get<'a> {
    pub(crate) url: &'a Url,
    /// The most bytes of an answer.
    pub(crate) limit: u64,
    /// The forms that are understood.
    pub(crate) accept: Option<&'static str>,
    /// For this URL's origin alone; a server elsewhere does not get it.
    pub(crate) authorization: Option<&'a Authorization>,
    pub(crate) tls: Option<&'a Tls>,
    /// The state that is known already.
    pub(crate) etag: Option<&'a str>,
    /// What is posted, instead of getting.
    pub(crate) form: Option<&'a [(&'a str, &'a str)]>,
}

impl<'a> Get<'a> {
    pub(crate) fn new(url: &'a Url, limit: u64) -> Self {
        Self {
            url,
            limit,
            accept: None,
            authorization: None,
            tls: None,
            etag: None,
            form: None,
        }
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Empty unless the status tells of success.
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: impl reqwest::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn etag(&self) -> Option<&str> {
        self.header(ETAG)
    }

    /// The body, or the error that the status tells of.
    pub(crate) fn success(self, url: &Url) -> Result<Bytes, Error> {
        match self.status.as_u16() {
            200..=299 => Ok(self.body),
            401 | 403 => Err(Error::AccessDenied {
                host: host_of(url),
                url: shown(url),
                hint: "check the credentials in Helm's and Docker's configuration".to_owned(),
            }),
            status => Err(Error::Status {
                url: shown(url),
                status,
            }),
        }
    }
}

impl Http {
    pub(crate) fn new(hosts: Hosts, limits: Limits) -> Self {
        Self {
            hosts,
            limits,
            clients: Memo::default(),
        }
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Sends a request, follows redirects to hosts that are allowed, and reads the answer.
    pub(crate) fn get(&self, get: Get<'_>) -> Result<Answer, Error> {
        let deadline = Instant::now() + self.limits.time;
        let client = self.client(get.tls)?;
        let home = get.url.origin();
        let mut url = get.url.clone();
        for _ in 0..=self.limits.redirects {
            let response = self.send(&client, &url, &get, &home, deadline)?;
            let Some(next) = redirect(&response, &url)? else {
                return self.read(response, &url, get.limit, deadline);
            };
            if get.form.is_some() {
                return Err(refused(&url, "an answer to credentials does not lie elsewhere"));
            }
            url = next;
        }
        Err(refused(get.url, "too many redirects"))
    }

    fn send(
        &self,
        client: &Client,
        url: &Url,
        get: &Get<'_>,
        home: &Origin,
        deadline: Instant,
    ) -> Result<Response, Error> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(refused(url, "neither https nor http"));
        }
        self.hosts.check(url)?;
        let at_home = url.origin() == *home;
        let carries_secret = (at_home && get.authorization.is_some()) || get.form.is_some();
        if carries_secret && url.scheme() == "http" && !is_loopback(url) {
            return Err(Error::PlainTextCredentials { url: shown(url) });
        }
        let mut request = match get.form {
            Some(form) => client.post(url.clone()).form(form),
            None => client.get(url.clone()),
        };
        request = request.timeout(self.left(deadline, url)?);
        if let Some(accept) = get.accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(etag) = get.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(authorization) = get.authorization.filter(|_| at_home) {
            let mut value =
                HeaderValue::from_str(&authorization.header()).map_err(|source| transport(url, source))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        request.send().map_err(|error| self.explain(url, error))
    }

    fn read(
        &self,
        mut response: Response,
        url: &Url,
        limit: u64,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let too_big = || Error::TooBig {
            url: shown(url),
            limit,
        };
        let mut answer = Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: Bytes::new(),
        };
        if !answer.status.is_success() {
            return Ok(answer);
        }
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_big());
        }
        let mut body = Vec::new();
        let mut chunk = vec![0; 64 * 1024];
        loop {
            // the client counts its own time anew for each read
            self.left(deadline, url)?;
            let count = response
                .read(&mut chunk)
                .map_err(|error| self.explain_io(url, error))?;
            if count == 0 {
                break;
            }
            if (body.len() + count) as u64 > limit {
                return Err(too_big());
            }
            body.extend_from_slice(&chunk[..count]);
        }
        answer.body = body.into();
        Ok(answer)
    }

    fn left(&self, deadline: Instant, url: &Url) -> Result<Duration, Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(self.timed_out(url));
        }
        Ok(left)
    }

    fn timed_out(&self, url: &Url) -> Error {
        Error::TimedOut {
            url: shown(url),
            seconds: self.limits.time.as_secs(),
        }
    }

    fn explain(&self, url: &Url, error: reqwest::Error) -> Error {
        if error.is_timeout() && !error.is_connect() {
            return self.timed_out(url);
        }
        // the URL is told by us, without what may be secret in it
        transport(url, error.without_url())
    }

    fn explain_io(&self, url: &Url, error: std::io::Error) -> Error {
        let timed_out = error.kind() == std::io::ErrorKind::TimedOut
            || error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<reqwest::Error>())
                .is_some_and(reqwest::Error::is_timeout);
        if timed_out {
            return self.timed_out(url);
        }
        transport(url, error)
    }

    fn client(&self, tls: Option<&Tls>) -> Result<Client, Error> {
        let tls = tls.cloned().unwrap_or_default();
        self.clients.get_or(&tls, || client(&tls))
    }
}

fn client(tls: &Tls) -> Result<Client, Error> {
    // archives are compressed already, and their digest is that of the compressed form: nothing is unpacked here
    let mut builder = Client::builder()
        .user_agent(AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none());
    if let Some(path) = &tls.authority {
        let pem = Tls::read(path)?;
        let certificates =
            Certificate::from_pem_bundle(&pem).map_err(|source| Tls::unusable(path, source))?;
        builder = certificates.into_iter().fold(builder, |builder, certificate| {
            builder.add_root_certificate(certificate)
        });
    }
    if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
        let pem = [Tls::read(certificate)?, b"\n".to_vec(), Tls::read(key)?].concat();
        let identity = Identity::from_pem(&pem).map_err(|source| Tls::unusable(certificate, source))?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|source| Error::Transport {
        url: "anything".to_owned(),
        source: source.into(),
    })
}

/// Where a response points, if it points elsewhere.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, Error> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| refused(from, "a redirect without a place"))?;
    let next = from
        .join(location)
        .map_err(|_| refused(from, "a redirect to no URL"))?;
    if from.scheme() == "https" && next.scheme() != "https" {
        return Err(refused(from, "it leads from https to plain http"));
    }
    Ok(Some(next))
}

fn refused(url: &Url, reason: &str) -> Error {
    Error::Redirect {
        url: shown(url),
        reason: reason.to_owned(),
    }
}

fn transport(url: &Url, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Transport {
        url: shown(url),
        source: source.into(),
    }
}

/// A URL for people: without user, password and query, in which signatures are kept.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // fails for URLs that have no place for them, and those hold none
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
