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

    /// Settings for a repository that is opened to fetch from here.
    pub(crate) fn configuration(&self) -> Vec<String> {
        // the `ssh` program never asks anything, and gives up when the other side has gone
        let mut ssh = format!(
            "ssh -o BatchMode=yes -o ConnectTimeout={} -o ServerAliveInterval={} -o ServerAliveCountMax=1",
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

    /// What an error of the transport means.
    pub(crate) fn explain(&self, error: gix::Error, reference: &Reference, deadline: &Deadline) -> Error {
        let url = self.display_url();
        let http = error.downcast_any_ref::<reqwest::Error>();
        let status = http
            .and_then(reqwest::Error::status)
            .map(|status| status.as_u16());
        let says = |text: &str| error.iter_errors().any(|cause| cause.to_string().contains(text));
        if deadline.has_passed() {
            return Error::TimedOut {
                url,
                after: self.timeouts.total,
                source: error.into(),
            };
        }
        if http.is_some_and(reqwest::Error::is_connect) {
            return Error::Unreachable {
                url,
                source: error.into(),
            };
        }
        if http.is_some_and(reqwest::Error::is_timeout) || says("operation timed out") {
            return Error::TimedOut {
                url,
                after: self.timeouts.stall,
                source: error.into(),
            };
        }
        if http.is_some_and(reqwest::Error::is_redirect)
            || status.is_some_and(|status| (300..400).contains(&status))
        {
            return Error::Moved {
                url,
                source: error.into(),
            };
        }
        if matches!(status, Some(401 | 403))
            || error.is_unauthenticated()
            || error.is_permission_denied()
            || says("Permission denied")
        {
            return Error::AccessDenied {
                url,
                source: error.into(),
            };
        }
        if matches!(status, Some(404 | 410)) || says("does not appear to be a git repository") {
            return Error::RepositoryNotFound {
                url,
                source: error.into(),
            };
        }
        if says("not our ref") || says("unadvertised object") {
            return Error::ReferenceNotFound {
                url,
                reference: reference.clone(),
            };
        }
        if status.is_some_and(|status| status >= 500) || error.is_retryable() {
            return Error::Unreachable {
                url,
                source: error.into(),
            };
        }
        Error::Fetch {
            url,
            reference: reference.clone(),
            source: error.into(),
        }
    }
}

fn quoted(path: &Path) -> BString {
    gix::quote::single(path.to_string_lossy().as_ref().into())
}
