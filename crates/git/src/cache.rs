use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{Error, Mirror, Remote, fetching::Fetching, generation::Generation};

/// A directory that keeps what was fetched, once for all projects.
///
/// It holds a numbered generation: `objects` has the objects of all, `repositories` a bare repository for each remote, with
/// references of its own and this one object store. One that has grown large makes room for the next: what is needed of
/// it is fetched again, what is not goes with it.
#[derive(Clone, Debug)]
pub struct Cache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    generation: RwLock<Arc<Generation>>,
}

impl Cache {
    /// A cache with more packs than this begins anew.
    pub const MAX_PACKS: usize = 200;
    /// A cache with about more objects outside of packs than this begins anew.
    pub const MAX_LOOSE_OBJECTS: usize = 200_000;

    /// The cache in a directory, which is made when it does not exist.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        let directory = directory.into();
        let made = fs::create_dir_all(&directory)
            .and_then(|()| fs::write(directory.join(TAG), TAG_CONTENT))
            // links to the object store are absolute
            .and_then(|()| directory.canonicalize())
            .and_then(|directory| Ok((Generation::open_newest(&directory)?, directory)));
        match made {
            Ok((generation, directory)) => {
                let cache = Self(Arc::new(Inner {
                    directory,
                    generation: RwLock::new(Arc::new(generation)),
                }));
                cache.renew_if_large();
                Ok(cache)
            }
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

    /// Where things are fetched into now.
    pub(crate) fn generation(&self) -> Arc<Generation> {
        let generation = self.0.generation.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&generation)
    }

    /// Begins anew when it has grown large. Who reads from what was fetched before goes on doing so.
    pub(crate) fn renew_if_large(&self) {
        let mut current = self.0.generation.write().unwrap_or_else(PoisonError::into_inner);
        let renewed = current
            .is_larger_than(Self::MAX_PACKS, Self::MAX_LOOSE_OBJECTS)
            .and_then(|large| large.then(|| current.next(&self.0.directory)).transpose());
        match renewed {
            Ok(None) => {}
            Ok(Some(next)) => {
                tracing::info!(directory = %self.0.directory.display(), "the object cache has grown large and begins anew");
                current.retire();
                *current = Arc::new(next);
            }
            // what is there serves; the next fetch tries again
            Err(error) => {
                tracing::warn!(directory = %self.0.directory.display(), %error, "failed to renew the object cache");
            }
        }
    }

    /// Where the repository of a URL is kept.
    pub(crate) fn place_of(generation: &Generation, url: &str) -> PathBuf {
        let name = format!("{:x}", Bytes::copy_from_slice(&Sha256::digest(url.as_bytes())));
        generation.repositories().join(&name[..32])
    }

    /// Waits until nobody else fetches into the repository at `place`, in this process or another.
    pub(crate) fn begin_fetch(&self, place: &Path) -> Result<Fetching, Error> {
        Fetching::begin(place).map_err(|source| Error::Cache {
            path: self.0.directory.clone(),
            source: source.into(),
        })
    }

    /// Makes the repository at `place`, unless it is there. It appears whole or not at all.
    pub(crate) fn prepare(&self, generation: &Generation, place: &Path) -> Result<(), Error> {
        if place.join("HEAD").is_file() {
            return Ok(());
        }
        make(&generation.objects(), place).map_err(|source| Error::Cache {
            path: self.0.directory.clone(),
            source,
        })
    }
}

fn make(store: &Path, place: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
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
    std::os::unix::fs::symlink(store, objects)?;
    fs::rename(half_made, place)?;
    Ok(())
}

/// Tells backups that this is a cache.
const TAG: &str = "CACHEDIR.TAG";
const TAG_CONTENT: &str =
    "Signature: 8a477f597d28d172789f06886806bc55\n# objects fetched from Git; safe to delete\n";
