use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use git::{Credentials, Remote, Secret, Timeouts};

use super::{Error, Flags, ProtoDuration, file};
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

impl Settings {
    /// Reads the file that the flags name and what it names in turn.
    pub fn resolve(flags: Flags) -> Result<Self, Error> {
        let file = match &flags.configuration_file {
            None => file::File::default(),
            Some(path) => parse(path)?,
        };
        Self::from_file(file, flags)
    }

    fn from_file(file: file::File, flags: Flags) -> Result<Self, Error> {
        let warnings = warnings(&file);
        let poll_period = poll_period(flags.poll_period.as_deref())?;
        let webhook = webhook(
            file.webhook,
            flags.webhook_listen_address,
            flags.webhook_secret_file,
        )?;
        let observability = observability(
            file.observability,
            flags.observability_listen_address,
            flags.log_level,
            flags.log_format,
        )?;
        Ok(Self {
            agent: agent(
                file.agent,
                &file.manifests,
                flags.agent_listen_address,
                poll_period,
            )?,
            api: listen(
                "api.listen",
                file.api.listen,
                flags.api_listen_address,
                "127.0.0.1:8153",
            )?,
            admin_token_file: flags
                .admin_token_file
                .or(file.api.admin_token_file)
                .unwrap_or_else(|| "kas-admin-token".into()),
            observability,
            webhook,
            database: DatabaseSettings {
                file: flags
                    .database_file
                    .or(file.database.file)
                    .unwrap_or_else(|| "kas.db".into()),
                max_history_per_agent: file.database.max_history_per_agent.unwrap_or(10_000),
            },
            git: git_settings(file.git, flags.git_cache_directory, &flags.projects)?,
            warnings,
        })
    }
}

fn parse(path: &Path) -> Result<file::File, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
        key: "--configuration-file".into(),
        path: path.to_owned(),
        source,
    })?;
    // an empty file is a file without keys
    serde_yaml::from_str::<Option<file::File>>(&text)
        .map(Option::unwrap_or_default)
        .map_err(|source| Error::Malformed {
            path: path.to_owned(),
            source,
        })
}

fn poll_period(flag: Option<&str>) -> Result<Option<Duration>, Error> {
    let parse = |text: &str| {
        text.parse::<ProtoDuration>()
            .map_err(|problem| Error::invalid("--poll-period", text, problem))
    };
    Ok(flag.map(parse).transpose()?.map(|duration| duration.0))
}

fn agent(
    agent: file::Agent,
    manifests: &file::Manifests,
    address: Option<String>,
    poll_period: Option<Duration>,
) -> Result<AgentSettings, Error> {
    let period = |key: &str, period: Option<ProtoDuration>| {
        let period = poll_period
            .or(period.map(|period| period.0))
            .unwrap_or(Duration::from_mins(5));
        // a loop without a pause would keep a server busy
        if period < Duration::from_millis(10) {
            return Err(Error::invalid(
                key,
                format!("{}s", period.as_secs_f64()),
                "at least 0.01s is needed",
            ));
        }
        Ok(period)
    };
    let gitops = agent.gitops;
    Ok(AgentSettings {
        calls_per_token_per_minute: agent.listen.connections_per_token_per_minute.unwrap_or(40_000),
        listen: listen("agent.listen", agent.listen, address, "127.0.0.1:8150")?,
        configuration: ConfigurationSettings {
            poll_period: period("agent.configuration.poll_period", agent.configuration.poll_period)?,
            max_file_size: agent
                .configuration
                .max_configuration_file_size
                .unwrap_or(128 * 1024),
        },
        gitops: GitopsSettings {
            poll_period: period("agent.gitops.poll_period", gitops.poll_period)?,
            max_file_size: gitops.max_manifest_file_size.unwrap_or(5 * 1024 * 1024),
            max_total_size: gitops.max_total_manifest_file_size.unwrap_or(20 * 1024 * 1024),
            max_paths: gitops.max_number_of_paths.unwrap_or(100) as usize,
            max_files: gitops.max_number_of_files.unwrap_or(1000) as usize,
        },
        manifests: ManifestSettings {
            max_file_size: manifests.max_file_size.unwrap_or(10 * 1024 * 1024),
            max_total_size: manifests.max_total_size.unwrap_or(512 * 1024 * 1024),
            max_files: manifests.max_number_of_files.unwrap_or(200_000) as usize,
        },
    })
}

fn listen(key: &str, listen: file::Listen, flag: Option<String>, default: &str) -> Result<Listen, Error> {
    if let Some(network) = listen
        .network
        .filter(|network| !matches!(network.as_str(), "tcp" | "tcp4" | "tcp6"))
    {
        return Err(Error::invalid(
            format!("{key}.network"),
            network,
            "only tcp, tcp4 and tcp6 are served",
        ));
    }
    let address = flag.or(listen.address).unwrap_or_else(|| default.to_owned());
    let address = address.parse().or_else(|_| {
        let every_interface = address.strip_prefix(':').map(|port| format!("[::]:{port}"));
        let address = every_interface.as_ref().and_then(|address| address.parse().ok());
        address
            .ok_or_else(|| Error::invalid(format!("{key}.address"), "", "write host:port with an IP address"))
    })?;
    let tls = match (listen.certificate_file, listen.key_file) {
        (None, None) => None,
        (Some(certificate_file), Some(key_file)) => Some(Tls {
            certificate_file,
            key_file,
        }),
        _ => {
            return Err(Error::invalid(
                key,
                "",
                "certificate_file and key_file are needed together",
            ));
        }
    };
    let max_connection_age = listen
        .max_connection_age
        .map_or(Duration::from_hours(2), |age| age.0);
    Ok(Listen {
        address,
        tls,
        max_connection_age,
    })
}

fn observability(
    observability: file::Observability,
    address: Option<String>,
    level: Option<String>,
    format: Option<String>,
) -> Result<ObservabilitySettings, Error> {
    let path =
        |endpoint: file::Endpoint, default: &str| endpoint.url_path.unwrap_or_else(|| default.to_owned());
    let format = format
        .or(observability.logging.format)
        .unwrap_or_else(|| "text".to_owned());
    Ok(ObservabilitySettings {
        listen: listen(
            "observability.listen",
            observability.listen,
            address,
            "127.0.0.1:8151",
        )?,
        metrics_path: path(observability.prometheus, "/metrics"),
        liveness_path: path(observability.liveness_probe, "/liveness"),
        readiness_path: path(observability.readiness_probe, "/readiness"),
        log_level: level
            .or(observability.logging.level)
            .unwrap_or_else(|| "info".to_owned()),
        log_format: match format.as_str() {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => {
                return Err(Error::invalid(
                    "observability.logging.format",
                    format,
                    "write text or json",
                ));
            }
        },
    })
}

fn webhook(
    webhook: file::Webhook,
    address: Option<String>,
    secret_file: Option<PathBuf>,
) -> Result<Option<WebhookSettings>, Error> {
    let Some(secret_file) = secret_file.or(webhook.secret_file) else {
        if webhook.listen.is_some() || address.is_some() {
            let problem = "set webhook.secret_file too: without a secret anyone could wake kas";
            return Err(Error::invalid(
                "webhook.listen",
                address.unwrap_or_default(),
                problem,
            ));
        }
        return Ok(None);
    };
    let secret = read_secret("webhook.secret_file", &secret_file)?;
    Ok(Some(WebhookSettings {
        listen: listen(
            "webhook.listen",
            webhook.listen.unwrap_or_default(),
            address,
            "127.0.0.1:8157",
        )?,
        path: webhook.url_path.unwrap_or_else(|| "/".to_owned()),
        secret,
    }))
}

fn read_secret(key: &str, path: &Path) -> Result<Secret, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
        key: key.to_owned(),
        path: path.to_owned(),
        source,
    })?;
    if text.trim().is_empty() {
        return Err(Error::invalid(
            key,
            path.display().to_string(),
            "the file is empty",
        ));
    }
    Ok(Secret::new(&text))
}

fn git_settings(
    git: file::Git,
    cache_directory: Option<PathBuf>,
    flags: &[String],
) -> Result<GitSettings, Error> {
    let defaults = Timeouts::default();
    let timeouts = Timeouts {
        connect: git.connect_timeout.map_or(defaults.connect, |timeout| timeout.0),
        stall: git.stall_timeout.map_or(defaults.stall, |timeout| timeout.0),
        total: git.total_timeout.map_or(defaults.total, |timeout| timeout.0),
    };
    let mut projects = Vec::new();
    for project in git.projects {
        projects.push(project_settings(project, timeouts)?);
    }
    for flag in flags {
        let (id, url) = flag
            .split_once('=')
            .ok_or_else(|| Error::invalid("--project", flag, "write it as ID=URL"))?;
        let id = id.to_owned();
        let remote = remote(&id, url)?.with_timeouts(timeouts);
        projects.retain(|project| project.id != id);
        projects.push(ProjectSettings {
            id,
            remote,
            readable_by: None,
        });
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = projects.iter().find(|project| !ids.insert(&project.id)) {
        return Err(Error::invalid(
            "git.projects",
            &twice.id,
            "the project is there twice",
        ));
    }
    Ok(GitSettings {
        cache_directory: cache_directory
            .or(git.cache_directory)
            .unwrap_or_else(|| "kas-git-cache".into()),
        max_concurrent_fetches: git.max_concurrent_fetches.unwrap_or(16).max(1),
        projects,
    })
}

fn remote(id: &str, url: &str) -> Result<Remote, Error> {
    Remote::new(url).map_err(|source| Error::Project {
        id: id.to_owned(),
        source,
    })
}

fn project_settings(project: file::Project, timeouts: Timeouts) -> Result<ProjectSettings, Error> {
    let key = |name: &str| format!("git.projects[{}].{name}", project.id);
    let ways = [&project.password_file, &project.token_file, &project.ssh_key_file];
    if ways.iter().filter(|way| way.is_some()).count() > 1 {
        return Err(Error::invalid(
            key("password_file"),
            "",
            "use one of password_file, token_file and ssh_key_file",
        ));
    }
    let mut remote = remote(&project.id, &project.url)?
        .with_timeouts(timeouts)
        .with_ca_certificate_file(project.ca_certificate_file.clone())
        .allow_plain_http(project.allow_plain_http);
    if let Some(file) = &project.password_file {
        // with a token as password most servers take any name
        let username = project.username.clone().unwrap_or_else(|| "git".to_owned());
        remote = remote.with_credentials(Credentials::Basic {
            username,
            password: read_secret(&key("password_file"), file)?,
        });
    } else if let Some(file) = &project.token_file {
        remote = remote.with_credentials(Credentials::Bearer(read_secret(&key("token_file"), file)?));
    } else if let Some(file) = &project.ssh_key_file {
        remote = remote.with_credentials(Credentials::SshKey {
            key_file: file.clone(),
            known_hosts_file: project.known_hosts_file.clone(),
        });
    }
    let readable_by = project.readable_by.map(BTreeSet::from_iter);
    Ok(ProjectSettings {
        id: project.id,
        remote,
        readable_by,
    })
}

/// Keys of GitLab's kas that are understood and have no effect here.
fn warnings(file: &file::File) -> Vec<String> {
    let agent = &file.agent;
    let unused = [
        ("gitlab", file.gitlab.is_some()),
        ("gitaly", file.gitaly.is_some()),
        ("redis", file.redis.is_some()),
        ("private_api", file.private_api.is_some()),
        ("autoflow", file.autoflow.is_some()),
        ("workspaces", file.workspaces.is_some()),
        ("events_platform", file.events_platform.is_some()),
        ("config", file.config.is_some()),
        ("agent.kubernetes_api", agent.kubernetes_api.is_some()),
        ("agent.remote_development", agent.remote_development.is_some()),
        ("agent.receptive_agent", agent.receptive_agent.is_some()),
        (
            "agent.listen.websocket",
            agent.listen.websocket.unwrap_or_default(),
        ),
        (
            "agent.info_cache_ttl",
            agent.info_cache_ttl.or(agent.info_cache_error_ttl).is_some(),
        ),
        (
            "agent.redis_conn_info_ttl",
            agent
                .redis_conn_info_ttl
                .or(agent.redis_conn_info_refresh)
                .or(agent.redis_conn_info_gc)
                .is_some(),
        ),
        (
            "agent.gitops.project_info_cache_ttl",
            agent
                .gitops
                .project_info_cache_ttl
                .or(agent.gitops.project_info_cache_error_ttl)
                .is_some(),
        ),
        (
            "api.listen.authentication_secret_file",
            file.api.listen.authentication_secret_file.is_some(),
        ),
        (
            "agent.listen.ca_certificate_file",
            agent.listen.ca_certificate_file.is_some(),
        ),
        (
            "agent.listen.listen_grace_period",
            agent
                .listen
                .listen_grace_period
                .or(agent.listen.shutdown_grace_period)
                .is_some(),
        ),
        (
            "observability.usage_reporting_period",
            file.observability.usage_reporting_period.is_some(),
        ),
        ("observability.tracing", file.observability.tracing.is_some()),
        ("observability.sentry", file.observability.sentry.is_some()),
        (
            "observability.google_profiler",
            file.observability.google_profiler.is_some(),
        ),
        (
            "observability.logging.grpc_level",
            file.observability.logging.grpc_level.is_some(),
        ),
    ];
    let set = unused.into_iter().filter(|(_, is_set)| *is_set);
    set.map(|(key, _)| format!("{key} has no effect on a stand-alone kas"))
        .collect()
}

#[cfg(test)]
mod tests;
