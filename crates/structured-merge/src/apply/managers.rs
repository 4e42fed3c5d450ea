//! The managers of an object while an apply changes what they own.

use super::order::{earlier_managers, place_of_latest, place_without_time};
use super::outcome::Doubt;
use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};
use crate::schema::{ObjectSchema, VersionRelation};
use crate::typed::reconcile;

/// The entries of an object. That of the applying manager is kept apart.
pub(super) struct Managers {
    pub(super) others: Vec<ManagedFieldsEntry>,
    /// What the manager applied last time, and at which place its entry stood.
    pub(super) last: Option<(usize, ManagedFieldsEntry)>,
    /// Who applied earlier than the last, for the order of entries.
    earlier: Vec<String>,
}

impl Managers {
    /// Those of an object that does not exist yet.
    pub(super) fn none() -> Self {
        Self {
            others: Vec::new(),
            last: None,
            earlier: Vec::new(),
        }
    }

    /// Drops entries of versions that are gone, and brings field sets to the schema of today.
    pub(super) fn new(
        entries: Vec<ManagedFieldsEntry>,
        manager: &str,
        schema: &ObjectSchema,
    ) -> Result<Self, Doubt> {
        let mut managers = Self {
            others: Vec::with_capacity(entries.len() + 1),
            last: None,
            earlier: earlier_managers(&entries),
        };
        let has_later = |(place, entry)| entries[place + 1..].iter().any(|later| is_same(later, entry));
        let replaced: Vec<bool> = entries.iter().enumerate().map(has_later).collect();
        for (mut entry, is_replaced) in entries.into_iter().zip(replaced) {
            // of entries that nothing tells apart, the server reads the last
            if is_replaced {
                continue;
            }
            match schema.relation_to(&entry.api_version) {
                VersionRelation::Gone => continue,
                VersionRelation::OtherFields | VersionRelation::Unknown => {
                    return Err(Doubt::OtherVersion(entry.api_version));
                }
                VersionRelation::SameFields => {}
            }
            if let Some(fields) = reconcile(&schema.types, schema.root, &entry.fields) {
                entry.fields = fields;
            }
            if is_of_apply(&entry, manager) {
                managers.last = Some((managers.others.len(), entry));
            } else {
                managers.others.push(entry);
            }
        }
        Ok(managers)
    }

    /// Takes fields from the other managers; who owns nothing any more is gone.
    pub(super) fn give_up(&mut self, fields: &FieldSet) {
        if fields.is_empty() {
            return;
        }
        let mut gone_before_last = 0;
        let last_place = self.last.as_ref().map_or(0, |(place, _)| *place);
        let mut place = 0;
        self.others.retain_mut(|entry| {
            entry.fields = entry.fields.difference(fields);
            let kept = !entry.fields.is_empty();
            gone_before_last += usize::from(!kept && place < last_place);
            place += 1;
            kept
        });
        if let Some((place, _)) = &mut self.last {
            *place -= gone_before_last;
        }
    }

    /// All entries in the server's order, with that of this apply at its place.
    pub(super) fn into_entries(
        self,
        own: Option<ManagedFieldsEntry>,
        changes_object: bool,
    ) -> Vec<ManagedFieldsEntry> {
        let Some(mut own) = own else {
            return self.others;
        };
        let (mut entries, last) = (self.others, self.last);
        let place = if changes_object {
            place_of_latest(&entries, &self.earlier, &own)
        } else if let Some((place, last)) = last {
            own.time = last.time;
            place
        } else {
            own.time = None;
            place_without_time(&entries, &own.manager)
        };
        entries.insert(place, own);
        entries
    }
}

fn is_of_apply(entry: &ManagedFieldsEntry, manager: &str) -> bool {
    entry.operation == Operation::Apply && entry.subresource.is_empty() && entry.manager == manager
}

fn is_same(a: &ManagedFieldsEntry, b: &ManagedFieldsEntry) -> bool {
    (&a.manager, a.operation, &a.subresource) == (&b.manager, b.operation, &b.subresource)
        && (a.operation == Operation::Apply || a.api_version == b.api_version)
}
