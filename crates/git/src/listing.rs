use gix::ObjectId;

use crate::{Error, File, Repository, repository::file_mode};

/// Deeper than any project's directories; Git itself stops here too.
const MAX_DEPTH: usize = 2048;

/// All files of a commit, and the directories that they are in: what a later commit shares with it is not read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    files: Vec<File>,
    // with a slash at the end, the root being empty; sorted
    directories: Vec<(String, ObjectId)>,
}

impl Listing {
    /// The files, sorted by path. Submodules are left out, and so are names that are no UTF-8: no manifest could name them.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at a path.
    pub fn file(&self, path: &str) -> Option<&File> {
        let index = self
            .files
            .binary_search_by(|file| file.path.as_str().cmp(path))
            .ok()?;
        self.files.get(index)
    }

    /// The files alone.
    pub fn into_files(self) -> Vec<File> {
        self.files
    }

    fn has(&self, directory: &str, id: ObjectId) -> bool {
        let found = self
            .directories
            .binary_search_by(|(path, _)| path.as_str().cmp(directory));
        found.is_ok_and(|index| self.directories[index].1 == id)
    }

    /// Takes over everything below a directory of another listing.
    fn take_below(&mut self, other: &Self, directory: &str) {
        let below = |path: &str| path.starts_with(directory);
        self.files
            .extend_from_slice(run_of(&other.files, directory, |file| &file.path, below));
        self.directories
            .extend_from_slice(run_of(&other.directories, directory, |(path, _)| path, below));
    }
}

/// What is below a directory stands together in a sorted list.
fn run_of<'a, T>(
    sorted: &'a [T],
    directory: &str,
    path: impl Fn(&T) -> &str,
    below: impl Fn(&str) -> bool,
) -> &'a [T] {
    let rest = &sorted[sorted.partition_point(|item| path(item) < directory)..];
    &rest[..rest.partition_point(|item| below(path(item)))]
}

impl Repository {
    /// All files of a commit or tree. Directories that are as they were in `before` are not read.
    pub fn listing(&self, id: ObjectId, before: &Listing) -> Result<Listing, Error> {
        let mut repository = self.local();
        repository.object_cache_size_if_unset(4 * 1024 * 1024);
        let read = || -> gix::Result<Listing> {
            let root = repository.find_object(id)?.peel_to_tree()?.id;
            let mut listing = Listing::default();
            let mut pending = vec![(String::new(), root)];
            while let Some((directory, id)) = pending.pop() {
                if before.has(&directory, id) {
                    listing.take_below(before, &directory);
                    continue;
                }
                for entry in repository.find_tree(id)?.iter() {
                    let entry = entry?;
                    let Ok(name) = std::str::from_utf8(entry.filename()) else {
                        continue;
                    };
                    let path = format!("{directory}{name}");
                    if entry.mode().is_tree() {
                        if path.split('/').count() < MAX_DEPTH {
                            pending.push((path + "/", entry.object_id()));
                        }
                    } else if let Some(mode) = file_mode(entry.mode().kind()) {
                        listing.files.push(File {
                            path,
                            mode,
                            blob: entry.object_id(),
                        });
                    }
                }
                listing.directories.push((directory, id));
            }
            Ok(listing)
        };
        let mut listing = read().map_err(|source| Error::Object {
            id,
            source: source.into(),
        })?;
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        listing.directories.sort();
        Ok(listing)
    }
}
