use std::fmt;

/// A place in a repository's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reference {
    /// What `HEAD` points at.
    #[default]
    DefaultBranch,
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// A tag, without `refs/tags/`.
    Tag(String),
    /// A full commit id.
    Commit(String),
}

impl Reference {
    /// The full name that a server is asked for; a commit is its own name.
    pub(crate) fn remote_name(&self) -> String {
        match self {
            Self::DefaultBranch => "HEAD".to_owned(),
            Self::Branch(name) => format!("refs/heads/{name}"),
            Self::Tag(name) => format!("refs/tags/{name}"),
            Self::Commit(id) => id.clone(),
        }
    }

    /// Where a mirror notes what it has.
    pub(crate) fn cached_name(&self) -> String {
        match self {
            Self::DefaultBranch => "refs/glops/default".to_owned(),
            Self::Branch(name) => format!("refs/glops/heads/{name}"),
            Self::Tag(name) => format!("refs/glops/tags/{name}"),
            Self::Commit(id) => format!("refs/glops/commits/{id}"),
        }
    }
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
