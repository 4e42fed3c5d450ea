use std::{
    fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::{Entry, Error, Source, TreePath};

/// A directory of this machine.
pub(super) struct DirectoryTree {
    root: PathBuf,
}

impl DirectoryTree {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn on_disk(&self, path: &TreePath) -> PathBuf {
        self.root.join(path.relative())
    }
}

fn failed(path: &TreePath) -> impl FnOnce(io::Error) -> Error {
    let path = path.clone();
    move |source| Error::Io {
        path,
        source: source.into(),
    }
}

fn entry_of(kind: fs::FileType, root: &Path, path: &TreePath) -> io::Result<Option<Entry>> {
    Ok(if kind.is_symlink() {
        let target = fs::read_link(root.join(path.relative()))?;
        Some(Entry::Symlink(seen_from_tree(&target, root, path)))
    } else if kind.is_dir() {
        Some(Entry::Directory)
    } else if kind.is_file() {
        Some(Entry::File)
    } else {
        // sockets, pipes and devices are nothing that a tree may hold: reading one could block for ever
        None
    })
}

/// The target of a link as a tree understands it: an absolute one that points into the root becomes relative.
fn seen_from_tree(target: &Path, root: &Path, link: &TreePath) -> String {
    let inside = target
        .is_absolute()
        .then(|| target.strip_prefix(root).ok())
        .flatten();
    match inside {
        Some(inside) => {
            let depth = link.components().count().saturating_sub(1);
            format!("{}{}", "../".repeat(depth), inside.to_string_lossy())
        }
        None => target.to_string_lossy().into_owned(),
    }
}

impl Source for DirectoryTree {
    fn entry(&self, path: &TreePath) -> Result<Option<Entry>, Error> {
        let place = self.on_disk(path);
        // the root may itself be reached through a link of the machine
        let metadata = if path.is_root() {
            fs::metadata(&place)
        } else {
            fs::symlink_metadata(&place)
        };
        match metadata {
            Ok(metadata) => entry_of(metadata.file_type(), &self.root, path).map_err(failed(path)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed(path)(error)),
        }
    }

    fn read(&self, path: &TreePath, limit: u64) -> Result<Bytes, Error> {
        let place = self.on_disk(path);
        let size = fs::metadata(&place).map_err(failed(path))?.len();
        if size > limit {
            return Err(Error::TooBig {
                path: path.clone(),
                size,
                limit,
            });
        }
        fs::read(&place).map(Bytes::from).map_err(failed(path))
    }

    fn list(&self, path: &TreePath) -> Result<Vec<(String, Entry)>, Error> {
        let mut names = Vec::new();
        for item in fs::read_dir(self.on_disk(path)).map_err(failed(path))? {
            let item = item.map_err(failed(path))?;
            let kind = item.file_type().map_err(failed(path))?;
            // a name that is no UTF-8 cannot be named by a manifest either
            let Ok(name) = item.file_name().into_string() else {
                continue;
            };
            if let Some(entry) = entry_of(kind, &self.root, &path.child(&name)).map_err(failed(path))? {
                names.push((name, entry));
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(names)
    }
}
