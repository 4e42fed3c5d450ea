//! The configuration file as it is written. Every key may be left out.

#![expect(clippy::struct_field_names, reason = "the names are the keys of the file")]

use std::path::PathBuf;

use serde::Deserialize;

use super::ProtoDuration;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    pub(super) agent: Agent,
    pub(super) api: Api,
    pub(super) observability: Observability,
    pub(super) webhook: Webhook,
    pub(super) database: Database,
    pub(super) git: Git,
    pub(super) manifests: Manifests,
    // GitLab's sections that a stand-alone kas has no use for
    pub(super) gitlab: Option<serde::de::IgnoredAny>,
    pub(super) gitaly: Option<serde::de::IgnoredAny>,
    pub(super) redis: Option<serde::de::IgnoredAny>,
    pub(super) private_api: Option<serde::de::IgnoredAny>,
    pub(super) autoflow: Option<serde::de::IgnoredAny>,
    pub(super) workspaces: Option<serde::de::IgnoredAny>,
    pub(super) events_platform: Option<serde::de::IgnoredAny>,
    pub(super) config: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Listen {
    pub(super) network: Option<String>,
    pub(super) address: Option<String>,
    pub(super) websocket: Option<bool>,
    pub(super) certificate_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) ca_certificate_file: Option<PathBuf>,
    pub(super) authentication_secret_file: Option<PathBuf>,
    pub(super) connections_per_token_per_minute: Option<u32>,
    pub(super) max_connection_age: Option<ProtoDuration>,
    pub(super) listen_grace_period: Option<ProtoDuration>,
    pub(super) shutdown_grace_period: Option<ProtoDuration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) listen: Listen,
    pub(super) configuration: AgentConfiguration,
    pub(super) gitops: Gitops,
    pub(super) kubernetes_api: Option<serde::de::IgnoredAny>,
    pub(super) info_cache_ttl: Option<ProtoDuration>,
    pub(super) info_cache_error_ttl: Option<ProtoDuration>,
    pub(super) redis_conn_info_ttl: Option<ProtoDuration>,
    pub(super) redis_conn_info_refresh: Option<ProtoDuration>,
    pub(super) redis_conn_info_gc: Option<ProtoDuration>,
    pub(super) remote_development: Option<serde::de::IgnoredAny>,
    pub(super) receptive_agent: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AgentConfiguration {
    pub(super) poll_period: Option<ProtoDuration>,
    pub(super) max_configuration_file_size: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Gitops {
    pub(super) poll_period: Option<ProtoDuration>,
    pub(super) project_info_cache_ttl: Option<ProtoDuration>,
    pub(super) project_info_cache_error_ttl: Option<ProtoDuration>,
    pub(super) max_manifest_file_size: Option<u64>,
    pub(super) max_total_manifest_file_size: Option<u64>,
    pub(super) max_number_of_paths: Option<u32>,
    pub(super) max_number_of_files: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Api {
    pub(super) listen: Listen,
    pub(super) admin_token_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Observability {
    pub(super) listen: Listen,
    pub(super) usage_reporting_period: Option<ProtoDuration>,
    pub(super) prometheus: Endpoint,
    pub(super) liveness_probe: Endpoint,
    pub(super) readiness_probe: Endpoint,
    pub(super) logging: Logging,
    pub(super) tracing: Option<serde::de::IgnoredAny>,
    pub(super) sentry: Option<serde::de::IgnoredAny>,
    pub(super) google_profiler: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Endpoint {
    pub(super) url_path: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Logging {
    pub(super) level: Option<String>,
    pub(super) grpc_level: Option<String>,
    pub(super) format: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Webhook {
    pub(super) listen: Option<Listen>,
    pub(super) url_path: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Database {
    pub(super) file: Option<PathBuf>,
    pub(super) max_history_per_agent: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Manifests {
    pub(super) max_file_size: Option<u64>,
    pub(super) max_total_size: Option<u64>,
    pub(super) max_number_of_files: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Git {
    pub(super) cache_directory: Option<PathBuf>,
    pub(super) max_concurrent_fetches: Option<usize>,
    pub(super) connect_timeout: Option<ProtoDuration>,
    pub(super) stall_timeout: Option<ProtoDuration>,
    pub(super) total_timeout: Option<ProtoDuration>,
    pub(super) projects: Vec<Project>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) username: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) ssh_key_file: Option<PathBuf>,
    pub(super) known_hosts_file: Option<PathBuf>,
    pub(super) ca_certificate_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) allow_plain_http: bool,
    pub(super) readable_by: Option<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../../docs/reference/kas-configuration.md");

    #[test]
    fn every_key_is_documented() {
        let missing = testkit::reference::undocumented(include_str!("file.rs"), PAGE);
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn the_documented_example_is_understood() {
        let example = testkit::reference::example(PAGE);
        let read = serde_yaml::from_str::<File>(&example);
        assert!(read.is_ok(), "{:?}", read.err());
    }
}
