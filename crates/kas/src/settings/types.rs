use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, time::Duration};

use git::{Remote, Secret};

use crate::logging::LogFormat;

/// Certificate and key of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Certificate chain in PEM.
    pub certificate_file: PathBuf,
    /// Private key in PEM.
    pub key_file: PathBuf,
}

/// A listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// On exactly when set.
    pub tls: Option<Tls>,
    /// How long a connection may live.
    pub max_connection_age: Duration,
}

/// How agents are served.
#[derive(Clone, Debug)]
pub struct AgentSettings {
    /// Where they connect.
    pub listen: Listen,
    /// Calls of one token in a minute.
    pub calls_per_token_per_minute: u32,
    /// Their configuration.
    pub configuration: ConfigurationSettings,
    /// GitLab's way to give them manifests.
    pub gitops: GitopsSettings,
    /// Our way to give them manifests.
    pub manifests: ManifestSettings,
}

/// How agent configuration is read.
#[derive(Clone, Debug)]
pub struct ConfigurationSettings {
    /// How often repositories are looked at.
    pub poll_period: Duration,
    /// Bytes.
    pub max_file_size: u64,
}

/// Bounds of GitLab's way to give manifests.
#[derive(Clone, Debug)]
pub struct GitopsSettings {
    /// How often repositories are looked at.
    pub poll_period: Duration,
    /// Bytes.
    pub max_file_size: u64,
    /// Bytes.
    pub max_total_size: u64,
    /// Paths in a request.
    pub max_paths: usize,
    /// Entries that are looked at.
    pub max_files: usize,
}

/// Bounds of our way to give manifests.
#[derive(Clone, Debug)]
pub struct ManifestSettings {
    /// Larger files are listed and do not travel.
    pub max_file_size: u64,
    /// Bytes of all files of one commit.
    pub max_total_size: u64,
    /// Files of one commit.
    pub max_files: usize,
}

/// What is told about the work.
#[derive(Clone, Debug)]
pub struct ObservabilitySettings {
    /// Where.
    pub listen: Listen,
    /// Path of the metrics.
    pub metrics_path: String,
    /// Path of the liveness probe.
    pub liveness_path: String,
    /// Path of the readiness probe.
    pub readiness_path: String,
    /// What is logged.
    pub log_level: String,
    /// How it is logged.
    pub log_format: LogFormat,
}

/// How Git servers tell of pushes.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Where.
    pub listen: Listen,
    /// Path of the endpoint.
    pub path: String,
    /// What they know.
    pub secret: Secret,
}

/// The database.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// The SQLite file.
    pub file: PathBuf,
    /// Drift and audit records that are kept of each agent.
    pub max_history_per_agent: u32,
}

/// How Git is read.
#[derive(Clone, Debug)]
pub struct GitSettings {
    /// What was fetched is kept here.
    pub cache_directory: PathBuf,
    /// Repositories that are read at one time.
    pub max_concurrent_fetches: usize,
    /// The projects.
    pub projects: Vec<ProjectSettings>,
}

/// A project and its repository.
#[derive(Clone, Debug)]
pub struct ProjectSettings {
    /// Full path, as agents name it.
    pub id: String,
    /// Its repository.
    pub remote: Remote,
    /// Configuration projects whose agents may read it; all when absent. Its own agents always may.
    pub readable_by: Option<BTreeSet<String>>,
}

/// Everything, with defaults filled in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Agents.
    pub agent: AgentSettings,
    /// Administration.
    pub api: Listen,
    /// The admin token is written here at the first start.
    pub admin_token_file: PathBuf,
    /// Metrics, probes, logs.
    pub observability: ObservabilitySettings,
    /// Pushes; absent when no secret is set.
    pub webhook: Option<WebhookSettings>,
    /// The database.
    pub database: DatabaseSettings,
    /// Repositories.
    pub git: GitSettings,
    /// What in the file has no effect.
    pub warnings: Vec<String>,
}
