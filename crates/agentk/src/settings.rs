//! Flags and environment, read once. The names are those of GitLab's agentk where it has them.

use std::{fs, io, net::SocketAddr, path::PathBuf, sync::Arc};

use clap::{Parser, ValueEnum};
use engine::render::Remote;
use resolver::{CredentialFiles, Hosts, Limits, OnDemand};
use rpc::client::{Header, InvalidToken, Kas, KasAddress, Token};

/// The agent of glops: keeps this cluster equal to Git.
#[derive(Debug, Parser)]
#[command(name = "agentk", version, max_term_width = 110)]
pub struct Args {
    /// Where kas is: grpc://host:port, or grpcs://host:port with TLS.
    #[arg(long, env = "AGENTK_KAS_ADDRESS", value_name = "URL")]
    kas_address: KasAddress,
    /// File that holds the agent's token; instead, the token may be in $AGENTK_TOKEN.
    #[arg(long, env = "AGENTK_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// PEM file with the authorities to trust for kas, besides those of the system.
    #[arg(
        long,
        env = "AGENTK_KAS_CA_CERT_FILE",
        alias = "ca-cert-file",
        value_name = "FILE"
    )]
    kas_ca_cert_file: Option<PathBuf>,
    /// Name to expect in the certificate of kas, when it is not the host of its address.
    #[arg(long, env = "AGENTK_KAS_TLS_SERVER_NAME", value_name = "NAME")]
    kas_tls_server_name: Option<String>,
    /// Header to send with each call to kas: 'Name: value'; may be given several times.
    #[arg(long = "kas-header", value_name = "HEADER")]
    kas_headers: Vec<Header>,
    /// Address for probes and metrics.
    #[arg(
        long,
        env = "AGENTK_OBSERVABILITY_LISTEN_ADDRESS",
        default_value = "0.0.0.0:8080",
        value_name = "ADDRESS"
    )]
    observability_listen_address: SocketAddr,
    /// Kubeconfig file, to run outside of the cluster.
    #[arg(long, env = "AGENTK_KUBECONFIG", value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long, env = "AGENTK_CONTEXT")]
    context: Option<String>,
    /// Namespace of this pod: the lease and the inventories are kept there.
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pod_namespace: String,
    /// Name of this pod.
    #[arg(long, env = "POD_NAME", value_name = "NAME")]
    pod_name: String,
    /// Host that remote bases and charts may be fetched from: name, name:port or *.domain; may be given several times.
    /// Without it nothing is fetched.
    #[arg(long, env = "AGENTK_ALLOW_REMOTE", value_name = "HOST", value_delimiter = ',')]
    allow_remote: Vec<String>,
    /// Directory that keeps what was fetched.
    #[arg(
        long,
        env = "AGENTK_CACHE_DIR",
        value_name = "DIR",
        default_value = "/tmp/glops-agentk"
    )]
    cache_dir: PathBuf,
    /// Helm's repositories.yaml, with credentials for chart repositories.
    #[arg(long, env = "AGENTK_HELM_REPOSITORY_CONFIG", value_name = "FILE")]
    helm_repository_config: Option<PathBuf>,
    /// Docker's config.json, with credentials for registries.
    #[arg(long, env = "AGENTK_REGISTRY_CONFIG", value_name = "FILE")]
    registry_config: Option<PathBuf>,
    /// How much to log.
    #[arg(long, env = "AGENTK_LOG_LEVEL", default_value = "info", value_name = "FILTER")]
    log_level: String,
    /// Form of the log.
    #[arg(long, env = "AGENTK_LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    log_format: LogFormat,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What the program runs with.
#[derive(Debug)]
pub struct Settings {
    /// Where kas is and how to reach it.
    pub kas: Kas,
    /// Who this agent is.
    pub token: Token,
    /// Where the token came from, when that is a file: it is read again while the agent runs.
    pub token_file: Option<PathBuf>,
    /// Address for probes and metrics.
    pub observability_address: SocketAddr,
    /// Kubeconfig file and context, outside of a cluster.
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    pub context: Option<String>,
    /// Namespace of this pod.
    pub pod_namespace: String,
    /// Name of this pod.
    pub pod_name: String,
    /// Hosts that may be fetched from.
    pub allow_remote: Vec<String>,
    /// Directory that keeps what was fetched.
    pub cache_directory: PathBuf,
    /// Files with credentials for what is fetched.
    pub credentials: CredentialFiles,
    /// How much to log.
    pub log_level: String,
    /// Form of the log.
    pub log_format: LogFormat,
}

/// Why the flags make no settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither a file nor the variable was given.
    #[error("no agent token was given: use --token-file FILE or the variable AGENTK_TOKEN")]
    NoToken,
    /// A file and the variable were given.
    #[error("two agent tokens were given, by --token-file and by AGENTK_TOKEN: use one of them")]
    TwoTokens,
    /// The token file cannot be read.
    #[error("failed to read the token file {}", path.display())]
    ReadToken {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The token cannot be used.
    #[error("failed to use the agent token")]
    Token(#[from] InvalidToken),
}

impl Args {
    /// Takes in the token; `token_variable` is the value of `AGENTK_TOKEN`.
    pub fn into_settings(self, token_variable: Option<String>) -> Result<Settings, Error> {
        let token = match (self.token_file.clone(), token_variable) {
            (Some(path), None) => read_token(path)?,
            (None, Some(text)) => Token::new(&text)?,
            (None, None) => return Err(Error::NoToken),
            (Some(_), Some(_)) => return Err(Error::TwoTokens),
        };
        Ok(Settings {
            kas: Kas {
                address: self.kas_address,
                ca: self.kas_ca_cert_file,
                tls_server_name: self.kas_tls_server_name,
                headers: self.kas_headers,
            },
            token,
            token_file: self.token_file,
            observability_address: self.observability_listen_address,
            kubeconfig: self.kubeconfig,
            context: self.context,
            pod_namespace: self.pod_namespace,
            pod_name: self.pod_name,
            allow_remote: self.allow_remote,
            cache_directory: self.cache_dir,
            credentials: CredentialFiles {
                repositories: self.helm_repository_config,
                registries: self.registry_config.into_iter().collect(),
            },
            log_level: self.log_level,
            log_format: self.log_format,
        })
    }
}

/// The token in a file.
pub fn read_token(path: PathBuf) -> Result<Token, Error> {
    let text = fs::read_to_string(&path).map_err(|source| Error::ReadToken { path, source })?;
    Ok(Token::new(&text)?)
}

impl Settings {
    /// Who fetches what the manifests name and do not hold.
    pub fn remote(&self) -> Remote {
        Remote::new(Arc::new(OnDemand::new(
            &self.cache_directory,
            Hosts::from_entries(self.allow_remote.iter().cloned()),
            self.credentials.clone(),
            Limits::default(),
        )))
    }
}

/// The variable that holds the token when no file does.
pub fn token_variable() -> Option<String> {
    std::env::var("AGENTK_TOKEN")
        .ok()
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_reference_is_up_to_date() {
        testkit::assert_golden(
            "docs/reference/agentk.md",
            &testkit::reference::page(Args::command()),
        );
    }

    fn settings(arguments: &[&str], variable: Option<&str>) -> Result<Settings, Error> {
        let fixed = [
            "agentk",
            "--kas-address",
            "grpc://localhost:8150",
            "--pod-namespace",
            "a",
            "--pod-name",
            "b",
        ];
        let args = Args::try_parse_from(fixed.iter().chain(arguments)).unwrap();
        args.into_settings(variable.map(str::to_owned))
    }

    #[test]
    fn one_token_is_needed() {
        assert!(matches!(settings(&[], None), Err(Error::NoToken)));
        assert!(matches!(
            settings(&["--token-file", "/nowhere"], Some("x")),
            Err(Error::TwoTokens)
        ));
        assert!(matches!(
            settings(&["--token-file", "/nowhere"], None),
            Err(Error::ReadToken { .. })
        ));
        assert!(settings(&[], Some("glagent-x")).is_ok());
    }
}
