use std::collections::HashMap;

use manifest::{GroupKind, ResourceKey};
use smol_str::SmolStr;

use super::entry::{Entry, Settled};

/// Objects by key. Each kind and each namespace is named once: of many objects, the keys would take more memory than
/// what is known of them.
#[derive(Default)]
pub(super) struct Objects(Vec<OfKind>);

struct OfKind {
    kind: GroupKind,
    namespaces: HashMap<SmolStr, OfNamespace>,
}

/// By name, and boxed: the room that a map keeps free is small then.
type OfNamespace = HashMap<SmolStr, Box<Known>>;

/// What is known of one object.
#[derive(Debug, Default)]
struct Known {
    /// As it was seen last; `None` when it is gone.
    entry: Option<Entry>,
    /// As it was when it was last as desired.
    settled: Option<Settled>,
}

/// A key in its parts, for comparison with those that are kept otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct KeyParts<'a> {
    group: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> From<&'a ResourceKey> for KeyParts<'a> {
    fn from(key: &'a ResourceKey) -> Self {
        Self {
            group: &key.group,
            kind: &key.kind,
            namespace: &key.namespace,
            name: &key.name,
        }
    }
}

impl KeyParts<'_> {
    pub(super) fn to_key(self) -> ResourceKey {
        ResourceKey::new(self.group, self.kind, self.namespace, self.name)
    }
}

impl Objects {
    /// An object as it was seen last.
    pub(super) fn entry(&self, key: &ResourceKey) -> Option<&Entry> {
        self.known(key)?.entry.as_ref()
    }

    /// An object as it was when it was last as desired.
    pub(super) fn settled(&self, key: &ResourceKey) -> Option<&Settled> {
        self.known(key)?.settled.as_ref()
    }

    pub(super) fn see(&mut self, key: &ResourceKey, entry: Entry) {
        self.place(key).entry = Some(entry);
    }

    pub(super) fn settle(&mut self, key: &ResourceKey, settled: Settled) {
        self.place(key).settled = Some(settled);
    }

    /// Forgets how an object is: it is gone.
    pub(super) fn lose(&mut self, key: &ResourceKey) {
        if let Some(of_kind) = self.0.iter_mut().find(|of_kind| of_kind.is_of(key))
            && let Some(names) = of_kind.namespaces.get_mut(&*key.namespace)
            && let Some(known) = names.get_mut(&*key.name)
        {
            known.entry = None;
            if known.settled.is_none() {
                names.remove(&*key.name);
            }
        }
    }

    /// Forgets what was desired of all but these, and objects of which nothing is known then.
    pub(super) fn retain_settled(&mut self, keep: impl Fn(KeyParts<'_>) -> bool) {
        for OfKind { kind, namespaces } in &mut self.0 {
            namespaces.retain(|namespace, names| {
                names.retain(|name, known| {
                    let is_kept = || keep(parts(kind, namespace, name));
                    known.settled.take_if(|_| !is_kept());
                    known.entry.is_some() || known.settled.is_some()
                });
                !names.is_empty()
            });
        }
        self.0.retain(|of_kind| !of_kind.namespaces.is_empty());
    }

    /// The objects that exist, in no order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (KeyParts<'_>, &Entry)> {
        self.0.iter().flat_map(|OfKind { kind, namespaces }| {
            namespaces.iter().flat_map(move |(namespace, names)| {
                names.iter().filter_map(move |(name, known)| {
                    Some((parts(kind, namespace, name), known.entry.as_ref()?))
                })
            })
        })
    }

    /// Those of one kind, in one namespace or, when that is empty, in all.
    pub(super) fn entries_in(
        &self,
        kind: &GroupKind,
        namespace: &str,
    ) -> impl Iterator<Item = (KeyParts<'_>, &Entry)> {
        self.entries().filter(move |(key, _)| {
            key.group == kind.group
                && key.kind == kind.kind
                && (namespace.is_empty() || key.namespace == namespace)
        })
    }

    fn known(&self, key: &ResourceKey) -> Option<&Known> {
        let of_kind = self.0.iter().find(|of_kind| of_kind.is_of(key))?;
        let names = of_kind.namespaces.get(&*key.namespace)?;
        names.get(&*key.name).map(|known| &**known)
    }

    fn place(&mut self, key: &ResourceKey) -> &mut Known {
        let known = self.0.iter().position(|of_kind| of_kind.is_of(key));
        let index = known.unwrap_or_else(|| {
            self.0.push(OfKind {
                kind: key.group_kind(),
                namespaces: HashMap::new(),
            });
            self.0.len() - 1
        });
        let names = self.0[index]
            .namespaces
            .entry(SmolStr::new(&key.namespace))
            .or_default();
        names.entry(SmolStr::new(&key.name)).or_default()
    }
}

impl OfKind {
    fn is_of(&self, key: &ResourceKey) -> bool {
        self.kind.kind == key.kind && self.kind.group == key.group
    }
}

fn parts<'a>(kind: &'a GroupKind, namespace: &'a str, name: &'a str) -> KeyParts<'a> {
    KeyParts {
        group: &kind.group,
        kind: &kind.kind,
        namespace,
        name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Digest;

    fn entry() -> Entry {
        Entry::of(
            &json!({"metadata": {"uid": "u", "resourceVersion": "1"}}),
            "us",
            "set",
        )
    }

    fn settled() -> Settled {
        let entry = entry();
        Settled {
            intent: Digest::of(&json!({})),
            owned: entry.owned,
            uid: entry.uid,
            version: entry.version,
            conflicts: Box::default(),
        }
    }

    fn keys(objects: &Objects) -> Vec<ResourceKey> {
        let mut keys: Vec<_> = objects.entries().map(|(key, _)| key.to_key()).collect();
        keys.sort();
        keys
    }

    #[test]
    fn what_is_gone_may_still_be_desired_and_the_other_way_round() {
        let (mut objects, key) = (Objects::default(), ResourceKey::new("", "ConfigMap", "shop", "a"));
        objects.see(&key, entry());
        objects.settle(&key, settled());
        objects.lose(&key);
        assert!(objects.entry(&key).is_none() && objects.settled(&key).is_some());
        objects.see(&key, entry());
        objects.retain_settled(|_| false);
        assert!(objects.entry(&key).is_some() && objects.settled(&key).is_none());
        objects.lose(&key);
        objects.retain_settled(|_| true);
        assert!(objects.0.is_empty(), "nothing is left of it");
    }

    #[test]
    fn tells_what_is_of_a_kind_and_in_a_namespace() {
        let all = [
            ResourceKey::new("", "ConfigMap", "a", "x"),
            ResourceKey::new("", "ConfigMap", "b", "x"),
            ResourceKey::new("apps", "Deployment", "a", "x"),
        ];
        let mut objects = Objects::default();
        for key in &all {
            objects.see(key, entry());
        }
        assert_eq!(keys(&objects), all);
        let count = |kind: &GroupKind, namespace| objects.entries_in(kind, namespace).count();
        let config_maps = GroupKind::new("", "ConfigMap");
        assert_eq!(
            (
                count(&config_maps, ""),
                count(&config_maps, "b"),
                count(&config_maps, "c")
            ),
            (2, 1, 0)
        );
        assert_eq!(count(&GroupKind::new("", "Deployment"), ""), 0);
    }
}
