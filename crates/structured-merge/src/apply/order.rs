//! The place of an entry among the others.
//!
//! The server sorts applies before updates, then by the second of the last change, then by name. Who changes
//! the object is latest; who only comes to own fields that stay as they are gets no time, and comes first.
//!
//! Where the times of the live entries were left out by whoever read them, they still tell something. An entry
//! that stands before one with an earlier name has an earlier time. A leading entry that owns nothing alone most
//! likely changed nothing, and never had a time. The others are taken to be as late as the apply.

use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};

/// Names of those who applied before the last did.
pub(super) fn earlier_managers(live: &[ManagedFieldsEntry]) -> Vec<String> {
    let entries: Vec<&ManagedFieldsEntry> = live.iter().collect();
    let applies = applies(&entries);
    let earlier = if live.iter().any(|entry| entry.time.is_some()) {
        entries[..applies]
            .iter()
            .take_while(|entry| entry.time.is_none())
            .count()
    } else {
        last_descent(&entries[..applies]).max(untimed(&entries, is_small_part))
    };
    entries[..earlier]
        .iter()
        .map(|entry| entry.manager.clone())
        .collect()
}

/// Where the entry of an apply that changes the object goes.
pub(super) fn place_of_latest(
    entries: &[ManagedFieldsEntry],
    earlier: &[String],
    own: &ManagedFieldsEntry,
) -> usize {
    let as_late = |entry: &&&ManagedFieldsEntry| {
        let same_second = entry.time.is_none() || entry.time == own.time;
        same_second && entry.manager > own.manager && !earlier.contains(&entry.manager)
    };
    let applies = entries
        .iter()
        .take_while(|entry| entry.operation == Operation::Apply);
    let applies: Vec<&ManagedFieldsEntry> = applies.collect();
    applies.len() - applies.iter().rev().take_while(as_late).count()
}

/// Where the entry of a first apply that leaves the object as it is goes.
pub(super) fn place_without_time(entries: &[ManagedFieldsEntry], manager: &str) -> usize {
    let live: Vec<&ManagedFieldsEntry> = entries.iter().collect();
    live[..untimed(&live, owns_nothing_alone)].partition_point(|entry| entry.manager.as_str() < manager)
}

fn applies(entries: &[&ManagedFieldsEntry]) -> usize {
    entries
        .iter()
        .take_while(|entry| entry.operation == Operation::Apply)
        .count()
}

/// How many applies lead the others because they have no time: for certain, or by what the others own.
fn untimed(
    entries: &[&ManagedFieldsEntry],
    is_likely: fn(&ManagedFieldsEntry, &[&ManagedFieldsEntry]) -> bool,
) -> usize {
    let applies = applies(entries);
    if entries.iter().any(|entry| entry.time.is_some()) {
        return entries[..applies]
            .iter()
            .take_while(|entry| entry.time.is_none())
            .count();
    }
    let descents = (1..applies).find(|place| entries[place - 1].manager > entries[*place].manager);
    let likely = || {
        (0..applies)
            .take_while(|place| is_likely(entries[*place], &entries[place + 1..]))
            .count()
    };
    descents.unwrap_or_else(likely)
}

/// Whether later entries own all that this one does: it may have found everything as it wanted it.
fn owns_nothing_alone(entry: &ManagedFieldsEntry, later: &[&ManagedFieldsEntry]) -> bool {
    let later = later
        .iter()
        .fold(FieldSet::default(), |all, entry| all.union(&entry.fields));
    entry.fields.difference(&later).leaves().is_empty()
}

/// Whether it owns but a small part of what one later entry does: that one made the object.
fn is_small_part(entry: &ManagedFieldsEntry, later: &[&ManagedFieldsEntry]) -> bool {
    let made_it = |later: &&ManagedFieldsEntry| {
        entry.fields.difference(&later.fields).leaves().is_empty()
            && entry.fields.leaves().len() * 4 <= later.fields.leaves().len()
    };
    later.iter().any(made_it)
}

/// How many applies are known to be earlier than the last, by the order of names alone.
fn last_descent(applies: &[&ManagedFieldsEntry]) -> usize {
    let descends = |place: &usize| applies[place - 1].manager > applies[*place].manager;
    (1..applies.len()).rev().find(descends).unwrap_or(0)
}
