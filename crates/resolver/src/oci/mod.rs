//! OCI registries, by the distribution API: tags, manifests, and the one layer that is a chart.

mod challenge;
mod manifest;
mod reference;
mod token;

use bytes::Bytes;
use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

pub(crate) use self::token::Tokens;
use self::{
    challenge::Challenge,
    manifest::{MANIFEST, Manifest},
    reference::{Place, Reference},
};
use crate::{
    Digest, Error, Resolver,
    http::{Answer, Get, shown},
    versions::Wanted,
};

const SMALL: u64 = 4 << 20;
/// The most pages of tags that are read.
const MAX_PAGES: usize = 200;
const DOCKER_DIGEST: &str = "docker-content-digest";

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl Resolver {
    /// The archive of a chart in a registry: `oci://host/path/name`, with `:tag` or `@digest` at its end where one
    /// version is meant.
    pub(crate) fn registry_chart(&self, url: &str, wanted: &Wanted) -> Result<Bytes, Error> {
        let reference = Reference::parse(url)?;
        self.http.hosts().check(&reference.base)?;
        let place = match &reference.place {
            Some(place) => place.clone(),
            None if wanted.is_exact() => Place::Tag(tag_of(wanted.text())),
            None => Place::Tag(self.newest_tag(&reference, wanted)?),
        };
        let manifest = self.manifest(&reference, &place)?;
        let (digest, size) = manifest.chart().map_err(|reason| Error::Malformed {
            url: reference.shown(),
            what: "chart",
            reason,
        })?;
        self.blob(&reference, digest, size)
    }

    fn newest_tag(&self, reference: &Reference, wanted: &Wanted) -> Result<String, Error> {
        let tags = self.tags(reference)?;
        // a version's + is no letter of tags, so that an underscore stands in for it
        let versions: Vec<String> = tags.iter().map(|tag| tag.replace('_', "+")).collect();
        let picked = wanted.pick(&versions, String::as_str);
        picked
            .map(|version| tag_of(version))
            .ok_or_else(|| Error::VersionNotFound {
                name: reference.name().to_owned(),
                version: wanted.text().to_owned(),
                repository: reference.shown(),
            })
    }

    fn tags(&self, reference: &Reference) -> Result<Vec<String>, Error> {
        let mut tags = Vec::new();
        let mut url = reference.url("tags/list")?;
        for _ in 0..MAX_PAGES {
            let answer = self.ask(reference, &url, SMALL, None)?;
            let next = answer.header("link").and_then(next_page).map(str::to_owned);
            let page: Tags = read(&url, "list of tags", &found(reference, &url, answer)?)?;
            tags.extend(page.tags.unwrap_or_default());
            let Some(next) = next else {
                return Ok(tags);
            };
            url = url.join(&next).map_err(|error| Error::InvalidUrl {
                url: next,
                reason: error.to_string(),
            })?;
        }
        Err(Error::Malformed {
            url: reference.shown(),
            what: "list of tags",
            reason: format!("it has more than {MAX_PAGES} pages"),
        })
    }

    fn manifest(&self, reference: &Reference, place: &Place) -> Result<Manifest, Error> {
        let url = reference.url(&format!("manifests/{place}"))?;
        let mut expected = match place {
            Place::Digest(digest) => Some(*digest),
            Place::Tag(_) => None,
        };
        if let Some(bytes) = expected.and_then(|digest| self.cache.get(digest)) {
            return read(&url, "manifest", &bytes);
        }
        let answer = self.ask(reference, &url, SMALL, Some(MANIFEST))?;
        if let (None, Some(told)) = (expected, answer.header(DOCKER_DIGEST)) {
            expected = Some(Digest::parse(told)?);
        }
        let bytes = found(reference, &url, answer)?;
        self.keep(&url, expected, &bytes)?;
        read(&url, "manifest", &bytes)
    }

    fn blob(&self, reference: &Reference, digest: Digest, size: u64) -> Result<Bytes, Error> {
        if let Some(bytes) = self.cache.get(digest) {
            return Ok(bytes);
        }
        let url = reference.url(&format!("blobs/{digest}"))?;
        let limit = self.http.limits().chart;
        if size > limit {
            return Err(Error::TooBig {
                url: shown(&url),
                limit,
            });
        }
        let answer = self.ask(reference, &url, limit, None)?;
        let bytes = found(reference, &url, answer)?;
        self.keep(&url, Some(digest), &bytes)?;
        Ok(bytes)
    }

    fn keep(&self, url: &Url, expected: Option<Digest>, bytes: &[u8]) -> Result<(), Error> {
        let found = Digest::of(bytes);
        match expected {
            Some(expected) if found != expected => Err(Error::DigestMismatch {
                url: shown(url),
                expected,
                found,
            }),
            _ => {
                self.cache.put(found, bytes);
                Ok(())
            }
        }
    }

    /// Asks a registry, and once more with what its challenge asks for.
    fn ask(
        &self,
        reference: &Reference,
        url: &Url,
        limit: u64,
        accept: Option<&'static str>,
    ) -> Result<Answer, Error> {
        let known = self.tokens.known(reference);
        let get = Get {
            accept,
            authorization: known.as_ref(),
            ..Get::new(url, limit)
        };
        let answer = self.http.get(get)?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let challenge = Challenge::of(&answer.headers).ok_or_else(|| self.denied(reference, url))?;
        let fresh = self.authorize(reference, &challenge)?;
        let answer = self.http.get(Get {
            authorization: Some(&fresh),
            ..get
        })?;
        if matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(self.denied(reference, url));
        }
        self.tokens.remember(reference, fresh);
        Ok(answer)
    }
}

/// The body; registries answer 404 for what they hide, too.
fn found(reference: &Reference, url: &Url, answer: Answer) -> Result<Bytes, Error> {
    if answer.status == StatusCode::NOT_FOUND {
        return Err(Error::ChartNotFound {
            name: reference.name().to_owned(),
            repository: shown(url),
        });
    }
    answer.success(url)
}

fn read<T: serde::de::DeserializeOwned>(url: &Url, what: &'static str, text: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(text).map_err(|error| Error::Malformed {
        url: shown(url),
        what,
        reason: error.to_string(),
    })
}

fn tag_of(version: &str) -> String {
    version.replace('+', "_")
}

/// The target of `<target>; rel="next"`.
fn next_page(link: &str) -> Option<&str> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    parameters.contains("next").then_some(target)
}
