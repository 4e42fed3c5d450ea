use std::collections::HashSet;

use manifest::ResourceKey;

use crate::{ChangeSet, change_set::FieldConflict, syncer::Entry};

/// What a session came to, and what is worth remembering for the next one.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) change_set: ChangeSet,
    pub(crate) written: Vec<Done>,
    /// The places among the targets of those that are hooks: they are run, not kept as they are described.
    pub(crate) hooks: HashSet<usize>,
    /// What was deleted and may still be seen.
    pub(crate) deleted: Vec<Deleted>,
}

/// An object that was written, as it is now.
#[derive(Debug)]
pub(crate) struct Done {
    /// Its place among the targets.
    pub(crate) index: usize,
    pub(crate) entry: Entry,
    pub(crate) conflicts: Vec<FieldConflict>,
}

/// An object that was deleted.
#[derive(Clone, Debug)]
pub(crate) struct Deleted {
    pub(crate) key: ResourceKey,
    /// Empty when it was gone already.
    pub(crate) uid: String,
    /// Whether the server has said that it is gone, and not only that it goes.
    pub(crate) is_gone: bool,
}
