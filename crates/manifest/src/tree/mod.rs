//! [`Tree`]: an immutable set of files, from memory, a directory or a Git commit.

mod directory;
mod memory;
mod overlay;
mod path;

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;

pub use self::{
    memory::MemoryTree,
    path::{LeavesRoot, TreePath},
};

/// Files larger than this are refused by [`Tree::read`]; [`Tree::read_limited`] takes another bound.
pub const MAX_FILE_SIZE: u64 = 100 * 1024 * 1024;
const MAX_LINKS: usize = 40;

/// Why something could not be read from a tree. Paths are as in the tree, with a leading slash.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is at that path.
    #[error("{0} does not exist")]
    NotFound(TreePath),
    /// A file was asked for, a directory is there.
    #[error("{0} is a directory")]
    IsDirectory(TreePath),
    /// A directory was asked for, a file is there.
    #[error("{0} is not a directory")]
    NotADirectory(TreePath),
    /// The file is larger than the reader allows.
    #[error("{path} has {size} bytes, more than the {limit} allowed")]
    TooBig {
        /// The file.
        path: TreePath,
        /// Its size in bytes.
        size: u64,
        /// The bound in bytes.
        limit: u64,
    },
    /// The file is known to be there, but whoever made the tree could not get it.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: TreePath,
        /// Why.
        reason: String,
    },
    /// A symbolic link points out of the tree.
    #[error("{path} is a symbolic link to {target}, outside of the tree")]
    OutsideRoot {
        /// The link.
        path: TreePath,
        /// Where it points.
        target: String,
    },
    /// Symbolic links that point at one another.
    #[error("{0} leads through too many symbolic links")]
    TooManyLinks(TreePath),
    /// The store behind the tree failed.
    #[error("failed to read {path}")]
    Io {
        /// What was read.
        path: TreePath,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What is at a path, without following a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link and its target as written.
    Symlink(String),
}

/// What is at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// Where the files of a [`Tree`] come from. Paths given to it have no links in their parents.
pub trait Source: Send + Sync {
    /// What is at `path`; `None` when nothing is.
    fn entry(&self, path: &TreePath) -> Result<Option<Entry>, Error>;
    /// The bytes of a file that [`Source::entry`] called one; fails with [`Error::TooBig`] above `limit` bytes.
    fn read(&self, path: &TreePath, limit: u64) -> Result<Bytes, Error>;
    /// Names in a directory, sorted by bytes.
    fn list(&self, path: &TreePath) -> Result<Vec<(String, Entry)>, Error>;
    /// What identifies the content, when the source knows it: a tree or commit id. Equal means equal bytes.
    fn identity(&self) -> Option<String> {
        None
    }
}

/// An immutable set of files, cheap to clone. Symbolic links are followed inside it and nowhere else.
#[derive(Clone)]
pub struct Tree(Arc<Inner>);

struct Inner {
    source: Box<dyn Source>,
    /// Directories that were met on the way to others and are no links; a tree does not change.
    directories: RwLock<HashSet<TreePath>>,
}

impl Tree {
    /// A tree over any source.
    pub fn new(source: impl Source + 'static) -> Self {
        Self(Arc::new(Inner {
            source: Box::new(source),
            directories: RwLock::default(),
        }))
    }

    /// A tree from paths and bytes in memory. Paths are taken from the root; such that leave it are an error.
    pub fn from_files<P: AsRef<str>, B: Into<Bytes>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Result<Self, LeavesRoot> {
        Ok(Self::new(MemoryTree::from_files(files)?))
    }

    /// A tree over a directory of this machine, read when asked for.
    pub fn directory(root: impl Into<std::path::PathBuf>) -> Self {
        Self::new(directory::DirectoryTree::new(root.into()))
    }

    /// The same tree with files laid over it; they win over what is at their paths.
    #[must_use]
    pub fn with_overlay(&self, files: MemoryTree) -> Self {
        Self::new(overlay::OverlayTree {
            below: self.clone(),
            above: files,
        })
    }

    /// The bytes of a file, links followed.
    pub fn read(&self, path: &TreePath) -> Result<Bytes, Error> {
        self.read_limited(path, MAX_FILE_SIZE)
    }

    /// The bytes of a file of at most `limit` bytes, links followed.
    pub fn read_limited(&self, path: &TreePath, limit: u64) -> Result<Bytes, Error> {
        match self.locate(path)? {
            (_, Kind::Directory) => Err(Error::IsDirectory(path.clone())),
            (real, Kind::File) => self.0.source.read(&real, limit),
        }
    }

    /// Names in a directory, sorted, links followed to find it but not in what is listed.
    pub fn list(&self, path: &TreePath) -> Result<Vec<(String, Entry)>, Error> {
        match self.locate(path)? {
            (real, Kind::Directory) => self.0.source.list(&real),
            (_, Kind::File) => Err(Error::NotADirectory(path.clone())),
        }
    }

    /// What is at `path`, not following a link in its last place; `None` when nothing is.
    pub fn entry(&self, path: &TreePath) -> Result<Option<Entry>, Error> {
        let Some(name) = path.file_name() else {
            return self.0.source.entry(path);
        };
        match self.resolve(&path.parent()) {
            Ok(parent) => self.0.source.entry(&parent.child(name)),
            Err(Error::NotFound(_) | Error::NotADirectory(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a file is at `path`, links followed; any error counts as no.
    pub fn is_file(&self, path: &TreePath) -> bool {
        matches!(self.locate(path), Ok((_, Kind::File)))
    }

    /// Whether a directory is at `path`, links followed; any error counts as no.
    pub fn is_directory(&self, path: &TreePath) -> bool {
        matches!(self.locate(path), Ok((_, Kind::Directory)))
    }

    /// The path with all links followed. Fails when nothing is there, or when a link leaves the tree.
    pub fn resolve(&self, path: &TreePath) -> Result<TreePath, Error> {
        self.locate(path).map(|(real, _)| real)
    }

    /// The path with all links followed, and what is there. Fails as [`Tree::resolve`] does.
    pub fn locate(&self, path: &TreePath) -> Result<(TreePath, Kind), Error> {
        let mut links = 0;
        self.locate_counted(path, &mut links)
    }

    /// What identifies the content, when the source knows it.
    pub fn identity(&self) -> Option<String> {
        self.0.source.identity()
    }

    /// All files below `path` in sorted order, links to files included, links to directories not followed.
    pub fn files_below(&self, path: &TreePath) -> Result<Vec<TreePath>, Error> {
        let mut files = Vec::new();
        let mut pending = vec![path.clone()];
        while let Some(directory) = pending.pop() {
            for (name, entry) in self.list(&directory)? {
                let child = directory.child(&name);
                match entry {
                    Entry::Directory => pending.push(child),
                    Entry::File => files.push(child),
                    Entry::Symlink(_) if self.is_file(&child) => files.push(child),
                    Entry::Symlink(_) => {}
                }
            }
        }
        files.sort();
        Ok(files)
    }

    fn is_known_directory(&self, path: &TreePath) -> bool {
        let known = self.0.directories.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(path)
    }

    fn remember_directory(&self, path: TreePath) {
        let mut known = self.0.directories.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(path);
    }

    fn locate_counted(&self, path: &TreePath, links: &mut usize) -> Result<(TreePath, Kind), Error> {
        let parent = path.parent();
        if self.is_known_directory(&parent)
            && let Some(name) = path.file_name()
        {
            return self.step((parent, Kind::Directory), name, path, links);
        }
        let root = (TreePath::root(), Kind::Directory);
        path.components()
            .try_fold(root, |place, name| self.step(place, name, path, links))
    }

    /// From a place to the entry `name` in it; `whole` is for the errors.
    fn step(
        &self,
        (place, _): (TreePath, Kind),
        name: &str,
        whole: &TreePath,
        links: &mut usize,
    ) -> Result<(TreePath, Kind), Error> {
        let next = place.child(name);
        if self.is_known_directory(&next) {
            return Ok((next, Kind::Directory));
        }
        match self.0.source.entry(&next)? {
            None => Err(Error::NotFound(whole.clone())),
            Some(Entry::File) => Ok((next, Kind::File)),
            Some(Entry::Directory) => {
                self.remember_directory(next.clone());
                Ok((next, Kind::Directory))
            }
            Some(Entry::Symlink(target)) => {
                *links += 1;
                if *links > MAX_LINKS {
                    return Err(Error::TooManyLinks(whole.clone()));
                }
                let inside = if target.starts_with('/') {
                    None
                } else {
                    place.join(&target).ok()
                };
                let inside = inside.ok_or(Error::OutsideRoot { path: next, target })?;
                self.locate_counted(&inside, links)
            }
        }
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Tree({})",
            self.identity().unwrap_or_else(|| "unidentified".to_owned())
        )
    }
}

#[cfg(test)]
mod tests;
