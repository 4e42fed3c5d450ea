use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Answers that are found once and then remembered.
#[derive(Debug)]
pub(crate) struct Memo<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Memo<K, V> {
    /// The answer for a key; failures are not remembered.
    pub(crate) fn get_or<E>(&self, key: &K, find: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Ok(known.clone());
        }
        // found without the lock: others need not wait for a slow server; of two answers the first counts
        let found = find()?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(known.entry(key.clone()).or_insert(found).clone())
    }
}
