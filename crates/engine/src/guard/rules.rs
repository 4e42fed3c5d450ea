use std::collections::{BTreeMap, BTreeSet, HashSet};

use manifest::ResourceKey;
use serde_json::Value;

use super::decision::{Confirm, Decision, Keep, Stop, Verdict};
use super::opt_out::{Wish, wish};
use crate::PruneOptions;

/// Kinds whose deletion deletes more than themselves: everything in them, every object of them, or data.
const PROTECTED: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("", "PersistentVolume"),
    ("", "PersistentVolumeClaim"),
    ("apps", "StatefulSet"),
];

/// Whose mark a live object carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The mark of this application.
    Us,
    /// No mark that is known.
    Nobody,
    /// The mark of another application or tool, by its name.
    Other(String),
}

/// What is known of an object in the cluster.
#[derive(Clone, Debug)]
pub enum Live<'a> {
    /// It does not exist.
    Absent,
    /// It could not be looked up, for this reason.
    Unreadable(&'a str),
    /// It exists.
    Present {
        /// The object, or at least its metadata.
        object: &'a Value,
        /// Whose mark it carries.
        holder: Holder,
    },
}

/// An object that the inventory holds and the desired state does not.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Its key.
    pub key: &'a ResourceKey,
    /// What is live under that key.
    pub live: Live<'a>,
    /// The UID that was judged before, when it is judged again; empty or none when it was not.
    pub recorded_uid: Option<&'a str>,
    /// The other application that wants it, when there is one.
    pub wanted_by: Option<String>,
}

/// What the candidates are judged against.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// How many objects the inventory holds, the candidates included.
    pub inventory_size: usize,
    /// Everything that is desired.
    pub desired: &'a HashSet<&'a ResourceKey>,
    /// Whether documents of the desired state could not be read.
    pub is_incomplete: bool,
    /// The UIDs of the objects that were applied: one of them may be a candidate under the name of another group.
    pub applied_uids: &'a HashSet<&'a str>,
    /// Of namespaces among the candidates: what they still hold that is in no inventory of ours.
    pub foreign_content: &'a BTreeMap<String, String>,
    /// The user's rules.
    pub options: &'a PruneOptions,
}

/// Judges every candidate.
pub fn decide(candidates: &[Candidate<'_>], situation: &Situation<'_>) -> Verdict {
    let mut decisions: Vec<_> = candidates
        .iter()
        .map(|candidate| (candidate.key.clone(), decide_alone(candidate, situation)))
        .collect();
    decisions.sort_by(|(one, _), (other, _)| one.cmp(other));
    keep_used_namespaces(&mut decisions, situation);
    let stop = stop(&decisions, situation);
    if stop.is_some() {
        for (_, decision) in &mut decisions {
            if matches!(decision, Decision::Prune { .. }) {
                *decision = Decision::Keep(Keep::Stopped);
            }
        }
    }
    Verdict { decisions, stop }
}

/// Whether the deletion of an object of this kind must be confirmed.
pub fn is_protected(key: &ResourceKey) -> bool {
    PROTECTED.contains(&(key.group.as_str(), key.kind.as_str()))
}

/// The rules that look at one object only, the most certain first.
fn decide_alone(candidate: &Candidate<'_>, situation: &Situation<'_>) -> Decision {
    let (object, holder) = match &candidate.live {
        Live::Absent => return Decision::Gone,
        Live::Unreadable(reason) => return Decision::Keep(Keep::Unreadable((*reason).to_owned())),
        Live::Present { object, holder } => (*object, holder),
    };
    let uid = object
        .get("metadata")
        .and_then(|metadata| metadata.get("uid")?.as_str())
        .unwrap_or_default();
    if uid.is_empty() {
        return Decision::Keep(Keep::Unreadable("it has no UID".to_owned()));
    }
    if situation.applied_uids.contains(uid) {
        return Decision::Keep(Keep::SameAsApplied);
    }
    if candidate
        .recorded_uid
        .is_some_and(|recorded| !recorded.is_empty() && recorded != uid)
    {
        return Decision::Keep(Keep::Replaced);
    }
    match holder {
        Holder::Us => {}
        Holder::Nobody => return Decision::Keep(Keep::Foreign(String::new())),
        Holder::Other(name) => return Decision::Keep(Keep::Foreign(name.clone())),
    }
    if let Some(other) = &candidate.wanted_by {
        return Decision::Keep(Keep::HandedOver(other.clone()));
    }
    let wish = wish(object);
    if let Wish::Keep(opt_out) = wish {
        return Decision::Keep(Keep::OptedOut(opt_out));
    }
    if !situation.options.enabled {
        return Decision::Keep(Keep::PruneDisabled);
    }
    if !situation.options.confirmed.covers(candidate.key) {
        if let Wish::Confirm(opt_out) = wish {
            return Decision::NeedsConfirmation(Confirm::Annotation(opt_out));
        }
        if is_protected(candidate.key) {
            return Decision::NeedsConfirmation(Confirm::ProtectedKind);
        }
    }
    Decision::Prune { uid: uid.to_owned() }
}

/// A namespace stays, confirmed or not, while something in it is desired, stays, or belongs to others.
fn keep_used_namespaces(decisions: &mut [(ResourceKey, Decision)], situation: &Situation<'_>) {
    let is_namespace = |key: &ResourceKey| key.group.is_empty() && key.kind == "Namespace";
    if !decisions.iter().any(|(key, _)| is_namespace(key)) {
        return;
    }
    let mut used: BTreeMap<String, &ResourceKey> = BTreeMap::new();
    let staying: BTreeSet<ResourceKey> = decisions
        .iter()
        .filter(|(_, decision)| matches!(decision, Decision::Keep(_) | Decision::NeedsConfirmation(_)))
        .map(|(key, _)| key.clone())
        .collect();
    for key in situation
        .desired
        .iter()
        .copied()
        .chain(&staying)
        .filter(|key| !key.namespace.is_empty())
    {
        let first = used.entry(key.namespace.clone()).or_insert(key);
        *first = (*first).min(key);
    }
    for (key, decision) in decisions.iter_mut().filter(|(key, _)| is_namespace(key)) {
        if !matches!(decision, Decision::Prune { .. } | Decision::NeedsConfirmation(_)) {
            continue;
        }
        let holds = used
            .get(&key.name)
            .map(|key| format!("{}/{}", key.kind, key.name));
        if let Some(holds) = holds.or_else(|| situation.foreign_content.get(&key.name).cloned()) {
            *decision = Decision::Keep(Keep::InUse(holds));
        }
    }
}

/// The rules that look at all of them together. What was confirmed by name does not count.
fn stop(decisions: &[(ResourceKey, Decision)], situation: &Situation<'_>) -> Option<Stop> {
    let options = situation.options;
    let deletions = decisions
        .iter()
        .filter(|(key, decision)| {
            matches!(decision, Decision::Prune { .. }) && !options.confirmed.covers(key)
        })
        .count();
    if deletions == 0 {
        return None;
    }
    if situation.is_incomplete {
        return Some(Stop::IncompleteRender);
    }
    if situation.desired.is_empty() && !options.allow_empty {
        return Some(Stop::EmptyRender { deletions });
    }
    let of = situation.inventory_size;
    let allowed =
        ((of as f64 * options.max_share.clamp(0.0, 1.0)).floor() as usize).max(options.always_allowed);
    let empty_is_allowed = situation.desired.is_empty() && options.allow_empty;
    (deletions > allowed && !empty_is_allowed).then_some(Stop::OverThreshold {
        deletions,
        of,
        allowed,
    })
}
