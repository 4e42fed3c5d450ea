use std::{fmt, path::PathBuf, time::Duration};

use base64::Engine;

use crate::Error;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text; spaces and line breaks at its ends are not part of it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// As whom a repository is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// As no one.
    #[default]
    None,
    /// With a user name and a password or token.
    Basic {
        /// The user; many servers take any name beside a token.
        username: String,
        /// The password or token.
        password: Secret,
    },
    /// With a bearer token.
    Bearer(Secret),
    /// With a private key, over SSH.
    SshKey {
        /// The key, readable by us alone.
        key_file: PathBuf,
        /// Keys of servers; when absent, only what the machine knows is trusted.
        known_hosts_file: Option<PathBuf>,
    },
}

/// How long is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub stall: Duration,
    /// For everything together.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            total: Duration::from_mins(10),
        }
    }
}

/// A repository elsewhere, and how to get at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    pub(crate) url: gix::Url,
    pub(crate) credentials: Credentials,
    pub(crate) timeouts: Timeouts,
    pub(crate) ca_certificate_file: Option<PathBuf>,
    pub(crate) allow_plain_http: bool,
    pub(crate) follow_redirects: bool,
}

impl Remote {
    /// A repository by URL or path. A user and password in the URL become its credentials.
    pub fn new(url: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidUrl {
            url: without_userinfo(url),
        };
        let mut parsed = gix::url::parse(url).map_err(|_| invalid())?;
        let mut credentials = Credentials::None;
        match parsed.scheme {
            gix::url::Scheme::Http | gix::url::Scheme::Https => {
                if let (Some(user), Some(password)) = (parsed.user(), parsed.password()) {
                    credentials = Credentials::Basic {
                        username: user.to_owned(),
                        password: Secret::new(password),
                    };
                }
                parsed.set_user(None);
                parsed.set_password(None);
            }
            gix::url::Scheme::Ssh | gix::url::Scheme::File => {}
            _ => return Err(invalid()),
        }
        Ok(Self {
            url: parsed,
            credentials,
            timeouts: Timeouts::default(),
            ca_certificate_file: None,
            allow_plain_http: false,
            follow_redirects: true,
        })
    }

    /// With these credentials instead of those in the URL.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Waiting so long.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Trusting also what this file of PEM certificates has signed.
    #[must_use]
    pub fn with_ca_certificate_file(mut self, file: Option<PathBuf>) -> Self {
        self.ca_certificate_file = file;
        self
    }

    /// Sending credentials over `http://` too, on a network that is trusted.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// Whether a server may point to another place, on any host.
    #[must_use]
    pub fn follow_redirects(mut self, follow: bool) -> Self {
        self.follow_redirects = follow;
        self
    }

    /// The host and the port that are connected to; `None` for a repository of this machine.
    pub fn host(&self) -> Option<(&str, Option<u16>)> {
        let port = match self.url.scheme {
            gix::url::Scheme::Https => 443,
            gix::url::Scheme::Http => 80,
            gix::url::Scheme::Ssh => 22,
            // `file://host/path` is read from this machine all the same
            _ => return None,
        };
        Some((self.url.host().unwrap_or_default(), self.url.port.or(Some(port))))
    }

    /// For people; holds no credentials.
    pub fn display_url(&self) -> String {
        self.url.to_bstring().to_string()
    }

    /// Where the repository is, when it is on this machine.
    pub(crate) fn local_path(&self) -> Option<PathBuf> {
        (self.url.scheme == gix::url::Scheme::File)
            .then(|| {
                gix::path::from_bstr(&self.url.path)
                    .ok()
                    .map(std::borrow::Cow::into_owned)
            })
            .flatten()
    }

    /// The header that carries the credentials over HTTP.
    pub(crate) fn authorization(&self) -> Result<Option<String>, Error> {
        let value = match &self.credentials {
            Credentials::None | Credentials::SshKey { .. } => return Ok(None),
            Credentials::Bearer(token) => format!("Bearer {}", token.expose()),
            Credentials::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
            }
        };
        if self.url.scheme == gix::url::Scheme::Http && !self.allow_plain_http && !self.is_loopback() {
            return Err(Error::PlainTextCredentials {
                url: self.display_url(),
            });
        }
        Ok(Some(format!("Authorization: {value}")))
    }

    fn is_loopback(&self) -> bool {
        self.url.host().is_some_and(|host| {
            host == "localhost"
                || host
                    .trim_matches(['[', ']'])
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|ip| ip.is_loopback())
        })
    }
}

/// The text of a URL without what stands before its `@`.
fn without_userinfo(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}{}", &url[..scheme + 3], &url[at + 1..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_the_url() {
        let remote = Remote::new("https://bot:hunter2@git.example.com/a/b.git").unwrap();
        assert_eq!(remote.display_url(), "https://git.example.com/a/b.git");
        assert_eq!(
            remote.authorization().unwrap().unwrap(),
            "Authorization: Basic Ym90Omh1bnRlcjI="
        );
        assert!(!format!("{remote:?}").contains("hunter2"));
    }

    #[test]
    fn credentials_do_not_travel_in_the_clear_unless_allowed() {
        let remote = |url| {
            Remote::new(url)
                .unwrap()
                .with_credentials(Credentials::Bearer(Secret::new("t")))
        };
        let refused = remote("http://git.example.com/a.git")
            .authorization()
            .unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("refusing to send credentials to http://git.example.com/a.git")
        );
        assert!(remote("http://127.0.0.1:3000/a.git").authorization().is_ok());
        assert!(
            remote("http://git.example.com/a.git")
                .allow_plain_http(true)
                .authorization()
                .is_ok()
        );
    }

    #[test]
    fn what_cannot_be_fetched_from_is_refused_without_its_credentials() {
        let error = Remote::new("ftp://bot:hunter2@example.com/a")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "\"ftp://example.com/a\" is no URL of a Git repository; use https://, ssh:// or a path"
        );
    }
}
