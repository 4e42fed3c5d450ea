//! The entries of a live object, read as far as the apply needs them.
//!
//! Most applies repeat the last one: then the manager's own entry, mostly the largest, names just the fields of the
//! configuration. It is compared as it is written, and not read.

use serde_json::Value;

use super::server_fields::unowned;
use crate::field_set::FieldSet;
use crate::managed_fields::{EntryHead, InvalidManagedFields, ManagedFieldsEntry, entries_of};

/// The entries of a live object.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) list: Vec<ManagedFieldsEntry>,
    /// Whether the applying manager's own names just the fields that it applies now.
    pub(super) is_repeated: bool,
}

impl Entries {
    /// Reads all entries.
    pub(super) fn of(live: &Value) -> Result<Self, InvalidManagedFields> {
        Ok(Self {
            list: ManagedFieldsEntry::of(live)?,
            is_repeated: false,
        })
    }

    /// Reads the entries for an apply of these fields by a manager in a version. Where it repeats the last one, the
    /// fields are moved into its entry.
    pub(super) fn for_apply(
        live: &Value,
        manager: &str,
        api_version: &str,
        applied: &mut FieldSet,
    ) -> Result<Self, InvalidManagedFields> {
        let written = entries_of(live)?;
        let heads = written.iter().map(EntryHead::of);
        // of entries that nothing tells apart, the server reads the last
        let own = heads
            .enumerate()
            .filter_map(|(place, head)| Some((place, head?)))
            .rfind(|(_, head)| head.is_apply_of(manager));
        let own = own
            .filter(|(_, head)| head.api_version == api_version && is_repeated(head, applied))
            .map(|(place, _)| place);
        let read = |(place, entry)| {
            let known = (own == Some(place)).then(|| std::mem::take(applied));
            ManagedFieldsEntry::with_fields(entry, known)
        };
        Ok(Self {
            list: written.iter().enumerate().map(read).collect::<Result<_, _>>()?,
            is_repeated: own.is_some(),
        })
    }
}

/// Whether an entry names just these fields; what nobody ever owns is then taken from them.
fn is_repeated(entry: &EntryHead<'_>, applied: &mut FieldSet) -> bool {
    let stated = applied.intersection(unowned());
    applied.subtract(unowned());
    let is_same = entry
        .raw_fields()
        .is_some_and(|fields| applied.is_written_as(fields));
    if !is_same {
        stated.walk(|path| applied.insert(path));
    }
    is_same
}
