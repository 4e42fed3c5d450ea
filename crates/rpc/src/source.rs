//! Where in a project's history, and why something cannot be had from there.

use std::fmt;

use crate::{
    gitlab::agent::{agentcfg, gitops::rpc as gitops},
    glops::source::v1 as wire,
};

/// A place in a project's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reference {
    /// What `HEAD` of the repository points at.
    #[default]
    DefaultBranch,
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// A tag, without `refs/tags/`.
    Tag(String),
    /// A full commit id.
    Commit(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DefaultBranch => f.write_str("the default branch"),
            Self::Branch(name) => write!(f, "branch {name}"),
            Self::Tag(name) => write!(f, "tag {name}"),
            Self::Commit(id) => write!(f, "commit {id}"),
        }
    }
}

impl From<Option<wire::Reference>> for Reference {
    fn from(reference: Option<wire::Reference>) -> Self {
        use wire::reference::Reference as Wire;
        match reference.and_then(|reference| reference.reference) {
            None => Self::DefaultBranch,
            Some(Wire::Branch(name)) => Self::Branch(name),
            Some(Wire::Tag(name)) => Self::Tag(name),
            Some(Wire::Commit(id)) => Self::Commit(id),
        }
    }
}

impl From<Reference> for Option<wire::Reference> {
    fn from(reference: Reference) -> Self {
        use wire::reference::Reference as Wire;
        let reference = match reference {
            Reference::DefaultBranch => return None,
            Reference::Branch(name) => Wire::Branch(name),
            Reference::Tag(name) => Wire::Tag(name),
            Reference::Commit(id) => Wire::Commit(id),
        };
        Some(wire::Reference {
            reference: Some(reference),
        })
    }
}

impl From<Option<agentcfg::GitRefCf>> for Reference {
    fn from(reference: Option<agentcfg::GitRefCf>) -> Self {
        use agentcfg::git_ref_cf::Ref as Wire;
        match reference.and_then(|reference| reference.r#ref) {
            None => Self::DefaultBranch,
            Some(Wire::Branch(name)) => Self::Branch(name),
            Some(Wire::Tag(name)) => Self::Tag(name),
            Some(Wire::Commit(id)) => Self::Commit(id),
        }
    }
}

impl From<Option<gitops::GitRefCf>> for Reference {
    fn from(reference: Option<gitops::GitRefCf>) -> Self {
        use gitops::git_ref_cf::Ref as Wire;
        match reference.and_then(|reference| reference.r#ref) {
            None => Self::DefaultBranch,
            Some(Wire::Branch(name)) => Self::Branch(name),
            Some(Wire::Tag(name)) => Self::Tag(name),
            Some(Wire::Commit(id)) => Self::Commit(id),
        }
    }
}

impl From<Reference> for Option<gitops::GitRefCf> {
    fn from(reference: Reference) -> Self {
        use gitops::git_ref_cf::Ref as Wire;
        let reference = match reference {
            Reference::DefaultBranch => return None,
            Reference::Branch(name) => Wire::Branch(name),
            Reference::Tag(name) => Wire::Tag(name),
            Reference::Commit(id) => Wire::Commit(id),
        };
        Some(gitops::GitRefCf {
            r#ref: Some(reference),
        })
    }
}

/// Kinds of trouble with something that is read from Git.
pub type ProblemReason = wire::problem::Reason;

/// Why something cannot be had from Git at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of trouble it is.
    pub reason: ProblemReason,
    /// One sentence for a person, with what to do.
    pub message: String,
    /// The commit in which it was found; empty when it was not found in one.
    pub commit_id: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<wire::Problem> for Problem {
    fn from(problem: wire::Problem) -> Self {
        Self {
            // a reason that a newer kas knows is told by its message all the same
            reason: problem.reason(),
            message: problem.message,
            commit_id: problem.commit_id,
        }
    }
}

impl From<Problem> for wire::Problem {
    fn from(problem: Problem) -> Self {
        Self {
            reason: problem.reason.into(),
            message: problem.message,
            commit_id: problem.commit_id,
        }
    }
}
