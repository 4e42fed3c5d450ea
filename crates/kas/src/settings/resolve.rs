use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    AgentSettings, ConfigurationSettings, DatabaseSettings, Error, Flags, GitopsSettings, ManifestSettings,
    ObservabilitySettings, ProtoDuration, Settings, WebhookSettings, file,
    listen::listen,
    projects::{git_settings, read_secret},
    unused::warnings,
};
use crate::logging::LogFormat;

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

#[cfg(test)]
mod tests;
