//! What a resolver fetches, keeps and refuses: against a Git server, a chart repository and a registry.

#![expect(clippy::unwrap_used, reason = "a failure here is a failure of the test")]

mod bases;
mod registries;
mod repositories;

use std::{fs, path::Path, time::Duration};

use helm::remote::{ChartReference, Repositories as _};
use resolver::{CredentialFiles, Credentials, Hosts, Limits, Resolver, Settings};

/// A cache of its own, and files with credentials.
struct Stand {
    directory: tempfile::TempDir,
    hosts: Hosts,
    limits: Limits,
}

impl Stand {
    fn new() -> Self {
        // built beside other programs, two providers may be compiled in; the one that is set first is used
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            directory: tempfile::tempdir().unwrap(),
            hosts: Hosts::Any,
            limits: Limits {
                time: Duration::from_secs(20),
                ..Limits::default()
            },
        }
    }

    fn allowing(mut self, hosts: &[&str]) -> Self {
        self.hosts = Hosts::from_entries(hosts.iter().map(ToString::to_string));
        self
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.directory.path().join(name), text).unwrap();
    }

    fn cache(&self) -> std::path::PathBuf {
        self.directory.path().join("cache")
    }

    /// A resolver as a new process would open it.
    fn resolver(&self) -> Resolver {
        let files = CredentialFiles {
            repositories: Some(self.directory.path().join("repositories.yaml")),
            registries: vec![self.directory.path().join("config.json")],
        };
        Resolver::open(Settings {
            cache: self.cache(),
            hosts: self.hosts.clone(),
            credentials: Credentials::read(&files).unwrap(),
            limits: self.limits,
        })
        .unwrap()
    }

    /// A chart, or why not.
    fn chart(&self, repository: &str, name: &str, version: &str) -> Result<Vec<u8>, String> {
        chart(&self.resolver(), repository, name, version)
    }
}

fn chart(resolver: &Resolver, repository: &str, name: &str, version: &str) -> Result<Vec<u8>, String> {
    let reference = ChartReference {
        repository: repository.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        devel: false,
    };
    match resolver.chart(&reference) {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(error) => Err(error.downcast_ref::<resolver::Error>().unwrap().text()),
    }
}

/// All files below a directory.
fn files_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
