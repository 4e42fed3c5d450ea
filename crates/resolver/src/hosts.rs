use url::{Host, Url};

use crate::Error;

/// Which hosts may be reached. Addresses of private networks are like any others: name them or leave them out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hosts {
    /// None, whatever the cache holds: what is allowed must not depend on what was fetched before.
    #[default]
    None,
    /// All, and repositories of this machine.
    Any,
    /// Those that match an entry: `host`, `host:port` or `*.domain`. Redirects and token services count too.
    Only(Vec<String>),
}

impl Hosts {
    /// From a list of entries, of which `*` stands for all.
    pub fn from_entries(entries: impl IntoIterator<Item = String>) -> Self {
        let entries: Vec<String> = entries
            .into_iter()
            .map(|entry| entry.trim().to_ascii_lowercase())
            .filter(|entry| !entry.is_empty())
            .collect();
        if entries.iter().any(|entry| entry == "*") {
            Self::Any
        } else if entries.is_empty() {
            Self::None
        } else {
            Self::Only(entries)
        }
    }

    /// Fails unless the host of a URL may be reached.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Error> {
        let host = host_of(url);
        let port = url.port_or_known_default();
        if self.admit(&host, port) {
            return Ok(());
        }
        Err(Error::HostNotAllowed {
            host: match url.port() {
                Some(port) => format!("{host}:{port}"),
                None => host,
            },
        })
    }

    pub(crate) fn admit(&self, host: &str, port: Option<u16>) -> bool {
        match self {
            Self::None => false,
            Self::Any => true,
            Self::Only(entries) => entries.iter().any(|entry| matches(entry, host, port)),
        }
    }

    /// Whether repositories of this machine may be read.
    pub(crate) fn admit_local(&self) -> bool {
        *self == Self::Any
    }
}

fn matches(entry: &str, host: &str, port: Option<u16>) -> bool {
    let (name, wanted) = split_port(entry);
    if wanted.is_some() && wanted != port {
        return false;
    }
    match name.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => name == host,
    }
}

fn split_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        // an address of IPv6 without brackets has colons and no port
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

/// The host in lower case, without the dot that may end it.
pub(crate) fn host_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Ipv6(address)) => format!("[{address}]"),
        Some(host) => host.to_string().trim_end_matches('.').to_ascii_lowercase(),
        None => String::new(),
    }
}

/// Whether a URL leads to this machine, where nobody listens on the way.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entries: &[&str], url: &str) -> bool {
        let hosts = Hosts::from_entries(entries.iter().map(ToString::to_string));
        hosts.check(&Url::parse(url).unwrap()).is_ok()
    }

    #[test]
    fn hosts_are_matched_whole() {
        assert!(allows(
            &["charts.example.com"],
            "https://charts.example.com/index.yaml"
        ));
        assert!(allows(
            &["Charts.Example.com"],
            "https://CHARTS.example.com.:8443/x"
        ));
        assert!(!allows(&["example.com"], "https://charts.example.com/"));
        assert!(!allows(&["example.com"], "https://example.com.evil.test/"));
        assert!(!allows(&["example.com"], "https://evil.test/example.com"));
        assert!(!allows(&["example.com"], "https://example.com@evil.test/"));
        assert!(!allows(&[], "https://example.com/"));
        assert!(allows(&["*"], "http://10.0.0.1/"));
    }

    #[test]
    fn a_star_stands_for_names_below() {
        assert!(allows(&["*.example.com"], "https://a.b.example.com/"));
        assert!(!allows(&["*.example.com"], "https://example.com/"));
        assert!(!allows(&["*.example.com"], "https://badexample.com/"));
    }

    #[test]
    fn a_port_narrows() {
        assert!(allows(&["127.0.0.1:5000"], "http://127.0.0.1:5000/v2/"));
        assert!(!allows(&["127.0.0.1:5000"], "http://127.0.0.1:5001/v2/"));
        assert!(allows(&["example.com:443"], "https://example.com/"));
        assert!(allows(&["[::1]:80", "[::1]"], "http://[::1]/"));
    }
}
