use std::fmt;

use url::Url;

use crate::{Digest, Error, hosts::is_loopback};

const SCHEME: &str = "oci://";

/// A repository of a registry, and perhaps one version in it.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// Where the registry's API is, with a slash at its end.
    pub(crate) base: Url,
    /// The registry by the name under which credentials are kept.
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) place: Option<Place>,
}

/// A version in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Tag(String),
    Digest(Digest),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

impl Reference {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason: &str| Error::InvalidUrl {
            url: text.to_owned(),
            reason: reason.to_owned(),
        };
        let rest = text
            .strip_prefix(SCHEME)
            .ok_or_else(|| invalid("it does not begin with oci://"))?;
        let (registry, path) = rest
            .split_once('/')
            .ok_or_else(|| invalid("it names no repository"))?;
        let (path, digest) = match path.split_once('@') {
            Some((path, digest)) => (path, Some(Digest::parse(digest)?)),
            None => (path, None),
        };
        let (path, tag) = match path.rsplit_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (path, None),
        };
        let repository = path.trim_matches('/');
        if !repository.split('/').all(is_component) {
            return Err(invalid(
                "repositories have small letters, digits, ., _ and - in their names",
            ));
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(invalid("its tag is none"));
        }
        let place = digest
            .map(Place::Digest)
            .or_else(|| tag.map(|tag| Place::Tag(tag.to_owned())));
        Ok(Self {
            base: base_of(registry).ok_or_else(|| invalid("its registry is no host"))?,
            registry: registry.to_ascii_lowercase(),
            repository: repository.to_owned(),
            place,
        })
    }

    /// A place of the registry's API, below the repository.
    pub(crate) fn url(&self, below: &str) -> Result<Url, Error> {
        let path = format!("v2/{}/{below}", self.repository);
        self.base.join(&path).map_err(|error| Error::InvalidUrl {
            url: path.clone(),
            reason: error.to_string(),
        })
    }

    /// The last part of the repository's name, which is that of the chart.
    pub(crate) fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or(&self.repository)
    }

    pub(crate) fn shown(&self) -> String {
        format!("{SCHEME}{}/{}", self.registry, self.repository)
    }
}

/// Registries speak https, except for those on this machine.
fn base_of(registry: &str) -> Option<Url> {
    let host = match registry {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        other => other,
    };
    if host.is_empty() || host.contains(['@', '?', '#', '\\']) {
        return None;
    }
    let mut base = Url::parse(&format!("http://{host}/")).ok()?;
    if base.host_str().is_none() || base.path() != "/" {
        return None;
    }
    if !is_loopback(&base) {
        base = Url::parse(&format!("https://{host}/")).ok()?;
    }
    Some(base)
}

fn is_component(part: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    part.bytes()
        .all(|byte| is_letter(byte) || matches!(byte, b'.' | b'_' | b'-'))
        && part.bytes().next().is_some_and(is_letter)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(is_word)
        && tag
            .bytes()
            .all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_repository_and_version() {
        let reference = Reference::parse("oci://Registry.example.com:5000/team/charts/app:1.0.0_b").unwrap();
        assert_eq!(reference.base.as_str(), "https://registry.example.com:5000/");
        assert_eq!(reference.registry, "registry.example.com:5000");
        assert_eq!(reference.name(), "app");
        assert_eq!(reference.place, Some(Place::Tag("1.0.0_b".to_owned())));
        assert_eq!(
            reference.url("tags/list").unwrap().as_str(),
            "https://registry.example.com:5000/v2/team/charts/app/tags/list"
        );
    }

    #[test]
    fn this_machine_speaks_plain_http_and_docker_has_two_names() {
        let base = |text: &str| Reference::parse(text).unwrap().base.to_string();
        assert_eq!(base("oci://localhost:5000/a"), "http://localhost:5000/");
        assert_eq!(base("oci://docker.io/org/a"), "https://registry-1.docker.io/");
    }

    #[test]
    fn digests_beat_tags() {
        let digest = Digest::of(b"");
        let reference = Reference::parse(&format!("oci://h/a:1@{digest}")).unwrap();
        assert_eq!(reference.place, Some(Place::Digest(digest)));
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for text in [
            "https://h/a",
            "oci://h",
            "oci:///a",
            "oci://h/",
            "oci://h/../a",
            "oci://h/a/../../x",
            "oci://h/A",
            "oci://user@h/a",
            "oci://h/a:../../x",
            "oci://h/a@sha512:00",
            "oci://h?x/a",
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }
}
