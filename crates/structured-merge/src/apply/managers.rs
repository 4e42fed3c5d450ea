//! The managers of an object while an apply changes what they own.

use super::entries::Entries;
use super::order::{earlier_managers, place_of_latest, place_without_time};
use super::outcome::Doubt;
use super::server_fields::unowned;
use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};
use crate::schema::{ObjectSchema, VersionRelation};
use crate::typed::reconcile;

/// The managers of an object. The entry of the applying one is kept apart.
pub(super) struct Managers {
    pub(super) others: Vec<ManagedFieldsEntry>,
    pub(super) last: Option<Last>,
    /// Who applied earlier than the last, for the order of entries.
    earlier: Vec<String>,
}

/// What the manager applied last time.
pub(super) struct Last {
    /// Where its entry stood among the others.
    place: usize,
    pub(super) entry: ManagedFieldsEntry,
    /// Whether it applies just the same fields again, which its entry then holds.
    pub(super) is_repeated: bool,
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
    pub(super) fn new(entries: Entries, manager: &str, schema: &ObjectSchema) -> Result<Self, Doubt> {
        let Entries { list, is_repeated } = entries;
        let mut managers = Self {
            others: Vec::with_capacity(list.len() + 1),
            last: None,
            earlier: earlier_managers(&list),
        };
        let has_later = |(place, entry)| list[place + 1..].iter().any(|later| is_same(later, entry));
        let replaced: Vec<bool> = list.iter().enumerate().map(has_later).collect();
        for (mut entry, is_replaced) in list.into_iter().zip(replaced) {
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
            let is_own = is_of_apply(&entry, manager);
            let is_repeated = is_own && is_repeated;
            if !is_repeated && let Some(fields) = reconcile(&schema.types, schema.root, &entry.fields) {
                entry.fields = fields;
            }
            if is_own {
                managers.last = Some(Last {
                    place: managers.others.len(),
                    entry,
                    is_repeated,
                });
            } else {
                managers.others.push(entry);
            }
        }
        Ok(managers)
    }

    /// The fields that the manager owns by this apply, and whether it owned others before.
    pub(super) fn own_fields(&mut self, mut applied: FieldSet) -> (FieldSet, bool) {
        match &mut self.last {
            Some(last) if last.is_repeated => (std::mem::take(&mut last.entry.fields), false),
            last => {
                applied.subtract(unowned());
                let before = last.as_ref().map(|last| &last.entry.fields);
                let differs = before != Some(&applied);
                (applied, differs)
            }
        }
    }

    /// Takes fields from the other managers; who owns nothing any more is gone.
    pub(super) fn give_up(&mut self, fields: &FieldSet) {
        if fields.is_empty() {
            return;
        }
        let mut gone_before_last = 0;
        let last_place = self.last.as_ref().map_or(0, |last| last.place);
        let mut place = 0;
        self.others.retain_mut(|entry| {
            entry.fields = entry.fields.difference(fields);
            let kept = !entry.fields.is_empty();
            gone_before_last += usize::from(!kept && place < last_place);
            place += 1;
            kept
        });
        if let Some(last) = &mut self.last {
            last.place -= gone_before_last;
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
        } else if let Some(last) = last {
            own.time = last.entry.time;
            last.place
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
