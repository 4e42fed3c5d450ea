use crate::{SyncOptions, change_set::FieldConflict, cluster::Refusal, drift::DriftPolicy};

/// The conflicts of a refused apply, and which of them the options resolve by force.
pub(super) fn conflicts(refusal: &Refusal, options: &SyncOptions) -> Vec<FieldConflict> {
    let causes = refusal
        .causes()
        .iter()
        .filter(|cause| cause.reason == "FieldManagerConflict");
    let mut conflicts: Vec<FieldConflict> = causes
        .map(|cause| {
            let manager = manager(&cause.message);
            let is_drift = options.drift == DriftPolicy::Correct && is_imperative(&cause.message);
            FieldConflict {
                field: cause.field.clone(),
                taken: is_drift || options.takes_fields_of(manager),
                manager: manager.to_owned(),
            }
        })
        .collect();
    // of a field with several owners, one that is not taken keeps it
    let kept: Vec<String> = conflicts
        .iter()
        .filter(|conflict| !conflict.taken)
        .map(|conflict| conflict.field.clone())
        .collect();
    for conflict in &mut conflicts {
        conflict.taken &= !kept.contains(&conflict.field);
    }
    conflicts.sort();
    conflicts.dedup();
    conflicts
}

/// Whether the field was written, not applied: the server names the version of a write, and the subresource of a
/// controller's. One who applies a field means to own it; one who edits it has left drift behind.
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
