use std::collections::BTreeSet;

use serde_json::Value;
use structured_merge::{Conflict, Operation};

use super::field_path;
use crate::{SyncOptions, change_set::FieldConflict, cluster::Refusal, drift::DriftPolicy};

/// A field that another manager owns with another value, as the server or a prediction names it.
#[derive(Clone, Debug)]
pub(crate) struct Contested {
    field: String,
    manager: String,
    /// Whether it was written, not applied, and not by a subresource. One who applies a field means to own it; one
    /// who edits it has left drift behind.
    is_imperative: bool,
}

impl Contested {
    /// All fields of a refused apply.
    fn of(refusal: &Refusal) -> impl Iterator<Item = Self> {
        let causes = refusal
            .causes()
            .iter()
            .filter(|cause| cause.reason == "FieldManagerConflict");
        causes.map(|cause| Self {
            field: cause.field.clone(),
            manager: manager(&cause.message).to_owned(),
            is_imperative: is_imperative(&cause.message),
        })
    }
}

impl From<&Conflict> for Contested {
    fn from(conflict: &Conflict) -> Self {
        Self {
            field: conflict.field.to_string(),
            manager: conflict.manager.clone(),
            is_imperative: conflict.operation == Operation::Update && conflict.subresource.is_empty(),
        }
    }
}

/// The conflicts of a refused apply, and which of them the options resolve by force.
pub(super) fn conflicts(refusal: &Refusal, options: &SyncOptions) -> Vec<FieldConflict> {
    settle(Contested::of(refusal), options)
}

/// Decides whose each contested field will be.
pub(crate) fn settle(
    contested: impl IntoIterator<Item = Contested>,
    options: &SyncOptions,
) -> Vec<FieldConflict> {
    let mut conflicts: Vec<FieldConflict> = contested
        .into_iter()
        .map(|contested| {
            let is_drift = options.drift == DriftPolicy::Correct && contested.is_imperative;
            FieldConflict {
                taken: is_drift || options.takes_fields_of(&contested.manager),
                field: contested.field,
                manager: contested.manager,
            }
        })
        .collect();
    // of a field with several owners, one that is not taken keeps it
    let kept: BTreeSet<String> = kept_fields(&conflicts).map(str::to_owned).collect();
    for conflict in &mut conflicts {
        conflict.taken &= !kept.contains(&conflict.field);
    }
    conflicts.sort();
    conflicts.dedup();
    conflicts
}

/// Takes the fields that others keep out of an intent; `false` when it has no such field.
pub(crate) fn leave_theirs(intent: &mut Value, conflicts: &[FieldConflict]) -> bool {
    // a field with several owners is removed once, and one within another goes with it
    let kept: BTreeSet<&str> = kept_fields(conflicts).collect();
    let mut removed: Vec<&str> = Vec::new();
    kept.into_iter().all(|field| {
        let is_gone = removed.iter().any(|outer| is_within(field, outer));
        removed.push(field);
        is_gone || field_path::remove(intent, field)
    })
}

fn is_within(field: &str, outer: &str) -> bool {
    field
        .strip_prefix(outer)
        .is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn kept_fields(conflicts: &[FieldConflict]) -> impl Iterator<Item = &str> {
    let kept = conflicts.iter().filter(|conflict| !conflict.taken);
    kept.map(|conflict| conflict.field.as_str())
}

/// The server names the version of a write, and the subresource of a controller's.
fn is_imperative(message: &str) -> bool {
    message.contains("\" using ") && !message.contains("\" with subresource ")
}

/// `conflict with "kubectl" using v1 at 2024-…`: what stands in the quotes.
fn manager(message: &str) -> &str {
    let mut parts = message.split('"');
    parts.nth(1).unwrap_or("another manager")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_what_was_written_not_what_was_applied() {
        assert!(is_imperative(
            r#"conflict with "kubectl-edit" using v1 at 2026-01-01T00:00:00Z"#
        ));
        assert!(!is_imperative(r#"conflict with "other""#));
        assert!(!is_imperative(
            r#"conflict with "hpa" with subresource "scale" using apps/v1"#
        ));
    }

    #[test]
    fn a_field_is_only_taken_when_all_its_owners_may_lose_it() {
        let body = br#"{"message":"m","reason":"Conflict","details":{"causes":[
            {"reason":"FieldManagerConflict","message":"conflict with \"kubectl-edit\" using v1","field":".data.a"},
            {"reason":"FieldManagerConflict","message":"conflict with \"operator\" using v1","field":".data.a"},
            {"reason":"FieldManagerConflict","message":"conflict with \"kubectl-edit\" using v1","field":".data.b"}]}}"#;
        let options = SyncOptions {
            overwrite: vec!["kubectl*".into()],
            ..SyncOptions::default()
        };
        let conflicts = conflicts(&Refusal::read(409, body), &options);
        let taken: Vec<_> = conflicts
            .iter()
            .map(|c| (c.field.as_str(), c.manager.as_str(), c.taken))
            .collect();
        assert_eq!(
            taken,
            [
                (".data.a", "kubectl-edit", false),
                (".data.a", "operator", false),
                (".data.b", "kubectl-edit", true)
            ]
        );
    }
}
