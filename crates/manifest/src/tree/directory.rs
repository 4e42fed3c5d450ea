use std::{fs, io, path::PathBuf};

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

fn entry_of(kind: fs::FileType, place: &std::path::Path) -> io::Result<Option<Entry>> {
    Ok(if kind.is_symlink() {
        Some(Entry::Symlink(
            fs::read_link(place)?.to_string_lossy().into_owned(),
        ))
    } else if kind.is_dir() {
        Some(Entry::Directory)
    } else if kind.is_file() {
        Some(Entry::File)
    } else {
        // sockets, pipes and devices are nothing that a tree may hold: reading one could block for ever
        None
    })
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
            Ok(metadata) => entry_of(metadata.file_type(), &place).map_err(failed(path)),
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
            if let Some(entry) = entry_of(kind, &item.path()).map_err(failed(path))? {
                names.push((name, entry));
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(names)
    }
}
