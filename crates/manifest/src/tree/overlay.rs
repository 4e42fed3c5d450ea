use std::collections::BTreeMap;

use super::{Entry, Error, MemoryTree, Source, Tree, TreePath};

/// A tree with files laid over it.
pub(super) struct OverlayTree {
    pub(super) below: Tree,
    pub(super) above: MemoryTree,
}

impl Source for OverlayTree {
    fn entry(&self, path: &TreePath) -> Result<Option<Entry>, Error> {
        match self.above.entry(path)? {
            Some(entry) => Ok(Some(entry)),
            None => self.below.0.source.entry(path),
        }
    }

    fn read(&self, path: &TreePath, limit: u64) -> Result<bytes::Bytes, Error> {
        match self.above.entry(path)? {
            Some(_) => self.above.read(path, limit),
            None => self.below.0.source.read(path, limit),
        }
    }

    fn list(&self, path: &TreePath) -> Result<Vec<(String, Entry)>, Error> {
        let below = match self.below.0.source.entry(path)? {
            Some(Entry::Directory) => self.below.0.source.list(path)?,
            _ => Vec::new(),
        };
        let mut names: BTreeMap<String, Entry> = below.into_iter().collect();
        names.extend(self.above.list(path)?);
        Ok(names.into_iter().collect())
    }
}
