use std::collections::HashSet;

use manifest::{Origin, ResourceKey};

use super::{Change, PlannedChange};
use crate::{
    Application, SyncOptions,
    change_set::{Notice, SkipReason},
    guard::{Candidate, Decision, Holder, Keep, Live, Situation, decide},
    inventory::Inventory,
    observe::Observed,
    ownership::Owner,
};

/// What deletions are decided from.
pub(crate) struct PruneInput<'a> {
    pub(crate) application: &'a Application,
    pub(crate) inventory: &'a Inventory,
    pub(crate) desired: &'a HashSet<&'a ResourceKey>,
    /// Whether documents of the desired state could not be read.
    pub(crate) is_incomplete: bool,
    pub(crate) observed: &'a Observed,
    pub(crate) options: &'a SyncOptions,
}

/// What is to be done with each recorded object that is no longer desired, sorted by key, and what stops all of it.
pub(crate) fn plan_deletions(input: &PruneInput<'_>) -> (Vec<PlannedChange>, Option<Notice>) {
    let surplus = input.inventory.keys().filter(|key| !input.desired.contains(key));
    let candidates: Vec<Candidate<'_>> = surplus.map(|key| candidate(input, key)).collect();
    let applied = input
        .desired
        .iter()
        .filter_map(|key| input.observed.live.get(*key));
    let applied_uids: HashSet<&str> = applied.map(|live| live.uid.as_str()).collect();
    let verdict = decide(
        &candidates,
        &Situation {
            inventory_size: input.inventory.len(),
            desired: input.desired,
            is_incomplete: input.is_incomplete,
            applied_uids: &applied_uids,
            foreign_content: &input.observed.foreign_content,
            options: &input.options.prune,
        },
    );
    let planned = verdict
        .decisions
        .into_iter()
        .map(|(key, decision)| PlannedChange {
            change: change(input, &key, decision),
            origin: Origin::default(),
            key,
        });
    let stop = verdict.stop.map(|stop| Notice {
        message: stop.to_string(),
        blocking: true,
    });
    (planned.collect(), stop)
}

/// The namespaces that are to be deleted, unless they hold what is not ours; `unconfirmed` includes those that wait
/// for a yes.
pub(crate) fn doomed_namespaces(input: &PruneInput<'_>, unconfirmed: bool) -> Vec<String> {
    if !input.options.prune.enabled {
        return Vec::new();
    }
    let is_doomed = |key: &&ResourceKey| {
        key.kind == "Namespace"
            && key.group.is_empty()
            && !input.desired.contains(*key)
            && (unconfirmed || input.options.prune.confirmed.covers(key))
            && input
                .observed
                .live
                .get(*key)
                .is_some_and(|live| live.owner == Owner::Ours)
    };
    let doomed = input.inventory.keys().filter(is_doomed);
    doomed.map(|key| key.name.clone()).collect()
}

fn candidate<'a>(input: &'a PruneInput<'_>, key: &'a ResourceKey) -> Candidate<'a> {
    let live = match input.observed.live.get(key) {
        Some(live) => live.object.as_ref().map_or(Live::Absent, |object| Live::Present {
            object,
            holder: match &live.owner {
                Owner::Ours => Holder::Us,
                Owner::Nobody => Holder::Nobody,
                Owner::ApplySet(id) => Holder::Other(id.clone()),
                Owner::Other(name) => Holder::Other(name.clone()),
            },
        }),
        None => match input.observed.unreadable.get(&key.group_kind()) {
            Some(reason) => Live::Unreadable(reason),
            None => Live::Absent,
        },
    };
    let other = input
        .options
        .claims
        .wanted_elsewhere(key, &input.application.inventory);
    Candidate {
        key,
        live,
        recorded_uid: None,
        wanted_by: other.map(|other| other.inventory.to_string()),
    }
}

fn change(input: &PruneInput<'_>, key: &ResourceKey, decision: Decision) -> Change {
    match decision {
        Decision::Prune { .. } => Change::Delete,
        Decision::Gone => Change::Forget,
        Decision::NeedsConfirmation(confirm) => Change::Skip(SkipReason::Guarded(confirm.to_string())),
        Decision::Keep(keep) => match keep {
            Keep::HandedOver(_) => input
                .options
                .claims
                .wanted_elsewhere(key, &input.application.inventory)
                .map_or(
                    Change::Skip(SkipReason::Guarded(keep.to_string())),
                    Change::HandOver,
                ),
            Keep::Foreign(_) | Keep::SameAsApplied => Change::Skip(SkipReason::HandedOver(keep.to_string())),
            Keep::OptedOut(opt_out) => Change::Skip(SkipReason::Annotation(opt_out.to_string())),
            Keep::PruneDisabled => Change::Skip(SkipReason::PruneDisabled),
            _ => Change::Skip(SkipReason::Guarded(keep.to_string())),
        },
    }
}
