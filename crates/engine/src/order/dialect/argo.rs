//! Argo CD: hooks and sync waves.

use std::collections::BTreeSet;

use super::{Expected, items};
use crate::order::Phase;

pub(in crate::order) const HOOK: &str = "argocd.argoproj.io/hook";
pub(in crate::order) const HOOK_DELETE_POLICY: &str = "argocd.argoproj.io/hook-delete-policy";
pub(in crate::order) const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

/// The phases of a hook; empty for `Skip`, which is never applied.
pub(in crate::order) fn phases(value: &str) -> Result<BTreeSet<Phase>, Expected> {
    let mut phases = BTreeSet::new();
    for item in items(value) {
        phases.insert(match item {
            "PreSync" => Phase::PreSync,
            "Sync" => Phase::Sync,
            "PostSync" => Phase::PostSync,
            "SyncFail" => Phase::SyncFail,
            "PreDelete" => Phase::PreDelete,
            "PostDelete" => Phase::PostDelete,
            "Skip" => continue,
            _ => {
                let expected = "PreSync, Sync, PostSync, SyncFail, PreDelete, PostDelete or Skip";
                return Err(Expected(expected));
            }
        });
    }
    Ok(phases)
}
