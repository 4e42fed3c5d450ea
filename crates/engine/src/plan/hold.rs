use manifest::ResourceKey;

use super::{Change, PlannedChange};
use crate::change_set::SkipReason;

/// A desired object that could not be applied.
#[derive(Debug)]
pub(crate) struct Unapplied {
    pub(crate) key: ResourceKey,
    /// Whether an older state of it is live.
    pub(crate) exists: bool,
    /// What that older state names in its spec.
    pub(crate) uses: Vec<ResourceKey>,
}

/// Holds deletions back that would take away what a failed apply has left in use: what the new object was to
/// replace, and what an object that could not be changed still names.
pub(crate) fn hold_back(deletions: &mut [PlannedChange], unapplied: &[Unapplied]) {
    for deletion in deletions
        .iter_mut()
        .filter(|planned| planned.change == Change::Delete)
    {
        if let Some(because) = unapplied.iter().find(|failed| needs(failed, &deletion.key)) {
            deletion.change = Change::Skip(SkipReason::NeededBy(because.key.clone()));
        }
    }
}

/// A new object may replace any of its kind in its namespace, or one of its name of another kind.
fn needs(failed: &Unapplied, key: &ResourceKey) -> bool {
    if failed.exists {
        return failed.uses.contains(key);
    }
    let is_of_its_kind = failed.key.group_kind() == key.group_kind();
    failed.key.namespace == key.namespace && (is_of_its_kind || failed.key.name == key.name)
}

#[cfg(test)]
mod tests {
    use manifest::Origin;

    use super::*;

    fn key(kind: &str, name: &str) -> ResourceKey {
        ResourceKey::new("", kind, "shop", name)
    }

    fn held(failed: Unapplied, deleted: ResourceKey) -> bool {
        let mut deletions = [PlannedChange {
            key: deleted,
            origin: Origin::default(),
            change: Change::Delete,
        }];
        hold_back(&mut deletions, &[failed]);
        deletions[0].change != Change::Delete
    }

    #[test]
    fn what_was_to_be_replaced_stays() {
        let failed = || Unapplied {
            key: key("ConfigMap", "settings-new"),
            exists: false,
            uses: Vec::new(),
        };
        assert!(held(failed(), key("ConfigMap", "settings-old")));
        assert!(held(failed(), key("Secret", "settings-new")));
        assert!(!held(failed(), key("Secret", "other")));
        let elsewhere = ResourceKey::new("", "ConfigMap", "other", "settings-old");
        assert!(!held(failed(), elsewhere));
    }

    #[test]
    fn what_an_unchanged_object_still_names_stays() {
        let failed = || Unapplied {
            key: key("Pod", "web"),
            exists: true,
            uses: vec![key("ConfigMap", "settings-old")],
        };
        assert!(held(failed(), key("ConfigMap", "settings-old")));
        assert!(!held(failed(), key("ConfigMap", "other")));
        assert!(!held(failed(), key("Pod", "old")));
    }
}
