use std::collections::{BTreeSet, HashSet};

use manifest::{Origin, ResourceKey};

use super::{Change, PlannedChange};
use crate::{
    Application, SyncOptions,
    change_set::SkipReason,
    observe::{Live, Observed},
    ownership::Owner,
};

/// What deletions are decided from.
pub(crate) struct PruneInput<'a> {
    pub(crate) application: &'a Application,
    pub(crate) recorded: &'a BTreeSet<ResourceKey>,
    pub(crate) desired: &'a HashSet<&'a ResourceKey>,
    pub(crate) observed: &'a Observed,
    pub(crate) options: &'a SyncOptions,
}

/// What is to be done with each recorded object that is no longer desired, sorted by key.
pub(crate) fn plan_deletions(input: &PruneInput<'_>) -> Vec<PlannedChange> {
    let surplus = input.recorded.iter().filter(|key| !input.desired.contains(key));
    let planned = surplus.map(|key| PlannedChange {
        key: key.clone(),
        origin: Origin::default(),
        change: change(input, key),
    });
    planned.collect()
}

fn change(input: &PruneInput<'_>, key: &ResourceKey) -> Change {
    let Some(live) = input.observed.live.get(key) else {
        return match input.observed.unreadable.get(&key.group_kind()) {
            Some(reason) => Change::Skip(SkipReason::Guarded(reason.clone())),
            None => Change::Forget,
        };
    };
    if let Some(reason) = foreign(live) {
        return Change::Skip(SkipReason::HandedOver(reason));
    }
    if let Some(other) = input
        .options
        .claims
        .wanted_elsewhere(key, &input.application.inventory)
    {
        return Change::HandOver(other);
    }
    if !input.options.prune.enabled {
        return Change::Skip(SkipReason::PruneDisabled);
    }
    Change::Delete
}

fn foreign(live: &Live) -> Option<String> {
    match &live.owner {
        Owner::Ours => None,
        Owner::Nobody => Some(String::new()),
        Owner::ApplySet(id) => Some(id.clone()),
        Owner::Other(name) => Some(name.clone()),
    }
}
