use std::collections::HashSet;

use manifest::ResourceKey;

use super::{entry::Entry, shared::Shared};
use crate::{
    observe::{Comparison, Observed, Target, Targets},
    ownership::Owner,
    sync::Done,
};

/// Remembers what is live, and what of it is as desired now. Hooks never are: what becomes of a hook's object after
/// its run is no drift. What is no longer desired can no longer drift either: its deletion, now or later, is our own
/// doing.
pub(super) fn settle(
    shared: &mut Shared,
    targets: &Targets,
    observed: &Observed,
    written: Vec<Done>,
    hooks: &HashSet<usize>,
) {
    for (key, live) in observed.live.iter().filter(|(_, live)| live.owner == Owner::Ours) {
        if let Some(entry) = Entry::from_live(live) {
            shared.learn(key, entry);
        }
    }
    for target in kept(targets, hooks) {
        let Some(live) = observed.live.get(&target.key) else {
            continue;
        };
        if live.comparison == Comparison::Same
            && let Some(entry) = Entry::from_live(live)
        {
            shared.settle(target, &entry, live.conflicts.clone());
        }
    }
    for done in written {
        let target = &targets.items[done.index];
        if !hooks.contains(&done.index) {
            shared.settle(target, &done.entry, done.conflicts);
        }
        shared.learn(&target.key, done.entry);
    }
    let kept: HashSet<&ResourceKey> = kept(targets, hooks).map(|target| &target.key).collect();
    shared.unsettle_all_but(&kept);
}

/// The targets that are kept as they are described.
fn kept<'t>(targets: &'t Targets, hooks: &HashSet<usize>) -> impl Iterator<Item = &'t Target> {
    let all = targets.items.iter().enumerate();
    all.filter(|(index, _)| !hooks.contains(index))
        .map(|(_, target)| target)
}
