//! How a remote repository is reached: options of the transport, and what its errors mean.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use gix::bstr::BString;
use gix::protocol::transport::client::blocking_io::http;

use crate::{Credentials, Error, Reference, Remote, deadline::Deadline};

impl Remote {
    /// Options of the HTTP client: credentials are sent at once, so that no request is spent on being asked for them.
    pub(crate) fn http_options(&self) -> Result<http::Options, Error> {
        let certificates = self.ca_certificates()?;
        let timeouts = self.timeouts;
        let configure = move |mut builder: reqwest::blocking::ClientBuilder| {
            for certificate in &certificates {
                builder = builder.add_root_certificate(certificate.clone());
            }
            // the blocking client counts this anew for each read
            Ok(builder.connect_timeout(timeouts.connect).timeout(timeouts.stall))
        };
        let backend = http::reqwest::Options {
            configure_client: Some(Box::new(configure)),
            ..Default::default()
        };
        Ok(http::Options {
            extra_headers: self.authorization()?.into_iter().collect(),
            backend: Some(Arc::new(Mutex::new(backend))),
            follow_redirects: if self.follow_redirects {
                http::options::FollowRedirects::Initial
            } else {
                http::options::FollowRedirects::None
            },
            ..Default::default()
        })
    }

    fn ca_certificates(&self) -> Result<Vec<reqwest::Certificate>, Error> {
        let Some(path) = &self.ca_certificate_file else {
            return Ok(Vec::new());
        };
        let unusable = |source| Error::Secret {
            path: path.clone(),
            source,
        };
        let pem = std::fs::read(path).map_err(unusable)?;
        reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| unusable(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))
    }

    /// Settings for a repository in `place` that is opened to fetch from here.
    pub(crate) fn configuration(&self, place: &Path) -> Vec<String> {
        // the `ssh` program never asks anything, and gives up when the other side has gone; what it and the server say
        // goes to a file, because that is where the reason of a failure is
        let mut ssh = format!(
            "ssh 2>{} -o LogLevel=ERROR -o BatchMode=yes -o ConnectTimeout={} -o ServerAliveInterval={} -o ServerAliveCountMax=1",
            quoted(&place.join(SSH_MESSAGES)),
            self.timeouts.connect.as_secs().max(1),
            self.timeouts.stall.as_secs().max(1)
        );
        if let Credentials::SshKey {
            key_file,
            known_hosts_file,
        } = &self.credentials
        {
            ssh = format!("{ssh} -o IdentitiesOnly=yes -i {}", quoted(key_file));
            if let Some(file) = known_hosts_file {
                ssh = format!(
                    "{ssh} -o StrictHostKeyChecking=yes -o UserKnownHostsFile={}",
                    quoted(file)
                );
            }
        }
        vec![
            format!("core.sshCommand={ssh}"),
            "ssh.variant=ssh".to_owned(),
            "protocol.version=2".to_owned(),
        ]
    }

    /// What an error of the transport into the repository at `place` means.
    pub(crate) fn explain(
        &self,
        error: gix::Error,
        reference: &Reference,
        deadline: &Deadline,
        place: &Path,
    ) -> Error {
        let ssh = self.said_by_ssh(place);
        let url = self.display_url();
        let reason = Reason::of(&error, ssh.as_deref().unwrap_or_default());
        let source = ssh.map_or_else(|| error.into(), Into::into);
        if deadline.has_passed() {
            let after = self.timeouts.total;
            return Error::TimedOut { url, after, source };
        }
        match reason {
            Reason::Untrusted(problem) => Error::Untrusted { url, problem, source },
            Reason::Unreachable => Error::Unreachable { url, source },
            Reason::TimedOut => Error::TimedOut {
                url,
                after: self.timeouts.stall,
                source,
            },
            Reason::Moved => Error::Moved { url, source },
            Reason::AccessDenied => Error::AccessDenied { url, source },
            Reason::RepositoryNotFound => Error::RepositoryNotFound { url, source },
            Reason::ReferenceNotFound => Error::ReferenceNotFound {
                url,
                reference: reference.clone(),
            },
            Reason::Locked => Error::Cache {
                path: place.to_owned(),
                source,
            },
            Reason::Unknown => Error::Fetch {
                url,
                reference: reference.clone(),
                source,
            },
        }
    }

    /// What `ssh` and the server said in the last fetch into `place`, in one line; `None` when they said nothing.
    fn said_by_ssh(&self, place: &Path) -> Option<String> {
        if self.url.scheme != gix::url::Scheme::Ssh {
            return None;
        }
        let said = std::fs::read(place.join(SSH_MESSAGES)).ok()?;
        let said = String::from_utf8_lossy(&said[..said.len().min(MOST_SSH_BYTES)]).into_owned();
        let words: Vec<&str> = said
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// Where `ssh` writes what it has to say, in the repository that is fetched into.
const SSH_MESSAGES: &str = "ssh-messages";
/// A server may say a lot.
const MOST_SSH_BYTES: usize = 2048;

/// What is behind a failure.
enum Reason {
    Untrusted(&'static str),
    Unreachable,
    TimedOut,
    Moved,
    AccessDenied,
    RepositoryNotFound,
    ReferenceNotFound,
    Locked,
    Unknown,
}

const UNKNOWN_AUTHORITY: &str = "its certificate is for another name or signed by no known authority; configure the authority's certificate";
const UNKNOWN_HOST_KEY: &str = "its host key is not the known one; check the file of known hosts";

impl Reason {
    fn of(error: &gix::Error, ssh: &str) -> Self {
        let http = error.downcast_any_ref::<reqwest::Error>();
        let status = http
            .and_then(reqwest::Error::status)
            .map_or(0, |status| status.as_u16());
        let is_http = |is: fn(&reqwest::Error) -> bool| http.is_some_and(is);
        let says = |text: &str| {
            ssh.contains(text) || error.iter_errors().any(|cause| cause.to_string().contains(text))
        };
        // here, not there: the library calls it worth another try, as it calls what a server does
        if says("The lock for resource") {
            Self::Locked
        } else if says("invalid peer certificate") {
            Self::Untrusted(UNKNOWN_AUTHORITY)
        } else if says("Host key verification failed") {
            Self::Untrusted(UNKNOWN_HOST_KEY)
        } else if is_http(reqwest::Error::is_connect) {
            Self::Unreachable
        } else if is_http(reqwest::Error::is_timeout) || says("operation timed out") {
            Self::TimedOut
        } else if is_http(reqwest::Error::is_redirect) || (300..400).contains(&status) {
            Self::Moved
        } else if matches!(status, 401 | 403)
            || error.is_unauthenticated()
            || error.is_permission_denied()
            || says("Permission denied")
        {
            Self::AccessDenied
        } else if matches!(status, 404 | 410) || says("does not appear to be a git repository") {
            Self::RepositoryNotFound
        } else if says("not our ref") || says("unadvertised object") {
            Self::ReferenceNotFound
        } else if status >= 500
            || error.is_retryable()
            || [
                "connect to host",
                "resolve hostname",
                "Connection closed",
                "Connection reset",
            ]
            .into_iter()
            .any(says)
        {
            Self::Unreachable
        } else {
            Self::Unknown
        }
    }
}

fn quoted(path: &Path) -> BString {
    gix::quote::single(path.to_string_lossy().as_ref().into())
}
