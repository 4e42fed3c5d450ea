use std::collections::BTreeMap;

use serde_json::Value;

use super::{FieldDiff, Label, leaves, without_noise};

/// The live state of an object and what an apply would leave, both masked.
#[derive(Clone, Copy, Debug)]
pub struct LiveDiff<'a> {
    /// As it is.
    pub live: &'a Value,
    /// As it would be.
    pub predicted: &'a Value,
    /// What is desired.
    pub intent: &'a Value,
    /// Whether this very state was applied before, so that what differs is someone else's doing.
    pub was_applied: bool,
    /// Other managers' fields that an apply would not take, by path.
    pub foreign: &'a BTreeMap<String, String>,
}

/// The fields that an apply would change, and how many it would change that no manifest names.
pub fn live_fields(diff: &LiveDiff<'_>) -> (Vec<FieldDiff>, usize) {
    let (live, predicted) = (without_noise(diff.live), without_noise(diff.predicted));
    let mut fields = Vec::new();
    let mut hidden = 0;
    for leaf in leaves([Some(&live), Some(&predicted), Some(diff.intent)]) {
        let [before, after, desired] = leaf.values;
        let manager = diff
            .foreign
            .get(&leaf.path)
            .filter(|_| before != desired && before.is_some());
        if before == after && manager.is_none() {
            continue;
        }
        let label = match manager {
            Some(manager) => Label::ForeignManager(manager.clone()),
            None if desired.is_none() && after.is_some() => Label::Defaulted,
            None if diff.was_applied => Label::Drift,
            None => Label::YourChange,
        };
        hidden += usize::from(label == Label::Defaulted);
        fields.push(FieldDiff {
            path: leaf.path,
            label,
            before: before.cloned(),
            after: if manager.is_some() {
                desired.cloned()
            } else {
                after.cloned()
            },
        });
    }
    (fields, hidden)
}
