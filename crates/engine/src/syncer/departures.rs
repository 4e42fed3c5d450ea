use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use manifest::ResourceKey;
use tokio::time::Instant;

use super::uid::Uid;
use crate::wait::Scope;

/// How long what is gone waits for the rest, so that many deletions cost one write.
const GATHER: Duration = Duration::from_secs(1);

/// What syncs have deleted and the server keeps for a while: until its finalizers, its dependents or its grace period
/// let it go.
#[derive(Debug, Default)]
pub(super) struct Departures {
    /// Who is on the way, with their UIDs.
    leaving: HashMap<ResourceKey, Uid>,
    /// Who has gone since [`Departures::take`].
    gone: HashSet<ResourceKey>,
    /// When the first of them went.
    since: Option<Instant>,
}

impl Departures {
    /// An object was deleted and is not known to be gone.
    pub(super) fn expect(&mut self, key: &ResourceKey, uid: Uid) {
        self.leaving.insert(key.clone(), uid);
    }

    /// An object is gone; most were deleted by others, and are none of this.
    pub(super) fn gone(&mut self, key: &ResourceKey, uid: &Uid) {
        if self.leaving.get(key) == Some(uid) {
            self.leaving.remove(key);
            self.gone.insert(key.clone());
            self.since.get_or_insert_with(Instant::now);
        }
    }

    /// An object is there: an older one of its name is not.
    pub(super) fn seen(&mut self, key: &ResourceKey, uid: &Uid) {
        let older = self.leaving.get(key).filter(|leaving| *leaving != uid);
        if let Some(older) = older.cloned() {
            self.gone(key, &older);
        }
    }

    /// These are all that a watch can see there.
    pub(super) fn only(&mut self, scope: &Scope, keys: &HashSet<ResourceKey>) {
        let missing = self
            .leaving
            .iter()
            .filter(|(key, _)| scope.holds(key) && !keys.contains(*key));
        let missing: Vec<_> = missing.map(|(key, uid)| (key.clone(), uid.clone())).collect();
        for (key, uid) in missing {
            self.gone(&key, &uid);
        }
    }

    /// When it is time to note who is gone: at once when nobody is on the way any more; never while nobody is gone.
    pub(super) fn due(&self) -> Option<Instant> {
        let since = self.since?;
        Some(if self.leaving.is_empty() {
            since
        } else {
            since + GATHER
        })
    }

    /// Who has gone since the last call.
    pub(super) fn take(&mut self) -> HashSet<ResourceKey> {
        self.since = None;
        std::mem::take(&mut self.gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> ResourceKey {
        ResourceKey::new("", "ConfigMap", "shop", name)
    }

    fn uid(text: &str) -> Uid {
        Uid::from(text)
    }

    #[test]
    fn the_last_to_go_ends_the_waiting() {
        let mut departures = Departures::default();
        departures.expect(&key("a"), uid("u1"));
        departures.expect(&key("b"), uid("u2"));
        departures.gone(&key("a"), &uid("another"));
        departures.gone(&key("c"), &uid("u3"));
        assert_eq!(departures.due(), None, "none of these was expected");
        departures.gone(&key("a"), &uid("u1"));
        assert!(departures.due() > Some(Instant::now()), "b may follow soon");
        departures.gone(&key("b"), &uid("u2"));
        assert!(departures.due() <= Some(Instant::now()));
        assert_eq!(departures.take(), HashSet::from([key("a"), key("b")]));
        assert_eq!(departures.due(), None);
    }

    #[test]
    fn a_successor_tells_that_an_object_is_gone() {
        let mut departures = Departures::default();
        departures.expect(&key("a"), uid("u1"));
        departures.seen(&key("a"), &uid("u1"));
        assert_eq!(departures.due(), None);
        departures.seen(&key("a"), &uid("u2"));
        assert_eq!(departures.take(), HashSet::from([key("a")]));
    }
}
