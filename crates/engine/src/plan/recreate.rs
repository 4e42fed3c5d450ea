use manifest::{Object, ResourceKey};

use crate::{SyncOptions, guard::is_protected, options::Recreate};

/// Annotations by which an object agrees to be deleted and created again, and the values that say so.
const CONSENT: &[(&str, &[&str])] = &[
    ("glops.dev/recreate", &["when-immutable"]),
    ("kustomize.toolkit.fluxcd.io/force", &["enabled"]),
    (
        "kapp.k14s.io/update-strategy",
        &["fallback-on-replace", "always-replace"],
    ),
];
const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";

/// Whether an object may be deleted and created again when a field of it cannot be changed: the options or its own
/// annotation allow it, and it holds nothing that goes with it, or that was said yes to.
pub(crate) fn may_recreate(object: &Object, key: &ResourceKey, options: &SyncOptions) -> bool {
    (options.recreate == Recreate::WhenImmutable || consents(object))
        && (!is_protected(key) || options.prune.confirmed.covers(key))
}

fn consents(object: &Object) -> bool {
    let says_so = CONSENT.iter().any(|(name, values)| {
        object.annotation(name).is_some_and(|found| {
            values
                .iter()
                .any(|value| found.trim().eq_ignore_ascii_case(value))
        })
    });
    says_so
        || object
            .annotation(SYNC_OPTIONS)
            .is_some_and(|options| options.split(',').any(|option| option.trim() == "Force=true"))
}

#[cfg(test)]
mod tests {
    use manifest::Origin;
    use serde_json::json;

    use super::*;
    use crate::Confirmation;

    fn object(kind: &str, annotation: (&str, &str)) -> Object {
        let value = json!({"apiVersion": "apps/v1", "kind": kind,
            "metadata": {"name": "a", "namespace": "shop", "annotations": {annotation.0: annotation.1}}});
        Object::new(value, Origin::default()).unwrap()
    }

    #[test]
    fn each_dialect_can_consent() {
        let options = SyncOptions::default();
        for (name, value, expected) in [
            ("glops.dev/recreate", "when-immutable", true),
            ("kustomize.toolkit.fluxcd.io/force", "Enabled", true),
            ("kustomize.toolkit.fluxcd.io/force", "disabled", false),
            ("kapp.k14s.io/update-strategy", "fallback-on-replace", true),
            ("kapp.k14s.io/update-strategy", "skip", false),
            (SYNC_OPTIONS, "Replace=true, Force=true", true),
            (SYNC_OPTIONS, "Replace=true", false),
        ] {
            let object = object("Deployment", (name, value));
            assert_eq!(
                may_recreate(&object, &object.key(), &options),
                expected,
                "{name}: {value}"
            );
        }
    }

    #[test]
    fn what_holds_data_needs_a_yes_as_well() {
        let object = object("StatefulSet", ("glops.dev/recreate", "when-immutable"));
        let key = object.key();
        let mut options = SyncOptions::default();
        assert!(!may_recreate(&object, &key, &options));
        options.prune.confirmed = Confirmation::Objects(vec![key.clone()]);
        assert!(may_recreate(&object, &key, &options));
    }
}
