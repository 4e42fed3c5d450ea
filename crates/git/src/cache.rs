use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{Error, Mirror, Remote};

/// A directory that keeps what was fetched, once for all projects.
///
/// `objects` holds the objects of all; `repositories` has a bare repository for each remote, with references of its own
/// and this one object store.
#[derive(Clone, Debug)]
pub struct Cache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    // one fetch at a time into each repository
    locks: Mutex<HashMap<PathBuf, Arc<Mutex<()>>>>,
}

impl Cache {
    /// A cache with more packs than this is thrown away when it is opened.
    pub const MAX_PACKS: usize = 200;
    /// A cache with about more objects outside of packs than this is thrown away when it is opened.
    pub const MAX_LOOSE_OBJECTS: usize = 200_000;

    /// The cache in a directory, which is made when it does not exist. One that has grown large begins anew: what is
    /// needed of it is fetched again, what is not is gone.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        let directory = directory.into();
        let made = discard_if_large(&directory)
            .and_then(|()| fs::create_dir_all(directory.join("objects/pack")))
            .and_then(|()| fs::create_dir_all(directory.join("objects/info")))
            .and_then(|()| fs::create_dir_all(directory.join("repositories")))
            .and_then(|()| fs::write(directory.join(TAG), TAG_CONTENT))
            // links to the object store are absolute
            .and_then(|()| directory.canonicalize());
        match made {
            Ok(directory) => Ok(Self(Arc::new(Inner {
                directory,
                locks: Mutex::default(),
            }))),
            Err(source) => Err(Error::Cache {
                path: directory,
                source: source.into(),
            }),
        }
    }

    /// What is kept of a repository, and the means to bring it up to date.
    pub fn mirror(&self, remote: Remote) -> Mirror {
        Mirror::new(self.clone(), remote)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// Where the repository of a URL is kept.
    pub(crate) fn place_of(&self, url: &str) -> PathBuf {
        let name = format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(url.as_bytes())));
        self.0.directory.join("repositories").join(&name[..32])
    }

    pub(crate) fn lock_of(&self, place: &Path) -> Arc<Mutex<()>> {
        let mut locks = self.0.locks.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(place.to_owned()).or_default())
    }

    /// Makes the repository at `place`, unless it is there. It appears whole or not at all.
    pub(crate) fn prepare(&self, place: &Path) -> Result<(), Error> {
        if place.join("HEAD").is_file() {
            return Ok(());
        }
        self.make(place).map_err(|source| Error::Cache {
            path: self.0.directory.clone(),
            source,
        })
    }

    fn make(&self, place: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let half_made = place.with_extension("new");
        for leftover in [place, &half_made] {
            match fs::remove_dir_all(leftover) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        gix::init_bare(&half_made)?;
        let objects = half_made.join("objects");
        fs::remove_dir_all(&objects)?;
        std::os::unix::fs::symlink(self.0.directory.join("objects"), objects)?;
        fs::rename(half_made, place)?;
        Ok(())
    }
}

/// Says that a directory is a cache: to backups, and to [`discard_if_large`].
const TAG: &str = "CACHEDIR.TAG";
const TAG_CONTENT: &str =
    "Signature: 8a477f597d28d172789f06886806bc55\n# objects fetched from Git; safe to delete\n";

fn discard_if_large(directory: &Path) -> io::Result<()> {
    // a directory that someone named by mistake is left alone
    if !directory.join(TAG).is_file() {
        return Ok(());
    }
    let objects = directory.join("objects");
    let packs = entries(&objects.join("pack"))?
        .filter(|path| path.extension().is_some_and(|extension| extension == "pack"))
        .count();
    // ids are random, so that one directory of 256 tells of all
    let loose = entries(&objects.join("17"))?.count() * 256;
    if packs <= Cache::MAX_PACKS && loose <= Cache::MAX_LOOSE_OBJECTS {
        return Ok(());
    }
    tracing::info!(packs, loose, "the object cache has grown large and begins anew");
    for part in ["repositories", "objects"] {
        fs::remove_dir_all(directory.join(part))?;
    }
    Ok(())
}

/// What is in a directory; nothing when it does not exist.
fn entries(directory: &Path) -> io::Result<impl Iterator<Item = PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok(entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path())))
}
