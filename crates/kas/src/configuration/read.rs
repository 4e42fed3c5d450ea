use rpc::configuration::{AgentConfiguration, Invalid};

use super::{convert::Wire, file};
use crate::identity::AgentIdentity;

/// Why a configuration file cannot be followed. The agent is told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is larger than allowed.
    #[error("{path} has {size} bytes, more than the {limit} allowed")]
    TooBig {
        /// The file.
        path: String,
        /// Its size.
        size: u64,
        /// The bound.
        limit: u64,
    },
    /// It is a symbolic link.
    #[error("{path} is not a file")]
    NotAFile {
        /// The file.
        path: String,
    },
    /// It is no YAML, or has keys or values that are not its own.
    #[error("{path} is not valid: {problem}")]
    Malformed {
        /// The file.
        path: String,
        /// Where and why.
        problem: String,
    },
    /// What it says cannot be done.
    #[error("{path} is not valid: {problem}")]
    Invalid {
        /// The file.
        path: String,
        /// Why.
        problem: Invalid,
    },
}

/// Where an agent's configuration is in its project.
pub fn path_of(agent: &str) -> String {
    format!(".gitlab/agents/{agent}/config.yaml")
}

/// Reads a configuration file; an absent or empty one is the default. What is sent is checked as the agent will check it.
pub fn parse(
    content: Option<&[u8]>,
    commit_id: &str,
    agent: &AgentIdentity,
    project_number: i64,
) -> Result<Wire, Error> {
    let path = path_of(&agent.name);
    let malformed = |problem: String| Error::Malformed {
        path: path.clone(),
        problem,
    };
    let text =
        std::str::from_utf8(content.unwrap_or_default()).map_err(|error| malformed(error.to_string()))?;
    // a file of comments alone is null
    let file: Option<file::File> = if text.trim().is_empty() {
        None
    } else {
        serde_yaml::from_str(text).map_err(|error| malformed(error.to_string()))?
    };
    let wire = Wire::new(file.unwrap_or_default(), commit_id, agent, project_number).map_err(malformed)?;
    AgentConfiguration::try_from(wire.configuration.clone())
        .map_err(|problem| Error::Invalid { path, problem })?;
    Ok(wire)
}

#[cfg(test)]
mod tests;
