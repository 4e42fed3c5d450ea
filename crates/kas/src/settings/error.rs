use std::path::PathBuf;

/// Why kas cannot start as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that a setting names cannot be read.
    #[error("failed to read {} named by {key}", path.display())]
    Unreadable {
        /// The setting.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration file is not as it must be.
    #[error("failed to understand configuration file {}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_yaml::Error,
    },
    /// A setting has a value that it cannot have.
    #[error("{key} is {value:?}: {problem}")]
    Invalid {
        /// The setting.
        key: String,
        /// What was found.
        value: String,
        /// What is wrong with it, and what to write instead.
        problem: String,
    },
    /// A project's repository cannot be used as it is set up.
    #[error("failed to set up project {id}")]
    Project {
        /// The project.
        id: String,
        /// Why.
        source: git::Error,
    },
}

impl Error {
    pub(super) fn invalid(
        key: impl Into<String>,
        value: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        Self::Invalid {
            key: key.into(),
            value: value.into(),
            problem: problem.into(),
        }
    }
}
