use std::fmt;

use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};
use crate::path::{Path, Scalar};

/// A field that would be changed although another manager owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Name of the other manager.
    pub manager: String,
    /// How it came to own the field.
    pub operation: Operation,
    /// Version in which it owns the field.
    pub api_version: String,
    /// Subresource by which it was written; empty for the object itself.
    pub subresource: String,
    /// The field.
    pub field: Path,
}

/// All conflicts of an apply, sorted by manager and field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflicts(pub Vec<Conflict>);

impl Conflict {
    /// The cause that the server reports: `conflict with "helm" using v1`.
    pub fn message(&self) -> String {
        format!("conflict with {}", self.owner())
    }

    fn owner(&self) -> String {
        let mut text = Scalar::String(self.manager.as_str().into()).to_string();
        if !self.subresource.is_empty() {
            let subresource = Scalar::String(self.subresource.as_str().into());
            text = format!("{text} with subresource {subresource}");
        }
        if self.operation == Operation::Update {
            text = format!("{text} using {}", self.api_version);
        }
        text
    }
}

impl Conflicts {
    pub(super) fn of<'a>(sets: impl IntoIterator<Item = (&'a ManagedFieldsEntry, FieldSet)>) -> Self {
        let mut conflicts = Vec::new();
        for (entry, set) in sets {
            conflicts.extend(set.paths().into_iter().map(|field| Conflict {
                manager: entry.manager.clone(),
                operation: entry.operation,
                api_version: entry.api_version.clone(),
                subresource: entry.subresource.clone(),
                field,
            }));
        }
        conflicts.sort_by(|a, b| (a.owner(), &a.field).cmp(&(b.owner(), &b.field)));
        Self(conflicts)
    }

    /// All fields in conflict.
    pub fn fields(&self) -> FieldSet {
        self.0.iter().map(|conflict| &conflict.field.0).collect()
    }
}

impl fmt::Display for Conflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.0.as_slice() {
            return write!(
                f,
                "Apply failed with 1 conflict: {}: {}",
                only.message(),
                only.field
            );
        }
        write!(f, "Apply failed with {} conflicts:", self.0.len())?;
        let mut last_owner = None;
        for conflict in &self.0 {
            let owner = conflict.owner();
            if last_owner.as_ref() != Some(&owner) {
                let separator = if last_owner.is_none() { ' ' } else { '\n' };
                write!(f, "{separator}conflicts with {owner}:")?;
                last_owner = Some(owner);
            }
            write!(f, "\n- {}", conflict.field)?;
        }
        Ok(())
    }
}
