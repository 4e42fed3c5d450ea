use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use bytes::Bytes;

/// The id that Git gives to the content of a file.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(pub Bytes);

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({self})")
    }
}

/// What kind of file an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileMode {
    /// A file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link; its blob is the target.
    Symlink,
}

impl FileMode {
    /// From Git's number; directories and submodules are none of them.
    pub fn from_git(mode: u32) -> Option<Self> {
        match mode {
            0o100_644 | 0o100_664 => Some(Self::File),
            0o100_755 => Some(Self::Executable),
            0o120_000 => Some(Self::Symlink),
            _ => None,
        }
    }

    /// Git's number.
    pub fn to_git(self) -> u32 {
        match self {
            Self::File => 0o100_644,
            Self::Executable => 0o100_755,
            Self::Symlink => 0o120_000,
        }
    }
}

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What kind of file it is.
    pub mode: FileMode,
    /// Its content.
    pub blob: BlobId,
    /// Length of its content in bytes.
    pub size: u64,
    /// The content is larger than kas sends, and is not there.
    pub omitted: bool,
}

/// A whole commit. `Debug` shows no content.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit.
    pub commit_id: String,
    /// Number of the project.
    pub project_number: i64,
    /// Seconds since 1970 of the commit.
    pub committed_at: i64,
    /// First line of the commit message.
    pub subject: String,
    /// Files by path from the root, without a leading slash.
    pub entries: BTreeMap<String, Entry>,
    /// Contents, those of omitted entries left out.
    pub blobs: HashMap<BlobId, Bytes>,
}

impl Snapshot {
    /// The content of a file; `None` when there is no such file or it was omitted.
    pub fn content(&self, path: &str) -> Option<&Bytes> {
        self.blobs.get(&self.entries.get(path)?.blob)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Snapshot({} with {} files)",
            self.commit_id,
            self.entries.len()
        )
    }
}
