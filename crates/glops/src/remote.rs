//! What may be fetched for a render, and with whose credentials.

use std::{path::PathBuf, sync::Arc};

use engine::render::Remote;
use resolver::{CredentialFiles, Hosts, Limits, OnDemand};

use crate::{error::CommandError, settings::variable};

/// Flags of all commands that render.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct RemoteArgs {
    /// Host that remote bases and charts may be fetched from: name, name:port, *.domain, or * for any; may be given
    /// several times.
    #[arg(long, env = "GLOPS_ALLOW_REMOTE", value_name = "HOST", value_delimiter = ',')]
    allow_remote: Vec<String>,
}

/// Whether something failed because it would have to be fetched from a host that was not named.
pub(crate) fn lacks_host(failure: &CommandError) -> bool {
    failure
        .lines()
        .iter()
        .any(|line| line.ends_with("is not allowed here") || line.contains("nothing can be fetched here"))
}

/// The failure, with what to do when a host was not named.
pub(crate) fn advised(failure: CommandError) -> CommandError {
    if lacks_host(&failure) {
        failure.hint("name the host by --allow-remote HOST to let it be fetched from")
    } else {
        failure
    }
}

impl RemoteArgs {
    /// What is fetched from the hosts that were named, and from no other.
    pub(crate) fn remote(&self) -> Remote {
        remote(Hosts::from_entries(self.allow_remote.iter().cloned()))
    }

    /// The same for a command that stands in for kustomize or helm: without a list it fetches as they do.
    pub(crate) fn remote_or_any(&self) -> Remote {
        if self.allow_remote.is_empty() {
            remote(Hosts::Any)
        } else {
            self.remote()
        }
    }
}

fn remote(hosts: Hosts) -> Remote {
    let cache = base_directory("XDG_CACHE_HOME", ".cache")
        .unwrap_or_else(std::env::temp_dir)
        .join("glops")
        .join("remote");
    Remote::new(Arc::new(OnDemand::new(
        cache,
        hosts,
        credential_files(),
        Limits::default(),
    )))
}

/// The files of Helm and Docker, where those would look for them.
fn credential_files() -> CredentialFiles {
    let helm = variable("HELM_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| base_directory("XDG_CONFIG_HOME", ".config").map(|directory| directory.join("helm")));
    let named = |name: &str, below: &str| {
        variable(name)
            .map(PathBuf::from)
            .or_else(|| helm.as_ref().map(|helm| helm.join(below)))
    };
    let docker = variable("DOCKER_CONFIG")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".docker")));
    let docker = docker.map(|directory| directory.join("config.json"));
    CredentialFiles {
        repositories: named("HELM_REPOSITORY_CONFIG", "repositories.yaml"),
        registries: named("HELM_REGISTRY_CONFIG", "registry/config.json")
            .into_iter()
            .chain(docker)
            .collect(),
    }
}

fn base_directory(name: &str, below_home: &str) -> Option<PathBuf> {
    let named = variable(name).filter(|path| path.starts_with('/'));
    named
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(below_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_host_is_advised_upon() {
        let hints = |text: &str| advised(CommandError::new(text)).hints.len();
        assert_eq!(hints("fetching from charts.example.com is not allowed here"), 1);
        assert_eq!(hints("failed to fetch https://charts.example.com"), 0);
    }
}
