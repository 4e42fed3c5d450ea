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
    /// Whether Git takes it as a name. What is none could mean other things to a server: patterns, several names.
    pub(crate) fn is_valid(&self) -> bool {
        match self {
            Self::DefaultBranch => true,
            Self::Branch(_) | Self::Tag(_) => {
                gix::validate::reference::name(self.remote_name().as_str().into()).is_ok()
            }
            Self::Commit(id) => gix::ObjectId::from_hex(id.as_bytes()).is_ok(),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_refused() {
        let names = ["main", "feature/a-b.c", "release-1.0", "ä"];
        assert!(
            names
                .map(|name| Reference::Branch(name.to_owned()))
                .iter()
                .all(Reference::is_valid)
        );
        for name in [
            "",
            "*",
            "a:b",
            "a..b",
            "../../HEAD",
            "a b",
            "a^",
            "a~1",
            "@{1}",
            "a\n",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a.lock",
        ] {
            assert!(!Reference::Branch(name.to_owned()).is_valid(), "{name:?}");
            assert!(!Reference::Tag(name.to_owned()).is_valid(), "{name:?}");
        }
        assert!(Reference::Commit("0123456789".repeat(4)).is_valid());
        for id in ["", "HEAD", "0123456", "refs/heads/main"] {
            assert!(!Reference::Commit(id.to_owned()).is_valid(), "{id:?}");
        }
    }
}
