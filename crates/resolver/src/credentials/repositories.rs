use std::path::{Path, PathBuf};

use git::Secret;
use serde::Deserialize;
use url::Url;

use super::{Authorization, unusable};
use crate::Error;

/// Helm's `repositories.yaml`.
#[derive(Debug, Default)]
pub(crate) struct Repositories(Vec<Repository>);

/// A chart repository that somebody added to Helm.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    name: String,
    pub(crate) url: String,
    pub(crate) authorization: Option<Authorization>,
    /// Whether archives on other hosts get the credentials too.
    pub(crate) pass_to_all: bool,
    pub(crate) tls: Tls,
}

/// Certificates of a repository's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Tls {
    pub(crate) authority: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct File {
    repositories: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    name: String,
    url: String,
    username: String,
    password: String,
    #[serde(rename = "caFile")]
    ca_file: PathBuf,
    #[serde(rename = "certFile")]
    cert_file: PathBuf,
    #[serde(rename = "keyFile")]
    key_file: PathBuf,
    pass_credentials_all: bool,
}

impl Repositories {
    pub(super) fn parse(path: &Path, text: &[u8]) -> Result<Self, Error> {
        let document =
            yaml::from_slice(text, yaml::Reader::V2).map_err(|error| unusable(path, error.to_string()))?;
        // the reader's own text would show the value that has the wrong type
        let file: File =
            serde_json::from_value(document).map_err(|_| unusable(path, "a field has the wrong type"))?;
        Ok(Self(
            file.repositories.into_iter().map(Repository::from).collect(),
        ))
    }

    /// The repository of a name, as `@name` and `alias:name` say it.
    pub(crate) fn named(&self, name: &str) -> Result<&Repository, Error> {
        self.0
            .iter()
            .find(|repository| repository.name == name)
            .ok_or_else(|| Error::UnknownRepository {
                name: name.to_owned(),
            })
    }

    /// The repository at a URL.
    pub(crate) fn at(&self, url: &str) -> Option<&Repository> {
        let url = url.trim_end_matches('/');
        self.0
            .iter()
            .find(|repository| repository.url.trim_end_matches('/') == url)
    }
}

impl From<Entry> for Repository {
    fn from(entry: Entry) -> Self {
        let file = |path: PathBuf| (!path.as_os_str().is_empty()).then_some(path);
        Self {
            name: entry.name,
            url: entry.url,
            authorization: (!entry.username.is_empty() || !entry.password.is_empty()).then(|| {
                Authorization::Basic {
                    username: entry.username,
                    password: Secret::new(&entry.password),
                }
            }),
            pass_to_all: entry.pass_credentials_all,
            tls: Tls {
                authority: file(entry.ca_file),
                certificate: file(entry.cert_file),
                key: file(entry.key_file),
            },
        }
    }
}

impl Repository {
    /// One that nobody added; user and password may stand in its URL.
    pub(crate) fn anonymous(url: &str) -> Self {
        let login = Url::parse(url).ok().filter(|url| url.password().is_some());
        Self {
            name: String::new(),
            url: url.to_owned(),
            authorization: login.map(|url| Authorization::Basic {
                username: url.username().to_owned(),
                password: Secret::new(url.password().unwrap_or_default()),
            }),
            pass_to_all: false,
            tls: Tls::default(),
        }
    }
}

impl Tls {
    pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
        std::fs::read(path).map_err(|source| unusable(path, source))
    }

    pub(crate) fn unusable(
        path: &Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        unusable(path, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_by_name_and_by_address() {
        let text = b"apiVersion: ''\nrepositories:\n- name: own\n  url: https://charts.example.com/own/\n  \
                     username: bot\n  password: hunter2\n  pass_credentials_all: true\n  caFile: ''\n";
        let repositories = Repositories::parse(Path::new("repositories.yaml"), text).unwrap();
        let own = repositories.named("own").unwrap();
        assert_eq!(
            own.authorization.as_ref().unwrap().header(),
            "Basic Ym90Omh1bnRlcjI="
        );
        assert!(own.pass_to_all);
        assert_eq!(own.tls, Tls::default());
        assert!(repositories.at("https://charts.example.com/own").is_some());
        assert!(repositories.at("https://charts.example.com").is_none());
        assert!(repositories.named("other").is_err());
        assert!(!format!("{repositories:?}").contains("hunter2"));
    }

    #[test]
    fn a_broken_file_shows_no_password() {
        let text = b"repositories:\n- password: {hunter2: true}\n";
        let error = Repositories::parse(Path::new("repositories.yaml"), text).unwrap_err();
        assert!(!error.text().contains("hunter2"), "{}", error.text());
    }
}
