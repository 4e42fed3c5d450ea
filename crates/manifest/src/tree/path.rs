use std::fmt;

/// A path that climbs above the root of its tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("path {0:?} leaves the root of the tree")]
pub struct LeavesRoot(pub String);

/// A clean absolute path in a tree: `/` is the root, no `.`, `..` or empty parts, no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreePath(String);

impl TreePath {
    /// The root, `/`.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Cleans a path, taken from the root whether it starts with `/` or not.
    pub fn new(path: &str) -> Result<Self, LeavesRoot> {
        Self::root().join(path.trim_start_matches('/'))
    }

    /// Cleans a path, taken from this directory unless it starts with `/`.
    pub fn join(&self, path: &str) -> Result<Self, LeavesRoot> {
        let mut parts: Vec<&str> = if path.starts_with('/') {
            Vec::new()
        } else {
            self.components().collect()
        };
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or_else(|| LeavesRoot(path.to_owned()))?;
                }
                part => parts.push(part),
            }
        }
        Ok(Self(format!("/{}", parts.join("/"))))
    }

    /// The entry `name` of this directory; `name` is a single part.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        if self.is_root() {
            Self(format!("/{name}"))
        } else {
            Self(format!("{}/{name}", self.0))
        }
    }

    /// The directory that holds it; the root's is the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        match self.0.rfind('/') {
            None | Some(0) => Self::root(),
            Some(end) => Self(self.0[..end].to_owned()),
        }
    }

    /// The last part; `None` for the root.
    pub fn file_name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// The parts from the root down.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// Whether this is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        other.is_root() || self.0 == other.0 || self.0.starts_with(&format!("{}/", other.0))
    }

    /// Whether this is `/`.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }

    /// With its leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without its leading slash; empty for the root.
    pub fn relative(&self) -> &str {
        &self.0[1..]
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
