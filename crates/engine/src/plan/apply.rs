use manifest::Object;

use super::{Change, PlannedChange, adoption::may_apply};
use crate::{
    SyncOptions,
    change_set::{Failure, FailureKind, SkipReason},
    drift::DriftPolicy,
    observe::{Comparison, Live, Observed, Target, Targets},
};

/// Annotations by which an object asks to be left alone, the value that says so, and whether only once it exists.
const HANDS_OFF: &[(&str, &str, bool)] = &[
    ("client.lifecycle.config.k8s.io/mutation", "ignore", true),
    ("kustomize.toolkit.fluxcd.io/reconcile", "disabled", false),
    ("kustomize.toolkit.fluxcd.io/ssa", "Ignore", false),
    ("kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent", true),
    ("kluctl.io/ignore", "true", false),
];

/// What is to be done with each desired object, in the order of the targets.
pub(crate) fn plan_applies(
    targets: &Targets,
    observed: &Observed,
    options: &SyncOptions,
    was_applied: bool,
) -> Vec<PlannedChange> {
    let planned = targets
        .items
        .iter()
        .zip(&targets.objects)
        .map(|(target, object)| PlannedChange {
            key: target.key.clone(),
            origin: target.origin.clone(),
            change: change(target, object, observed, options, was_applied),
        });
    planned.collect()
}

fn change(
    target: &Target,
    object: &Object,
    observed: &Observed,
    options: &SyncOptions,
    was_applied: bool,
) -> Change {
    if target.key.name.is_empty() {
        return Change::Refuse(Failure {
            message: format!(
                "failed to apply {}: it has neither a name nor a generateName",
                target.key
            ),
            kind: FailureKind::Invalid,
        });
    }
    let live = observed.live.get(&target.key);
    if let Some(annotation) = hands_off(object, live.is_some()) {
        return Change::Skip(SkipReason::Annotation(annotation));
    }
    match live {
        Some(live) => change_of(live, target, options, was_applied),
        None if let Some(reason) = observed.hidden.get(&target.key) => Change::Refuse(Failure {
            message: reason.clone(),
            kind: FailureKind::Forbidden,
        }),
        None if observed.unreadable.contains_key(&target.key.group_kind()) => Change::Check,
        None => Change::Create,
    }
}

fn change_of(live: &Live, target: &Target, options: &SyncOptions, was_applied: bool) -> Change {
    if let Err(owner) = may_apply(options.policy, &live.owner, &target.key, &options.claims) {
        return Change::Skip(SkipReason::NotOurs(owner));
    }
    match live.comparison {
        Comparison::Same if !live.needs_migration => Change::Keep,
        Comparison::Differs if options.drift == DriftPolicy::Warn && (was_applied || live.drifted) => {
            Change::Skip(SkipReason::DriftReported)
        }
        Comparison::Doubtful => Change::Check,
        Comparison::Same | Comparison::Differs | Comparison::NotCompared => Change::Update,
    }
}

fn hands_off(object: &Object, exists: bool) -> Option<String> {
    let asked = HANDS_OFF.iter().find(|(name, value, only_existing)| {
        (exists || !only_existing)
            && object
                .annotation(name)
                .is_some_and(|found| found.eq_ignore_ascii_case(value))
    });
    asked.map(|(name, value, _)| format!("{name}: {value}"))
}
