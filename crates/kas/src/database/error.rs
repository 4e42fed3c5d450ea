use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be opened.
    #[error("failed to open database {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A newer kas has written it.
    #[error("database {} has version {found}, newer than the {known} of this kas; run the newer one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// There is no room left.
    #[error("failed to {operation}: the disk that holds the database is full; free some space")]
    DiskFull {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Something of that name is there already.
    #[error("failed to {operation}: it exists already")]
    Exists {
        /// What was being done.
        operation: &'static str,
    },
    /// Anything else.
    #[error("failed to {operation}")]
    Failed {
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The thread that does the work has gone.
    #[error("the database is closed")]
    Closed,
}

impl Error {
    pub(super) fn from_sqlite(operation: &'static str, source: rusqlite::Error) -> Self {
        match source
            .sqlite_error()
            .map(|error| (error.code, error.extended_code))
        {
            Some((ErrorCode::DiskFull, _)) => Self::DiskFull { operation, source },
            Some((ErrorCode::ConstraintViolation, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)) => {
                Self::Exists { operation }
            }
            _ => Self::Failed { operation, source },
        }
    }
}
