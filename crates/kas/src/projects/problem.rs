use git::Error;
use rpc::source::{Problem, ProblemReason};

/// What an agent is told about trouble with a repository.
pub fn problem_of(error: &Error) -> Problem {
    let reason = match error {
        Error::InvalidUrl { .. }
        | Error::InvalidReference { .. }
        | Error::PlainTextCredentials { .. }
        | Error::Secret { .. } => ProblemReason::Invalid,
        Error::Unreachable { .. }
        | Error::Untrusted { .. }
        | Error::TimedOut { .. }
        | Error::Moved { .. }
        | Error::Fetch { .. }
        | Error::NotARepository { .. }
        | Error::RepositoryNotFound { .. } => ProblemReason::RepositoryUnreachable,
        Error::AccessDenied { .. } => ProblemReason::AccessDenied,
        Error::Empty { .. } => ProblemReason::RepositoryEmpty,
        Error::ReferenceNotFound { .. } | Error::RevisionNotFound { .. } => ProblemReason::ReferenceNotFound,
        Error::Cache { .. } | Error::Object { .. } => ProblemReason::Internal,
    };
    // causes stay in the log of kas: they may tell more of its network than an agent needs
    Problem {
        reason,
        message: error.to_string(),
        commit_id: String::new(),
    }
}
