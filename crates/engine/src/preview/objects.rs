use std::collections::{BTreeMap, BTreeSet, HashMap};

use manifest::{Object, Origin, ResourceKey};
use serde_json::Value;

use super::{FieldPreview, Sides, preview_fields};
use crate::diff::{Masker, without_noise};

/// What a change does to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It is only in the head.
    Added,
    /// It is in both and differs.
    Changed,
    /// It is only in the base and live: the agent deletes it.
    WillBePruned,
    /// It is only in the base and live, and pruning is off: it stays behind.
    WillBeOrphaned,
    /// It is only in the base, and not live, or nobody knows.
    Removed,
    /// The change does not touch it, but live differs.
    Drifted,
    /// Nothing differs.
    Same,
}

/// What is known of live.
#[derive(Clone, Debug, Default)]
pub enum LiveState {
    /// Nothing: there is no cluster.
    #[default]
    Unknown,
    /// These objects are live, each with the managers of fields that are not ours.
    Known(HashMap<ResourceKey, (Value, BTreeMap<String, String>)>),
}

/// What a preview is made of.
#[derive(Debug)]
pub struct PreviewInput<'a> {
    /// The objects of the base.
    pub base: &'a [Object],
    /// The objects of the head.
    pub head: &'a [Object],
    /// What is live.
    pub live: &'a LiveState,
    /// What would be after applying the head, where that is known.
    pub predicted: &'a HashMap<ResourceKey, Value>,
    /// Whether the agent prunes.
    pub prunes: bool,
    /// Whether the head could not be rendered in full: then what is missing in it is not called removed.
    pub is_incomplete: bool,
}

/// What a change does to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectPreview {
    /// The object.
    pub key: ResourceKey,
    /// Where the head (or, when it is gone there, the base) has it.
    pub origin: Origin,
    /// What happens to it.
    pub verdict: Verdict,
    /// The fields that differ.
    pub fields: FieldPreview,
    /// The base, masked and without noise; null when it is not there.
    pub base: Value,
    /// The head, alike.
    pub head: Value,
    /// Live, alike.
    pub live: Value,
}

/// Compares base, head and live, object by object, sorted by key. Secret values are masked first.
pub fn preview(input: &PreviewInput<'_>) -> Vec<ObjectPreview> {
    let base = by_key(input.base);
    let head = by_key(input.head);
    let keys: BTreeSet<&ResourceKey> = base.keys().chain(head.keys()).collect();
    let mut masker = Masker::default();
    let previews = keys
        .into_iter()
        .filter(|key| !input.is_incomplete || head.contains_key(*key))
        .map(|key| {
            let (base, head) = (base.get(key).copied(), head.get(key).copied());
            object(key, base, head, input, &mut masker)
        });
    previews.collect()
}

fn object(
    key: &ResourceKey,
    base: Option<&Object>,
    head: Option<&Object>,
    input: &PreviewInput<'_>,
    masker: &mut Masker,
) -> ObjectPreview {
    let mut clean = |value: Option<&Value>| {
        value.map(|value| {
            let mut value = without_noise(value);
            masker.mask(&mut value);
            value
        })
    };
    let no_owners = BTreeMap::new();
    let (live, owners) = match input.live {
        LiveState::Unknown => (None, &no_owners),
        LiveState::Known(live) => live
            .get(key)
            .map_or((None, &no_owners), |(value, owners)| (Some(value), owners)),
    };
    let states = [
        clean(base.map(Object::value)),
        clean(head.map(Object::value)),
        clean(live),
        clean(input.predicted.get(key)),
    ];
    let [base_value, head_value, live_value, predicted] = &states;
    let sides = Sides {
        base: base_value.as_ref(),
        head: head_value.as_ref(),
        live: live_value.as_ref(),
        predicted: predicted.as_ref(),
    };
    let fields = preview_fields(&sides, owners);
    let verdict = verdict(&sides, &fields, input.prunes);
    let origin = head
        .or(base)
        .map(|object| object.origin().clone())
        .unwrap_or_default();
    let [base, head, live, _] = states;
    ObjectPreview {
        key: key.clone(),
        origin,
        verdict,
        fields,
        base: base.unwrap_or_default(),
        head: head.unwrap_or_default(),
        live: live.unwrap_or_default(),
    }
}

fn verdict(sides: &Sides<'_>, fields: &FieldPreview, prunes: bool) -> Verdict {
    match (sides.base, sides.head) {
        (None, _) => Verdict::Added,
        (Some(_), None) if sides.live.is_none() => Verdict::Removed,
        (Some(_), None) if prunes => Verdict::WillBePruned,
        (Some(_), None) => Verdict::WillBeOrphaned,
        (Some(base), Some(head)) if base != head => Verdict::Changed,
        _ if fields.fields.is_empty() => Verdict::Same,
        _ => Verdict::Drifted,
    }
}

fn by_key(objects: &[Object]) -> BTreeMap<ResourceKey, &Object> {
    objects.iter().map(|object| (object.key(), object)).collect()
}
