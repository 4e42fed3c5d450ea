//! Helm: hooks, and the delete policies that the other tools took over from it.

use std::collections::BTreeSet;

use super::{Expected, items};
use crate::order::{DeletePolicy, Occasion, Phase};

pub(in crate::order) const HOOK: &str = "helm.sh/hook";
pub(in crate::order) const HOOK_DELETE_POLICY: &str = "helm.sh/hook-delete-policy";
pub(in crate::order) const HOOK_WEIGHT: &str = "helm.sh/hook-weight";

/// The phases of a hook on this occasion; none for a definition that Helm 2 installed by a hook, which is
/// an ordinary object.
pub(in crate::order) fn phases(value: &str, occasion: Occasion) -> Result<Option<BTreeSet<Phase>>, Expected> {
    if value.trim() == "crd-install" {
        return Ok(None);
    }
    let mut phases = BTreeSet::new();
    for item in items(value) {
        phases.extend(match (item, occasion) {
            ("pre-install", Occasion::Install) | ("pre-upgrade", Occasion::Upgrade) => Some(Phase::PreSync),
            ("post-install", Occasion::Install) | ("post-upgrade", Occasion::Upgrade) => {
                Some(Phase::PostSync)
            }
            ("pre-delete", _) => Some(Phase::PreDelete),
            ("post-delete", _) => Some(Phase::PostDelete),
            ("pre-install" | "pre-upgrade" | "post-install" | "post-upgrade", _) => None,
            // run by commands of their own
            (
                "pre-rollback" | "post-rollback" | "test" | "test-success" | "test-failure" | "crd-install",
                _,
            ) => None,
            _ => return Err(Expected("the name of a Helm hook")),
        });
    }
    Ok(Some(phases))
}

/// The policies of any dialect: Argo CD writes `HookSucceeded` where Helm and kluctl write `hook-succeeded`.
pub(in crate::order) fn delete_policies(value: &str) -> Result<Vec<DeletePolicy>, Expected> {
    items(value)
        .map(|item| match item {
            "before-hook-creation" | "BeforeHookCreation" => Ok(DeletePolicy::BeforeHookCreation),
            "hook-succeeded" | "HookSucceeded" => Ok(DeletePolicy::HookSucceeded),
            "hook-failed" | "HookFailed" => Ok(DeletePolicy::HookFailed),
            _ => Err(Expected("before-hook-creation, hook-succeeded or hook-failed")),
        })
        .collect()
}
