//! One fetch at a time into a repository of the cache, and what one leaves behind that was killed on the way.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use crate::generation::lock_file;

/// The right to fetch into a repository, until it is dropped. It ends with the process too, whatever ends that.
#[derive(Debug)]
pub(crate) struct Fetching(File);

impl Fetching {
    /// Waits until nobody else fetches into the repository at `place`.
    pub(crate) fn begin(place: &Path) -> io::Result<Self> {
        let file = lock_file(&place.with_extension("lock"))?;
        file.lock()?;
        // who ends its fetch empties the file
        if file.metadata()?.len() > 0 {
            remove_locks(place)?;
        }
        file.set_len(1)?;
        Ok(Self(file))
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        // where this fails the next one looks for leftovers in vain
        let _ = self.0.set_len(0);
    }
}

/// Removes Git's own locks, on references and on the list of shallow commits. Nobody who set one is alive.
fn remove_locks(place: &Path) -> io::Result<()> {
    let mut directories = vec![place.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            // the store of objects is a link, and shared with others
            let kind = entry.file_type()?;
            if kind.is_dir() {
                directories.push(entry.path());
            } else if kind.is_file() && entry.path().extension().is_some_and(|name| name == "lock") {
                tracing::info!(file = %entry.path().display(), "a fetch was killed; its lock is removed");
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}
