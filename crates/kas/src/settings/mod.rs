//! What an operator can set: a YAML file with GitLab's keys where GitLab has them, flags, and `KAS_*` variables.
//!
//! A flag wins over its variable, a variable over the file, and the file over the default. Everything is read once, at the
//! start; secrets are read from files named here and stand in no setting themselves.

mod duration;
mod error;
mod file;
mod flags;
mod listen;
mod projects;
mod resolve;
mod types;
mod unused;

pub use self::{
    error::Error,
    flags::Flags,
    types::{
        AgentSettings, ConfigurationSettings, DatabaseSettings, GitSettings, GitopsSettings, Listen,
        ManifestSettings, ObservabilitySettings, ProjectSettings, Settings, Tls, WebhookSettings,
    },
};

pub(crate) use self::duration::ProtoDuration;
