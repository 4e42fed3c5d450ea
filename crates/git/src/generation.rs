//! A part of a cache that goes as a whole: when it has grown large, another takes its place, and it is removed with the
//! last who reads from it.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

/// Objects and repositories that were fetched since the cache last began anew.
#[derive(Debug)]
pub(crate) struct Generation {
    number: u64,
    directory: PathBuf,
    retired: AtomicBool,
    // shared by all processes that read from it, so that none removes it under another
    read: File,
}

impl Generation {
    /// The newest in `cache`, which is made when there is none; older ones that no process reads from are removed.
    pub(crate) fn open_newest(cache: &Path) -> io::Result<Self> {
        let mut numbers: Vec<u64> = entries(cache)?
            .filter_map(|path| path.file_name()?.to_str()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        let newest = numbers.pop().unwrap_or(1);
        for number in numbers {
            remove_unless_read(&cache.join(number.to_string()))?;
        }
        Self::open(cache, newest)
    }

    /// The one after this.
    pub(crate) fn next(&self, cache: &Path) -> io::Result<Self> {
        Self::open(cache, self.number + 1)
    }

    fn open(cache: &Path, number: u64) -> io::Result<Self> {
        let directory = cache.join(number.to_string());
        for part in ["objects/pack", "objects/info", "repositories"] {
            fs::create_dir_all(directory.join(part))?;
        }
        let read = lock_file(&directory.join(LOCK))?;
        read.lock_shared()?;
        Ok(Self {
            number,
            directory,
            retired: AtomicBool::new(false),
            read,
        })
    }

    /// From now on nothing is fetched into it.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
    }

    /// The one store of objects.
    pub(crate) fn objects(&self) -> PathBuf {
        self.directory.join("objects")
    }

    /// Where repositories are.
    pub(crate) fn repositories(&self) -> PathBuf {
        self.directory.join("repositories")
    }

    /// Whether it has more packs, or about more objects outside of packs, than given.
    pub(crate) fn is_larger_than(&self, packs: usize, loose_objects: usize) -> io::Result<bool> {
        let found = entries(&self.objects().join("pack"))?
            .filter(|path| path.extension().is_some_and(|extension| extension == "pack"))
            .count();
        // ids are random, so that one directory of 256 tells of all
        let loose = entries(&self.objects().join("17"))?.count() * 256;
        Ok(found > packs || loose > loose_objects)
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        if self.retired.load(Ordering::Relaxed)
            && let Err(error) = self
                .read
                .unlock()
                .and_then(|()| remove_unless_read(&self.directory))
        {
            tracing::warn!(directory = %self.directory.display(), %error, "failed to remove old objects; the next start does");
        }
    }
}

/// Who reads from a generation holds this file.
const LOCK: &str = "lock";

/// A file to lock, made when it does not exist.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(path)
}

fn remove_unless_read(directory: &Path) -> io::Result<()> {
    match lock_file(&directory.join(LOCK))?.try_lock() {
        Ok(()) => fs::remove_dir_all(directory),
        Err(fs::TryLockError::WouldBlock) => Ok(()),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
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
