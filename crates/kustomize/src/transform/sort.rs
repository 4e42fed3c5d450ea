use std::cmp::Ordering;

use crate::{
    context::Cx,
    error::{Error, Result},
    id::{Gvk, ORDER_FIRST, ORDER_LAST, ResId, rank},
    kustomization::{LegacySortOptions, SortOptions},
    resmap::ResMap,
};

const NAMESPACE: &str = "Namespace";

/// Puts the objects into the order that the options ask for.
pub(crate) fn sort(map: &mut ResMap, options: &SortOptions, cx: &Cx<'_>) -> Result<()> {
    match (options.order.as_str(), &options.legacy) {
        ("legacy", None) => {
            let owned = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
            let kinds = LegacySortOptions {
                order_first: owned(&ORDER_FIRST),
                order_last: owned(&ORDER_LAST),
            };
            sort_legacy(map, &kinds, cx);
        }
        ("legacy", Some(kinds)) => sort_legacy(map, kinds, cx),
        ("fifo", None) => {}
        ("fifo", Some(_)) => {
            let problem = "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', \
                           not 'legacy'";
            return Err(Error::new(problem).under("legacySortOptions"));
        }
        _ => {
            let problem = "the field 'sortOptions.order' must be one of [fifo, legacy]";
            return Err(Error::new(problem).under("order"));
        }
    }
    Ok(())
}

struct Key {
    rank: i32,
    gvk: Gvk,
    gvk_text: String,
    id_text: String,
}

impl Key {
    fn new(id: ResId, kinds: &LegacySortOptions) -> Self {
        let or = |text: &str, missing: &str| {
            if text.is_empty() {
                missing.to_owned()
            } else {
                text.to_owned()
            }
        };
        Self {
            rank: rank(&id.gvk.kind, &kinds.order_first, &kinds.order_last),
            gvk_text: id.gvk.sort_text(),
            id_text: [id.gvk.to_string(), or(&id.namespace, "~X"), or(&id.name, "~N")].join("|"),
            gvk: id.gvk,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        if self.gvk == other.gvk {
            return self.id_text.cmp(&other.id_text);
        }
        let by_text = self.gvk_text.cmp(&other.gvk_text);
        // of two kinds called Namespace that of the core group comes first, although "~G" sorts last
        let both_namespaces = self.gvk.kind == NAMESPACE && other.gvk.kind == NAMESPACE;
        let by_text = if both_namespaces && (self.gvk.group.is_empty() || other.gvk.group.is_empty()) {
            by_text.reverse()
        } else {
            by_text
        };
        self.rank.cmp(&other.rank).then(by_text)
    }
}

fn sort_legacy(map: &mut ResMap, kinds: &LegacySortOptions, cx: &Cx<'_>) {
    map.list_mut()
        .sort_by_cached_key(|resource| Ordered(Key::new(resource.id(&cx.schemas), kinds)));
}

/// A key with its order.
struct Ordered(Key);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.0.compare(&other.0).is_eq()
    }
}

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.compare(&other.0)
    }
}
