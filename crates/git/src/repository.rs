use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use gix::{ObjectId, bstr::ByteSlice, objs::tree::EntryKind};
use manifest::Tree;

use crate::{Error, File, FileMode, Listing, Reference, commit_tree::CommitTree, generation::Generation};

/// What a commit says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: ObjectId,
    /// The tree of its files; equal trees have equal files.
    pub tree: ObjectId,
    /// Seconds since 1970.
    pub committed_at: i64,
    /// First line of its message.
    pub subject: String,
}

/// A repository on this machine, to be read. Cheap to clone.
#[derive(Clone)]
pub struct Repository {
    inner: gix::ThreadSafeRepository,
    path: PathBuf,
    // what a cache removes with its last reader
    kept: Option<Arc<Generation>>,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repository({})", self.path.display())
    }
}

impl Repository {
    /// The repository at a path: bare, or one with a working directory.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::open_with(path.into(), gix::open::Options::isolated(), None)
    }

    /// The repository that holds a path: in the directory itself or the nearest above it.
    pub fn discover(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let found = gix::discover::upwards(&path).map_err(|source| Error::NotARepository {
            path: path.clone(),
            source: source.into(),
        })?;
        let (git_directory, _) = found.0.into_repository_and_work_tree_directories();
        Self::open(git_directory)
    }

    pub(crate) fn open_with(
        path: PathBuf,
        options: gix::open::Options,
        kept: Option<Arc<Generation>>,
    ) -> Result<Self, Error> {
        match options.open(&path) {
            Ok(inner) => Ok(Self { inner, path, kept }),
            Err(source) => Err(Error::NotARepository {
                path,
                source: source.into(),
            }),
        }
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of its files; `None` for a bare one.
    pub fn work_directory(&self) -> Option<&Path> {
        self.inner.work_dir()
    }

    pub(crate) fn local(&self) -> gix::Repository {
        self.inner.to_thread_local()
    }

    /// The commit that a revision names: `HEAD~2`, `v1.0`, `origin/main`, an id or its beginning.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, Error> {
        let repository = self.local();
        let resolved = repository
            .rev_parse_single(revision)
            .and_then(|id| id.object())
            .and_then(gix::Object::peel_to_commit)
            .map(|commit| commit.id);
        resolved.map_err(|source| Error::RevisionNotFound {
            revision: revision.to_owned(),
            path: self.path.clone(),
            source: source.into(),
        })
    }

    /// The commit that `HEAD` points at.
    pub fn head(&self) -> Result<ObjectId, Error> {
        self.find(&Reference::DefaultBranch)
    }

    /// The commit at a place in its history.
    pub fn find(&self, reference: &Reference) -> Result<ObjectId, Error> {
        let repository = self.local();
        let url = || self.path.display().to_string();
        let is_empty = || repository.head().is_ok_and(|head| head.is_unborn());
        match self.resolve(&reference.remote_name()) {
            Ok(id) => Ok(id),
            Err(_) if *reference == Reference::DefaultBranch && is_empty() => {
                Err(Error::Empty { url: url() })
            }
            Err(_) => Err(Error::ReferenceNotFound {
                url: url(),
                reference: reference.clone(),
            }),
        }
    }

    /// The best common ancestor of two commits; `None` when they have none.
    pub fn merge_base(&self, one: ObjectId, two: ObjectId) -> Result<Option<ObjectId>, Error> {
        let mut repository = self.local();
        repository.object_cache_size_if_unset(4 * 1024 * 1024);
        match repository.merge_base(one, two) {
            Ok(base) => Ok(base.map(gix::Id::detach)),
            Err(source) => Err(Error::Object {
                id: one,
                source: source.into(),
            }),
        }
    }

    /// Whether an object is there.
    pub fn contains(&self, id: ObjectId) -> bool {
        self.local().has_object(id)
    }

    /// What a commit says about itself.
    pub fn commit(&self, id: ObjectId) -> Result<CommitInfo, Error> {
        let repository = self.local();
        let read = || -> gix::Result<CommitInfo> {
            let commit = repository.find_object(id)?.peel_to_commit()?;
            let subject = commit
                .message_raw_sloppy()
                .lines()
                .next()
                .unwrap_or_default()
                .to_str_lossy();
            Ok(CommitInfo {
                id: commit.id,
                tree: commit.tree_id()?.detach(),
                committed_at: commit.time()?.seconds,
                subject: subject.into_owned(),
            })
        };
        read().map_err(|source| Error::Object {
            id,
            source: source.into(),
        })
    }

    /// All files of a commit or tree, sorted by path.
    pub fn files(&self, id: ObjectId) -> Result<Vec<File>, Error> {
        self.listing(id, &Listing::default()).map(Listing::into_files)
    }

    /// The content of a file.
    pub fn blob(&self, id: ObjectId) -> Result<Bytes, Error> {
        let repository = self.local();
        match repository.find_blob(id) {
            Ok(mut blob) => Ok(blob.take_data().into()),
            Err(source) => Err(Error::Object {
                id,
                source: source.into(),
            }),
        }
    }

    /// A reader of many contents: what it opens once is used for all.
    pub fn blobs(&self) -> BlobReader {
        BlobReader {
            repository: self.local(),
            _kept: self.kept.clone(),
        }
    }

    /// The files of a commit as a tree, read when asked for. It is identified by its tree id.
    pub fn tree(&self, commit: ObjectId) -> Result<Tree, Error> {
        let info = self.commit(commit)?;
        Ok(Tree::new(CommitTree::new(self.clone(), info.tree)))
    }
}

/// Reads contents one after another.
pub struct BlobReader {
    repository: gix::Repository,
    _kept: Option<Arc<Generation>>,
}

impl BlobReader {
    /// Length of a content in bytes.
    pub fn size(&self, id: ObjectId) -> Result<u64, Error> {
        self.repository
            .find_header(id)
            .map(|header| header.size())
            .map_err(|source| Error::Object {
                id,
                source: source.into(),
            })
    }

    /// The content.
    pub fn read(&self, id: ObjectId) -> Result<Bytes, Error> {
        match self.repository.find_blob(id) {
            Ok(mut blob) => Ok(blob.take_data().into()),
            Err(source) => Err(Error::Object {
                id,
                source: source.into(),
            }),
        }
    }
}

/// The kind of file; `None` for directories and submodules.
pub(crate) fn file_mode(kind: EntryKind) -> Option<FileMode> {
    match kind {
        EntryKind::Blob => Some(FileMode::File),
        EntryKind::BlobExecutable => Some(FileMode::Executable),
        EntryKind::Link => Some(FileMode::Symlink),
        EntryKind::Tree | EntryKind::Commit => None,
    }
}
