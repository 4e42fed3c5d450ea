use std::collections::BTreeMap;

use manifest::ResourceKey;

use crate::digest::Digest;

/// Which hooks have done their work for the state that is desired now: each runs once for each such state, and
/// one whose object is gone since (a Job past its time to live) has still run.
#[derive(Clone, Debug)]
pub(crate) struct HookRecord {
    set: String,
    done: BTreeMap<String, String>,
}

impl HookRecord {
    pub(crate) fn new(set: &Digest, done: BTreeMap<String, String>) -> Self {
        Self {
            set: set.to_string(),
            done,
        }
    }

    pub(crate) fn is_due(&self, key: &ResourceKey, phase: &str) -> bool {
        self.done.get(&name(key, phase)) != Some(&self.set)
    }

    pub(crate) fn complete(&mut self, key: &ResourceKey, phase: &str) {
        self.done.insert(name(key, phase), self.set.clone());
    }

    /// Forgets that hooks of a phase have run.
    pub(crate) fn forget(&mut self, phase: &str) {
        let prefix = format!("{phase} ");
        self.done.retain(|name, _| !name.starts_with(&prefix));
    }

    /// The record without what belongs to other states.
    pub(crate) fn into_current(self) -> BTreeMap<String, String> {
        let set = self.set;
        self.done.into_iter().filter(|(_, done)| *done == set).collect()
    }
}

fn name(key: &ResourceKey, phase: &str) -> String {
    format!("{phase} {} {}/{}", key.group_kind(), key.namespace, key.name)
}
