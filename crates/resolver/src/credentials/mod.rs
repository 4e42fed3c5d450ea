//! As whom is fetched: what Helm and Docker keep in their files. Nothing of it is ever printed.

mod authorization;
mod registries;
mod repositories;

use std::path::{Path, PathBuf};

pub(crate) use self::{
    authorization::Authorization,
    registries::{Login, Registries},
    repositories::{Repositories, Repository, Tls},
};
use crate::Error;

/// Where credentials are looked for; a file that is not there holds none.
#[derive(Clone, Debug, Default)]
pub struct CredentialFiles {
    /// Helm's `repositories.yaml`.
    pub repositories: Option<PathBuf>,
    /// Helm's `registry/config.json` and Docker's `config.json`, the first that knows a host being asked.
    pub registries: Vec<PathBuf>,
}

/// Credentials for chart repositories and registries.
#[derive(Debug, Default)]
pub struct Credentials {
    pub(crate) repositories: Repositories,
    pub(crate) registries: Registries,
}

impl Credentials {
    /// Those of some files.
    pub fn read(files: &CredentialFiles) -> Result<Self, Error> {
        let repositories = match files
            .repositories
            .as_deref()
            .map(read_file)
            .transpose()?
            .flatten()
        {
            Some((path, text)) => Repositories::parse(path, &text)?,
            None => Repositories::default(),
        };
        let mut registries = Registries::default();
        for path in &files.registries {
            if let Some((path, text)) = read_file(path)? {
                registries.add(path, &text)?;
            }
        }
        Ok(Self {
            repositories,
            registries,
        })
    }
}

fn read_file(path: &Path) -> Result<Option<(&Path, Vec<u8>)>, Error> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(path, error)),
    }
}

fn unusable(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::CredentialFile {
        path: path.to_owned(),
        source: source.into(),
    }
}
