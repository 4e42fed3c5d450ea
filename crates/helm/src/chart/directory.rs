use manifest::tree::Entry;
use manifest::{Tree, TreePath};

use super::ignore::Rules;
use super::{Budget, Error, File, MAX_CHART_SIZE, MAX_FILE_SIZE};

const IGNORE_FILE: &str = ".helmignore";
const MAX_DEPTH: usize = 100;

/// The files of a chart's folder that `.helmignore` lets pass, links followed.
pub fn read_directory(tree: &Tree, root: &TreePath) -> Result<Vec<File>, Error> {
    read_within(tree, root, &mut Budget::default())
}

pub(super) fn read_within(tree: &Tree, root: &TreePath, budget: &mut Budget) -> Result<Vec<File>, Error> {
    let ignore_file = root.child(IGNORE_FILE);
    let rules = if tree.is_file(&ignore_file) {
        tree.read_limited(&ignore_file, MAX_FILE_SIZE)?
    } else {
        bytes::Bytes::new()
    };
    let rules = Rules::parse(&rules).map_err(|reason| Error::Ignore {
        file: IGNORE_FILE,
        reason,
    })?;
    let mut walk = Walk {
        tree,
        rules,
        left: MAX_CHART_SIZE,
        budget,
        files: Vec::new(),
    };
    walk.directory(root, "", 0)?;
    Ok(walk.files)
}

struct Walk<'t> {
    tree: &'t Tree,
    rules: Rules,
    left: u64,
    budget: &'t mut Budget,
    files: Vec<File>,
}

impl Walk<'_> {
    fn directory(&mut self, place: &TreePath, prefix: &str, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooDeep(MAX_DEPTH));
        }
        for (name, entry) in self.tree.list(place)? {
            let child = place.child(&name);
            let path = format!("{prefix}{name}");
            let is_directory = match entry {
                Entry::Directory => true,
                Entry::File => false,
                Entry::Symlink(_) => self.tree.is_directory(&child),
            };
            if self.rules.ignores(&path, is_directory) {
                continue;
            }
            if is_directory {
                self.directory(&child, &format!("{path}/"), depth + 1)?;
            } else {
                self.file(&child, path)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, place: &TreePath, name: String) -> Result<(), Error> {
        let data = match self.tree.read_limited(place, MAX_FILE_SIZE) {
            Err(manifest::tree::Error::TooBig { .. }) => return Err(Error::FileTooLarge { name }),
            read => read?,
        };
        self.left = self.left.checked_sub(data.len() as u64).ok_or(Error::TooLarge)?;
        self.budget.file(&name, data.len() as u64)?;
        self.files.push(File {
            name,
            data: without_mark(data),
        });
        Ok(())
    }
}

/// Drops the byte order mark of UTF-8.
pub(super) fn without_mark(data: bytes::Bytes) -> bytes::Bytes {
    if data.starts_with(b"\xef\xbb\xbf") {
        data.slice(3..)
    } else {
        data
    }
}
