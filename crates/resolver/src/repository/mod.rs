//! Chart repositories: an `index.yaml` and archives beside it or elsewhere.

mod index;

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

pub(crate) use self::index::Index;
use crate::{
    Digest, Error, Resolver,
    credentials::Repository,
    http::{Get, shown},
    versions::Wanted,
};

impl Resolver {
    /// The archive of a chart in a repository.
    pub(crate) fn repository_chart(
        &self,
        repository: &Repository,
        name: &str,
        wanted: &Wanted,
    ) -> Result<Bytes, Error> {
        let base = repository_url(&repository.url)?;
        let index = self
            .indexes
            .get_or(&repository.url, || self.index(repository, &base).map(Arc::new))?;
        let versions = index.versions(name).ok_or_else(|| Error::ChartNotFound {
            name: name.to_owned(),
            repository: shown(&base),
        })?;
        let entry = wanted
            .pick(versions, |entry| &entry.version)
            .ok_or_else(|| Error::VersionNotFound {
                name: name.to_owned(),
                version: wanted.text().to_owned(),
                repository: shown(&base),
            })?;
        let url = archive_url(&base, &entry.url)?;
        let expected = entry.digest.as_deref().map(Digest::parse).transpose()?;
        if url.scheme() == "oci" {
            return self.registry_chart(&entry.url, wanted);
        }
        self.archive(&url, expected, Some((repository, &base)))
    }

    /// An archive by its URL; from the cache when its digest is known.
    pub(crate) fn archive(
        &self,
        url: &Url,
        expected: Option<Digest>,
        listed_in: Option<(&Repository, &Url)>,
    ) -> Result<Bytes, Error> {
        self.http.hosts().check(url)?;
        if let Some(bytes) = expected.and_then(|digest| self.cache.get(digest)) {
            return Ok(bytes);
        }
        let mut get = Get::new(url, self.http.limits().chart);
        if let Some((repository, base)) = listed_in
            && (url.origin() == base.origin() || repository.pass_to_all)
        {
            get.authorization = repository.authorization.as_ref();
            get.tls = Some(&repository.tls);
        }
        let bytes = self.http.get(get)?.success(url)?;
        let found = Digest::of(&bytes);
        if let Some(expected) = expected {
            if found != expected {
                return Err(Error::DigestMismatch {
                    url: shown(url),
                    expected,
                    found,
                });
            }
            self.cache.put(found, &bytes);
        }
        Ok(bytes)
    }

    fn index(&self, repository: &Repository, base: &Url) -> Result<Index, Error> {
        let mut url = base.clone();
        url.set_path(&format!("{}index.yaml", base.path()));
        self.http.hosts().check(&url)?;
        let known = self.cache.seen(url.as_str());
        let get = Get {
            authorization: repository.authorization.as_ref(),
            tls: Some(&repository.tls),
            etag: known.as_ref().map(|(seen, _)| seen.etag.as_str()),
            ..Get::new(&url, self.http.limits().index)
        };
        let answer = self.http.get(get)?;
        let text = match known {
            Some((_, bytes)) if answer.status == reqwest::StatusCode::NOT_MODIFIED => bytes,
            _ => {
                let etag = answer.etag().map(str::to_owned);
                let bytes = answer.success(&url)?;
                if let Some(etag) = etag {
                    self.cache.note(url.as_str(), &etag, &bytes);
                }
                bytes
            }
        };
        Index::parse(&text).map_err(|reason| Error::Malformed {
            url: shown(&url),
            what: "index of charts",
            reason,
        })
    }
}

/// The URL of a repository, with a slash at its end and no credentials.
fn repository_url(text: &str) -> Result<Url, Error> {
    let invalid = |reason: String| Error::InvalidUrl {
        url: Url::parse(text).map_or_else(|_| text.to_owned(), |url| shown(&url)),
        reason,
    };
    let mut url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(invalid("chart repositories are read by https".to_owned()));
    }
    // these are sent as a header
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Where an archive is; a relative place keeps the query of its repository.
fn archive_url(base: &Url, place: &str) -> Result<Url, Error> {
    let mut url = base.join(place).map_err(|error| Error::InvalidUrl {
        url: place.to_owned(),
        reason: error.to_string(),
    })?;
    if Url::parse(place).is_err() && url.query().is_none() {
        url.set_query(base.query());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_lie_beside_the_index_or_elsewhere() {
        let base = repository_url("https://bot:hunter2@h.example/charts?token=1").unwrap();
        assert_eq!(base.as_str(), "https://h.example/charts/?token=1");
        for (place, url) in [
            ("a-1.0.0.tgz", "https://h.example/charts/a-1.0.0.tgz?token=1"),
            ("/a-1.0.0.tgz?x=2", "https://h.example/a-1.0.0.tgz?x=2"),
            ("https://else.example/a.tgz", "https://else.example/a.tgz"),
        ] {
            assert_eq!(archive_url(&base, place).unwrap().as_str(), url);
        }
        assert!(repository_url("ftp://h.example/").is_err());
        assert!(repository_url("charts").is_err());
    }
}
