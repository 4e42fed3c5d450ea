use bytes::Bytes;
use manifest::{Tree, TreePath, tree};

use crate::{
    error::{Context as _, Error, Result, fail},
    options::Paths,
};

/// A tree and how its paths are shown. Paths given and returned are absolute and as shown.
#[derive(Clone)]
pub(super) struct Files {
    tree: Tree,
    paths: Paths,
}

/// Where a path leads, links followed.
pub(super) enum Place {
    Directory(String),
    File { directory: String, real: TreePath },
}

impl Files {
    pub(super) fn new(tree: Tree, paths: Paths) -> Self {
        Self { tree, paths }
    }

    /// The path of the tree, as shown.
    pub(super) fn shown(&self, path: &TreePath) -> String {
        match &self.paths {
            Paths::OfTree => path.as_str().to_owned(),
            Paths::Below(root) if path.is_root() && !root.is_empty() => root.clone(),
            Paths::Below(root) if root == "/" => path.as_str().to_owned(),
            Paths::Below(root) => format!("{root}{path}"),
        }
    }

    /// Follows links; fails when nothing is there.
    pub(super) fn locate(&self, path: &str) -> Result<Place> {
        let found = self
            .in_tree(path)
            .and_then(|inside| self.tree.locate(&inside).ok());
        match found.ok_or_else(|| self.missing(path))? {
            (real, tree::Kind::Directory) => Ok(Place::Directory(self.shown(&real))),
            (real, tree::Kind::File) => Ok(Place::File {
                directory: self.shown(&real.parent()),
                real,
            }),
        }
    }

    /// The directory at a path, links followed.
    pub(super) fn directory(&self, path: &str) -> Result<String> {
        if path.is_empty() {
            fail!("directory path cannot be empty");
        }
        match self.locate(path).context(|| "not a valid directory".into())? {
            Place::Directory(directory) => Ok(directory),
            Place::File { .. } => fail!("'{path}': file is not directory"),
        }
    }

    pub(super) fn is_directory(&self, path: &str) -> bool {
        self.in_tree(path)
            .is_some_and(|inside| self.tree.is_directory(&inside))
    }

    /// The tree and the path in it.
    pub(super) fn inside(&self, path: &str) -> Option<(Tree, TreePath)> {
        Some((self.tree.clone(), self.in_tree(path)?))
    }

    pub(super) fn read(&self, path: &str) -> Result<Bytes> {
        let inside = self.in_tree(path).ok_or_else(|| self.missing_file(path))?;
        self.read_inside(&inside, path)
    }

    /// Reads a file whose place in the tree is known; `path` is how it is shown.
    pub(super) fn read_inside(&self, inside: &TreePath, path: &str) -> Result<Bytes> {
        self.tree.read(inside).map_err(|error| match error {
            tree::Error::NotFound(_) => self.missing_file(path),
            tree::Error::IsDirectory(_) => Error::new(format!("read {path}: is a directory")),
            error => Error::new(format!("failed to read {path}: {}", chain(&error))),
        })
    }

    fn in_tree(&self, path: &str) -> Option<TreePath> {
        let inside = match &self.paths {
            Paths::OfTree => path,
            Paths::Below(root) => {
                let rest = path.strip_prefix(root.trim_end_matches('/'))?;
                if !rest.is_empty() && !rest.starts_with('/') {
                    return None;
                }
                rest
            }
        };
        TreePath::new(inside).ok()
    }

    fn missing(&self, path: &str) -> Error {
        match &self.paths {
            Paths::OfTree => Error::new(format!("'{path}' doesn't exist")),
            Paths::Below(_) => Error::new(format!(
                "evalsymlink failure on '{path}' : {}",
                self.first_missing(path)
            )),
        }
    }

    fn missing_file(&self, path: &str) -> Error {
        match &self.paths {
            Paths::OfTree => Error::new(format!("'{path}' doesn't exist")),
            Paths::Below(_) => Error::new(format!("open {path}: no such file or directory")),
        }
    }

    fn first_missing(&self, path: &str) -> String {
        let mut before = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let next = format!("{before}/{part}");
            let exists = self
                .in_tree(&next)
                .is_none_or(|inside| self.tree.resolve(&inside).is_ok());
            if !exists {
                let parent_is_file = self
                    .in_tree(&before)
                    .is_some_and(|inside| self.tree.is_file(&inside));
                let problem = if parent_is_file {
                    "not a directory"
                } else {
                    "no such file or directory"
                };
                return format!("lstat {next}: {problem}");
            }
            before = next;
        }
        format!("lstat {path}: no such file or directory")
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        None => error.to_string(),
        Some(source) => format!("{error}: {}", chain(source)),
    }
}

/// Joins and cleans paths as Go's `filepath.Join` does.
pub(crate) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The last part of a path.
pub(crate) fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        None | Some("") if path.starts_with('/') => "/",
        None | Some("") => ".",
        Some(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, cleaned) in [
            ("", "."),
            ("/", "/"),
            ("/../a//b/./c/..", "/a/b"),
            ("../a/../..", "../.."),
            ("a/..", "."),
        ] {
            assert_eq!(clean(path), cleaned);
        }
    }
}
