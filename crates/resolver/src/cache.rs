use std::{
    fs,
    io::Write as _,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Digest, Error};

/// Bytes by their digest, and what is known of places whose content changes.
///
/// Entries appear whole or not at all, readable by their user alone. Bytes are checked whenever they are read: a
/// damaged entry counts as absent.
#[derive(Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
}

/// What a server said when a place was read last.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The server's name for that state.
    pub(crate) etag: String,
    /// What was there.
    pub(crate) digest: String,
}

impl Cache {
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        let cache = Self {
            directory: directory.to_owned(),
        };
        for part in ["sha256", "seen"] {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(directory.join(part))
                .map_err(|source| Error::Cache {
                    path: directory.to_owned(),
                    source: source.into(),
                })?;
        }
        Ok(cache)
    }

    /// The bytes of a digest, if they are here and undamaged.
    pub(crate) fn get(&self, digest: Digest) -> Option<Bytes> {
        let path = self.place_of(digest);
        let bytes = fs::read(&path).ok()?;
        if Digest::of(&bytes) == digest {
            return Some(bytes.into());
        }
        tracing::warn!(path = %path.display(), "a damaged entry of the cache is fetched anew");
        None
    }

    /// Keeps bytes. A cache that cannot be written to costs time and nothing else.
    pub(crate) fn put(&self, digest: Digest, bytes: &[u8]) {
        self.write(&self.place_of(digest), bytes);
    }

    /// What was seen at a place, and the bytes that were there.
    pub(crate) fn seen(&self, place: &str) -> Option<(Seen, Bytes)> {
        let text = fs::read(self.note_of(place)).ok()?;
        let seen: Seen = serde_json::from_slice(&text).ok()?;
        let bytes = self.get(Digest::parse(&seen.digest).ok()?)?;
        Some((seen, bytes))
    }

    /// Notes what is at a place.
    pub(crate) fn note(&self, place: &str, etag: &str, bytes: &[u8]) {
        let digest = Digest::of(bytes);
        self.put(digest, bytes);
        let seen = Seen {
            etag: etag.to_owned(),
            digest: digest.to_string(),
        };
        if let Ok(text) = serde_json::to_vec(&seen) {
            self.write(&self.note_of(place), &text);
        }
    }

    fn place_of(&self, digest: Digest) -> PathBuf {
        self.directory.join("sha256").join(digest.hex())
    }

    fn note_of(&self, place: &str) -> PathBuf {
        let name = Digest::of(place.as_bytes()).hex();
        self.directory.join("seen").join(name)
    }

    fn write(&self, path: &Path, bytes: &[u8]) {
        // a temporary file is its user's alone, and in the same directory it can be renamed
        let written =
            tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&self.directory)).and_then(|mut file| {
                file.write_all(bytes)?;
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            });
        if let Err(error) = written {
            tracing::warn!(path = %path.display(), %error, "failed to write to the cache");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_kept_is_given_out_while_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("cache");
        let cache = Cache::open(&root).unwrap();
        let digest = Digest::of(b"chart");
        assert_eq!(cache.get(digest), None);
        cache.put(digest, b"chart");
        assert_eq!(cache.get(digest).as_deref(), Some(b"chart".as_slice()));
        let path = cache.place_of(digest);
        assert_eq!(fs::metadata(&root).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, b"chars").unwrap();
        assert_eq!(cache.get(digest), None);
    }

    #[test]
    fn a_place_is_remembered_with_its_content() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::open(directory.path()).unwrap();
        cache.note("https://h/index.yaml", "\"1\"", b"entries: {}");
        let (seen, bytes) = cache.seen("https://h/index.yaml").unwrap();
        assert_eq!(
            (seen.etag.as_str(), &*bytes),
            ("\"1\"", b"entries: {}".as_slice())
        );
        fs::write(cache.place_of(Digest::of(b"entries: {}")), b"").unwrap();
        assert!(cache.seen("https://h/index.yaml").is_none());
    }
}
