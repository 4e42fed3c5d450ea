use std::path::PathBuf;

use clap::Parser;

/// The server beside Git: gives agents their configuration and manifests, and takes their reports.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "kas", version)]
pub struct Flags {
    /// YAML file with everything that has no flag of its own
    #[arg(long, env = "KAS_CONFIGURATION_FILE", value_name = "FILE")]
    pub configuration_file: Option<PathBuf>,
    /// Where agents connect [default: 127.0.0.1:8150]
    #[arg(long, env = "KAS_AGENT_LISTEN_ADDRESS", value_name = "ADDRESS")]
    pub agent_listen_address: Option<String>,
    /// Where `glops agent` and `glops status` connect [default: 127.0.0.1:8153]
    #[arg(long, env = "KAS_API_LISTEN_ADDRESS", value_name = "ADDRESS")]
    pub api_listen_address: Option<String>,
    /// Where metrics and probes are served [default: 127.0.0.1:8151]
    #[arg(long, env = "KAS_OBSERVABILITY_LISTEN_ADDRESS", value_name = "ADDRESS")]
    pub observability_listen_address: Option<String>,
    /// Where Git servers tell of pushes [default: 127.0.0.1:8157 when a secret is set]
    #[arg(long, env = "KAS_WEBHOOK_LISTEN_ADDRESS", value_name = "ADDRESS")]
    pub webhook_listen_address: Option<String>,
    /// File with the secret that Git servers sign or send with their pushes
    #[arg(long, env = "KAS_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub webhook_secret_file: Option<PathBuf>,
    /// SQLite file with agents, tokens and reports [default: kas.db]
    #[arg(long, env = "KAS_DATABASE_FILE", value_name = "FILE")]
    pub database_file: Option<PathBuf>,
    /// Directory that keeps what was fetched from Git [default: kas-git-cache]
    #[arg(long, env = "KAS_GIT_CACHE_DIRECTORY", value_name = "DIRECTORY")]
    pub git_cache_directory: Option<PathBuf>,
    /// File that the admin token is written to at the first start [default: kas-admin-token]
    #[arg(long, env = "KAS_ADMIN_TOKEN_FILE", value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,
    /// A project and its repository; may be given more than once
    #[arg(
        long = "project",
        env = "KAS_PROJECTS",
        value_name = "ID=URL",
        value_delimiter = ','
    )]
    pub projects: Vec<String>,
    /// How often repositories are looked at when no webhook tells of a push [default: 300s]
    #[arg(long, env = "KAS_POLL_PERIOD", value_name = "SECONDSs")]
    pub poll_period: Option<String>,
    /// error, warn, info, debug or trace, or a filter such as kas=debug [default: info]
    #[arg(long, env = "KAS_LOG_LEVEL", value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// text or json [default: text]
    #[arg(long, env = "KAS_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_reference_is_up_to_date() {
        testkit::assert_golden(
            "docs/reference/kas.md",
            &testkit::reference::page(Flags::command()),
        );
    }
}
