use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use gix::{ObjectId, objs::tree::EntryKind};
use manifest::tree::{Entry, Error, Source, TreePath};

use crate::Repository;

struct Child {
    name: String,
    kind: EntryKind,
    id: ObjectId,
}

/// The files of a commit; directories are read when first asked for, files each time.
pub(crate) struct CommitTree {
    repository: Repository,
    root: ObjectId,
    // sorted by name, submodules as empty directories
    directories: Mutex<HashMap<ObjectId, Arc<[Child]>>>,
}

impl CommitTree {
    pub(crate) fn new(repository: Repository, root: ObjectId) -> Self {
        Self {
            repository,
            root,
            directories: Mutex::default(),
        }
    }

    fn directory(&self, path: &TreePath, id: ObjectId) -> Result<Arc<[Child]>, Error> {
        let known = self
            .directories
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned();
        if let Some(children) = known {
            return Ok(children);
        }
        let children = self.read_directory(id).map_err(failed(path))?;
        self.directories
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, Arc::clone(&children));
        Ok(children)
    }

    fn read_directory(&self, id: ObjectId) -> gix::Result<Arc<[Child]>> {
        let repository = self.repository.local();
        let tree = repository.find_tree(id)?;
        let mut children = Vec::new();
        for entry in tree.iter() {
            let entry = entry?;
            // a name that is no UTF-8 cannot be named by a manifest either
            if let Ok(name) = std::str::from_utf8(entry.filename()) {
                let kind = entry.mode().kind();
                children.push(Child {
                    name: name.to_owned(),
                    kind,
                    id: entry.object_id(),
                });
            }
        }
        // Git sorts directories as if their names ended in a slash
        children.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(children.into())
    }

    /// Kind and id of what is at `path`.
    fn find(&self, path: &TreePath) -> Result<Option<(EntryKind, ObjectId)>, Error> {
        let mut found = (EntryKind::Tree, self.root);
        for name in path.components() {
            if found.0 != EntryKind::Tree {
                return Ok(None);
            }
            let children = self.directory(path, found.1)?;
            match children.binary_search_by(|child| child.name.as_str().cmp(name)) {
                Ok(index) => found = (children[index].kind, children[index].id),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    fn as_entry(&self, path: &TreePath, kind: EntryKind, id: ObjectId) -> Result<Entry, Error> {
        Ok(match kind {
            EntryKind::Blob | EntryKind::BlobExecutable => Entry::File,
            EntryKind::Tree | EntryKind::Commit => Entry::Directory,
            EntryKind::Link => {
                let repository = self.repository.local();
                let blob = repository.find_blob(id).map_err(failed(path))?;
                Entry::Symlink(String::from_utf8_lossy(&blob.data).into_owned())
            }
        })
    }
}

impl Source for CommitTree {
    fn entry(&self, path: &TreePath) -> Result<Option<Entry>, Error> {
        match self.find(path)? {
            Some((kind, id)) => self.as_entry(path, kind, id).map(Some),
            None => Ok(None),
        }
    }

    fn read(&self, path: &TreePath, limit: u64) -> Result<Bytes, Error> {
        let Some((EntryKind::Blob | EntryKind::BlobExecutable, id)) = self.find(path)? else {
            return Err(Error::NotFound(path.clone()));
        };
        let repository = self.repository.local();
        let size = repository.find_header(id).map_err(failed(path))?.size();
        if size > limit {
            return Err(Error::TooBig {
                path: path.clone(),
                size,
                limit,
            });
        }
        let mut blob = repository.find_blob(id).map_err(failed(path))?;
        Ok(blob.take_data().into())
    }

    fn list(&self, path: &TreePath) -> Result<Vec<(String, Entry)>, Error> {
        let Some((EntryKind::Tree, id)) = self.find(path)? else {
            return Ok(Vec::new());
        };
        let children = self.directory(path, id)?;
        let entry = |child: &Child| {
            let entry = self.as_entry(&path.child(&child.name), child.kind, child.id)?;
            Ok((child.name.clone(), entry))
        };
        children.iter().map(entry).collect()
    }

    fn identity(&self) -> Option<String> {
        Some(self.root.to_string())
    }
}

fn failed(path: &TreePath) -> impl FnOnce(gix::Error) -> Error {
    let path = path.clone();
    move |source| Error::Io {
        path,
        source: source.into(),
    }
}
