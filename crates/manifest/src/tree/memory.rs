use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Entry, Error, LeavesRoot, Source, TreePath};

#[derive(Clone, Debug)]
enum Node {
    File(Bytes),
    Symlink(String),
    Unreadable(String),
}

/// A tree in memory; directories are those that have something in them.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    // keyed by path with a leading slash; sorted, so that a directory is a range
    nodes: BTreeMap<String, Node>,
    identity: Option<String>,
}

impl MemoryTree {
    /// Files by path from the root.
    pub fn from_files<P: AsRef<str>, B: Into<Bytes>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Result<Self, LeavesRoot> {
        let mut tree = Self::default();
        for (path, bytes) in files {
            tree.insert(&TreePath::new(path.as_ref())?, bytes.into());
        }
        Ok(tree)
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: &TreePath, bytes: Bytes) {
        self.nodes.insert(path.as_str().to_owned(), Node::File(bytes));
    }

    /// Adds or replaces a symbolic link.
    pub fn insert_link(&mut self, path: &TreePath, target: impl Into<String>) {
        self.nodes
            .insert(path.as_str().to_owned(), Node::Symlink(target.into()));
    }

    /// Adds or replaces a file that is known to be there and cannot be read; whoever needs it is told `reason`.
    pub fn insert_unreadable(&mut self, path: &TreePath, reason: impl Into<String>) {
        self.nodes
            .insert(path.as_str().to_owned(), Node::Unreadable(reason.into()));
    }

    /// Says what identifies the content, such as the commit it was read from.
    #[must_use]
    pub fn with_identity(mut self, identity: impl Into<String>) -> Self {
        self.identity = Some(identity.into());
        self
    }

    fn below<'a>(&'a self, path: &TreePath) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
        let prefix = if path.is_root() {
            "/".to_owned()
        } else {
            format!("{path}/")
        };
        self.nodes
            .range(prefix.clone()..)
            .take_while({
                let prefix = prefix.clone();
                move |(path, _)| path.starts_with(&prefix)
            })
            .map(move |(path, node)| (&path[prefix.len()..], node))
    }
}

impl Source for MemoryTree {
    fn entry(&self, path: &TreePath) -> Result<Option<Entry>, Error> {
        Ok(match self.nodes.get(path.as_str()) {
            Some(Node::File(_) | Node::Unreadable(_)) => Some(Entry::File),
            Some(Node::Symlink(target)) => Some(Entry::Symlink(target.clone())),
            None if path.is_root() || self.below(path).next().is_some() => Some(Entry::Directory),
            None => None,
        })
    }

    fn read(&self, path: &TreePath, limit: u64) -> Result<Bytes, Error> {
        match self.nodes.get(path.as_str()) {
            Some(Node::File(bytes)) if bytes.len() as u64 > limit => Err(Error::TooBig {
                path: path.clone(),
                size: bytes.len() as u64,
                limit,
            }),
            Some(Node::File(bytes)) => Ok(bytes.clone()),
            Some(Node::Unreadable(reason)) => Err(Error::Unreadable {
                path: path.clone(),
                reason: reason.clone(),
            }),
            _ => Err(Error::NotFound(path.clone())),
        }
    }

    fn list(&self, path: &TreePath) -> Result<Vec<(String, Entry)>, Error> {
        let mut names = BTreeMap::new();
        for (rest, node) in self.below(path) {
            let (name, entry) = match (rest.split_once('/'), node) {
                (Some((name, _)), _) => (name, Entry::Directory),
                (None, Node::File(_) | Node::Unreadable(_)) => (rest, Entry::File),
                (None, Node::Symlink(target)) => (rest, Entry::Symlink(target.clone())),
            };
            names.entry(name.to_owned()).or_insert(entry);
        }
        Ok(names.into_iter().collect())
    }

    fn identity(&self) -> Option<String> {
        self.identity.clone()
    }
}
