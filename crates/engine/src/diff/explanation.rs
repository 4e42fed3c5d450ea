use std::{collections::BTreeSet, fmt};

use serde_json::Value;
use structured_merge::{Action, FieldChange, ManagedFieldsEntry, Operation, Owner};

use crate::{change_set::FieldConflict, ownership::PART_OF};

/// What an apply does to one field, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Where, as the server prints it: `.spec.template.spec.containers[name="web"].image`.
    pub path: String,
    /// What happens to it.
    pub fate: Fate,
    /// Who owns it.
    pub before: Vec<FieldOwner>,
    /// Who will own it.
    pub after: Vec<FieldOwner>,
}

/// What happens to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The apply writes it; nobody else owned it.
    Set,
    /// It goes: it is no longer applied, and nobody else owns it.
    Removed,
    /// The apply writes it, and others who owned it lose it.
    TakenOver,
    /// The value stays, and is owned together with others from now on.
    Shared,
    /// The value stays, and is owned from now on.
    Adopted,
    /// It is no longer applied, and stays all the same.
    GivenUp,
    /// Nobody owns it: the server sets it.
    Defaulted,
    /// Another manager keeps it: it stays as it is, and is not applied.
    Kept,
}

/// A manager that owns a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldOwner {
    /// Its name.
    pub manager: String,
    /// Whether it applied the field; else it wrote it in another way.
    pub applied: bool,
    /// The subresource by which it was written; empty for the object itself.
    pub subresource: String,
}

impl Explanation {
    /// All that happens, in the order of the paths. What the server says of our own bookkeeping is left out.
    pub(crate) fn all(
        changes: Vec<FieldChange>,
        conflicts: &[FieldConflict],
        live: Option<&Value>,
    ) -> Vec<Self> {
        let ours = format!(".metadata.labels.{PART_OF}");
        let changes = changes.into_iter().map(Self::from);
        let mut all: Vec<Self> = changes.filter(|change| change.path != ours).collect();
        let kept = conflicts.iter().filter(|conflict| !conflict.taken);
        let kept: BTreeSet<&str> = kept.map(|conflict| conflict.field.as_str()).collect();
        let entries = live
            .map(ManagedFieldsEntry::of)
            .and_then(Result::ok)
            .unwrap_or_default();
        all.extend(kept.into_iter().map(|field| {
            let owners = owners(&entries, field);
            Self {
                path: field.to_owned(),
                fate: Fate::Kept,
                before: owners.clone(),
                after: owners,
            }
        }));
        // what is ours and kept by others at once is told once
        all.sort_by(|a, b| (&a.path, a.fate != Fate::Kept).cmp(&(&b.path, b.fate != Fate::Kept)));
        all.dedup_by(|next, kept| next.path == kept.path);
        all
    }
}

/// Who owns the field that the server prints so.
fn owners(entries: &[ManagedFieldsEntry], field: &str) -> Vec<FieldOwner> {
    let owning = entries
        .iter()
        .filter(|entry| entry.fields.paths().iter().any(|path| path.to_string() == field));
    let owners = owning.map(|entry| FieldOwner {
        manager: entry.manager.clone(),
        applied: entry.operation == Operation::Apply,
        subresource: entry.subresource.clone(),
    });
    owners.collect()
}

impl From<FieldChange> for Explanation {
    fn from(change: FieldChange) -> Self {
        let owners = |owners: Vec<Owner>| owners.into_iter().map(FieldOwner::from).collect();
        Self {
            path: change.path.to_string(),
            fate: change.action.into(),
            before: owners(change.before),
            after: owners(change.after),
        }
    }
}

impl From<Action> for Fate {
    fn from(action: Action) -> Self {
        match action {
            Action::Set => Self::Set,
            Action::Removed => Self::Removed,
            Action::TakenOver => Self::TakenOver,
            Action::Shared => Self::Shared,
            Action::Adopted => Self::Adopted,
            Action::GivenUp => Self::GivenUp,
            Action::Defaulted => Self::Defaulted,
        }
    }
}

impl From<Owner> for FieldOwner {
    fn from(owner: Owner) -> Self {
        Self {
            manager: owner.manager,
            applied: owner.operation == Operation::Apply,
            subresource: owner.subresource,
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set => "set",
            Self::Removed => "removed",
            Self::TakenOver => "taken over",
            Self::Shared => "shared",
            Self::Adopted => "adopted",
            Self::GivenUp => "given up",
            Self::Defaulted => "defaulted",
            Self::Kept => "kept",
        })
    }
}

impl fmt::Display for FieldOwner {
    /// `kubectl-edit`, or `kube-controller-manager (scale)` for what was written by a subresource.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.manager)?;
        if !self.subresource.is_empty() {
            write!(f, " ({})", self.subresource)?;
        }
        Ok(())
    }
}
