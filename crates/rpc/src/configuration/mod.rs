//! The agent's configuration with all defaults resolved, from what GitLab's kas or ours sends.

mod convert;
mod project;

pub use self::{
    convert::Invalid,
    project::{
        Drift, DryRun, HelmOptions, InventoryPolicy, KustomizeOptions, ManifestProject, ObjectReference,
        ProjectKey, Propagation, PruneGuards, RenderOptions,
    },
};

/// Files that a project's manifests are read from when nothing else is said.
pub const DEFAULT_GLOB: &str = "**/*.{yaml,yml,json}";
/// The namespace of objects that name none, when nothing else is said.
pub const DEFAULT_NAMESPACE: &str = "default";

/// How much an agent logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// What happens.
    #[default]
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
}

/// What an agent is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentConfiguration {
    /// The commit that it was read from; empty when there is no configuration file.
    pub commit_id: String,
    /// Number of the agent.
    pub agent_id: i64,
    /// Name of the agent; empty when kas does not tell.
    pub agent_name: String,
    /// Number of the project that holds the configuration.
    pub project_number: i64,
    /// Full path of that project.
    pub project_id: String,
    /// How much to log.
    pub log_level: LogLevel,
    /// How much the connection logs.
    pub grpc_log_level: LogLevel,
    /// What the cluster is kept equal to.
    pub projects: Vec<ManifestProject>,
    /// What in the file has no effect.
    pub warnings: Vec<String>,
}
