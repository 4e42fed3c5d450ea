use std::collections::{BTreeMap, HashSet};

use manifest::ResourceKey;
use serde_json::{Value, json};

use super::*;
use crate::{Confirmation, PruneOptions};

/// A set of ten ConfigMaps of which the given ones are no longer desired.
struct Case {
    options: PruneOptions,
    desired: Vec<ResourceKey>,
    is_incomplete: bool,
    applied: Vec<&'static str>,
    foreign_content: BTreeMap<String, String>,
    size: usize,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            options: PruneOptions::default(),
            desired: vec![key("stays")],
            is_incomplete: false,
            applied: Vec::new(),
            foreign_content: BTreeMap::new(),
            size: 10,
        }
    }
}

impl Case {
    fn decide(&self, candidates: &[Candidate<'_>]) -> Verdict {
        let desired = self.desired.iter().collect();
        let applied_uids = self.applied.iter().copied().collect();
        let foreign_content = self.foreign_content.clone();
        decide(
            candidates,
            &Situation {
                inventory_size: self.size,
                desired: &desired,
                is_incomplete: self.is_incomplete,
                applied_uids: &applied_uids,
                foreign_content: &foreign_content,
                options: &self.options,
            },
        )
    }

    /// The decision about one object of ours with these annotations.
    fn one(&self, key: &ResourceKey, annotations: impl Into<Value>) -> Decision {
        let annotations: Value = annotations.into();
        let object = json!({"metadata": {"uid": "u1", "annotations": annotations}});
        let verdict = self.decide(&[ours(key, &object)]);
        verdict.decisions[0].1.clone()
    }
}

fn key(name: &str) -> ResourceKey {
    ResourceKey::new("", "ConfigMap", "shop", name)
}

fn ours<'a>(key: &'a ResourceKey, object: &'a Value) -> Candidate<'a> {
    Candidate {
        key,
        live: Live::Present {
            object,
            holder: Holder::Us,
        },
        recorded_uid: None,
        wanted_by: None,
    }
}

fn prune() -> Decision {
    Decision::Prune { uid: "u1".to_owned() }
}

#[test]
fn an_object_of_ours_goes_with_its_uid() {
    assert_eq!(Case::default().one(&key("a"), json!({})), prune());
}

#[test]
fn what_is_not_surely_ours_stays() {
    let (name, object) = (key("a"), json!({"metadata": {"uid": "u1"}}));
    let decide = |case: Case, candidate: Candidate<'_>| case.decide(&[candidate]).decisions[0].1.clone();
    let held = |holder| Candidate {
        live: Live::Present {
            object: &object,
            holder,
        },
        ..ours(&name, &object)
    };
    let keep = Decision::Keep;
    let cases = [
        (
            Candidate {
                live: Live::Absent,
                ..ours(&name, &object)
            },
            Decision::Gone,
        ),
        (
            Candidate {
                live: Live::Unreadable("forbidden"),
                ..ours(&name, &object)
            },
            keep(Keep::Unreadable("forbidden".into())),
        ),
        (held(Holder::Nobody), keep(Keep::Foreign(String::new()))),
        (
            held(Holder::Other("Flux".into())),
            keep(Keep::Foreign("Flux".into())),
        ),
        (
            Candidate {
                recorded_uid: Some("u0"),
                ..ours(&name, &object)
            },
            keep(Keep::Replaced),
        ),
        (
            Candidate {
                recorded_uid: Some("u1"),
                ..ours(&name, &object)
            },
            prune(),
        ),
        (
            Candidate {
                wanted_by: Some("a/b".into()),
                ..ours(&name, &object)
            },
            keep(Keep::HandedOver("a/b".into())),
        ),
    ];
    for (candidate, expected) in cases {
        assert_eq!(decide(Case::default(), candidate), expected);
    }
    let applied = Case {
        applied: vec!["u1"],
        ..Case::default()
    };
    assert_eq!(decide(applied, ours(&name, &object)), keep(Keep::SameAsApplied));
    let without_uid = json!({"metadata": {}});
    assert!(matches!(
        decide(Case::default(), ours(&name, &without_uid)),
        Decision::Keep(Keep::Unreadable(_))
    ));
}

#[test]
fn every_dialect_can_keep_an_object() {
    for (annotation, value) in [
        ("glops.dev/prune", "disabled"),
        ("kustomize.toolkit.fluxcd.io/prune", "Disabled"),
        ("client.lifecycle.config.k8s.io/deletion", "detach"),
        ("cli-utils.sigs.k8s.io/on-remove", "keep"),
        ("kapp.k14s.io/delete-strategy", "orphan"),
        ("kapp.k14s.io/noop", ""),
        ("kluctl.io/skip-delete", "true"),
        ("helm.sh/resource-policy", "keep"),
        (
            "argocd.argoproj.io/sync-options",
            "ServerSideApply=true, Prune=false",
        ),
        ("argocd.argoproj.io/sync-options", "Delete=false"),
    ] {
        let decision = Case::default().one(&key("a"), json!({annotation: value}));
        assert!(
            matches!(&decision, Decision::Keep(Keep::OptedOut(found)) if found.annotation == annotation),
            "{annotation}"
        );
    }
    for (annotation, value) in [
        ("kustomize.toolkit.fluxcd.io/prune", "enabled"),
        ("kluctl.io/skip-delete", "false"),
        ("argocd.argoproj.io/sync-options", "Prune=true"),
    ] {
        assert_eq!(
            Case::default().one(&key("a"), json!({annotation: value})),
            prune(),
            "{annotation}"
        );
    }
}

#[test]
fn argo_cd_can_ask_for_a_confirmation() {
    let asks = json!({"argocd.argoproj.io/sync-options": "Prune=confirm"});
    let decision = Case::default().one(&key("a"), asks.clone());
    assert!(matches!(
        decision,
        Decision::NeedsConfirmation(Confirm::Annotation(_))
    ));
    let approved = json!({"argocd.argoproj.io/sync-options": "Prune=confirm",
        "argocd.argoproj.io/deletion-approved": "2026-01-01T00:00:00Z"});
    assert_eq!(Case::default().one(&key("a"), approved), prune());
    let options = PruneOptions {
        confirmed: Confirmation::All,
        ..PruneOptions::default()
    };
    assert_eq!(
        Case {
            options,
            ..Case::default()
        }
        .one(&key("a"), asks),
        prune()
    );
}

#[test]
fn protected_kinds_wait_for_a_confirmation() {
    for (group, kind) in [
        ("", "Namespace"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("", "PersistentVolume"),
        ("", "PersistentVolumeClaim"),
        ("apps", "StatefulSet"),
    ] {
        let key = ResourceKey::new(group, kind, "", "a");
        let case = Case::default();
        assert_eq!(
            case.one(&key, json!({})),
            Decision::NeedsConfirmation(Confirm::ProtectedKind),
            "{kind}"
        );
        let options = PruneOptions {
            confirmed: Confirmation::Objects(vec![key.clone()]),
            ..PruneOptions::default()
        };
        assert_eq!(
            Case {
                options,
                ..Case::default()
            }
            .one(&key, json!({})),
            prune(),
            "{kind}"
        );
    }
}

#[test]
fn a_namespace_in_use_stays_even_when_confirmed() {
    let namespace = ResourceKey::new("", "Namespace", "", "shop");
    let object = json!({"metadata": {"uid": "u1"}});
    let options = PruneOptions {
        confirmed: Confirmation::All,
        ..PruneOptions::default()
    };
    let in_use = |holder: &str| Decision::Keep(Keep::InUse(holder.to_owned()));
    let case = Case {
        options: options.clone(),
        ..Case::default()
    };
    assert_eq!(case.one(&namespace, json!({})), in_use("ConfigMap/stays"));
    let elsewhere = vec![ResourceKey::new("", "ConfigMap", "other", "b")];
    let case = Case {
        options: options.clone(),
        desired: elsewhere.clone(),
        ..Case::default()
    };
    assert_eq!(case.one(&namespace, json!({})), prune());
    let foreign = BTreeMap::from([("shop".to_owned(), "Pod/debug".to_owned())]);
    let case = Case {
        options: options.clone(),
        desired: elsewhere.clone(),
        foreign_content: foreign,
        ..Case::default()
    };
    assert_eq!(case.one(&namespace, json!({})), in_use("Pod/debug"));
    let case = Case {
        options,
        desired: elsewhere,
        ..Case::default()
    };
    let kept = key("kept");
    let opted_out = json!({"metadata": {"uid": "u2", "annotations": {"glops.dev/prune": "disabled"}}});
    let verdict = case.decide(&[ours(&namespace, &object), ours(&kept, &opted_out)]);
    assert_eq!(
        verdict.decisions[1],
        (namespace.clone(), in_use("ConfigMap/kept"))
    );
}

#[test]
fn too_much_at_once_stops_everything() {
    let keys: Vec<_> = (0..20).map(|n| key(&format!("n{n}"))).collect();
    let object = json!({"metadata": {"uid": "u1"}});
    let candidates: Vec<_> = keys.iter().map(|key| ours(key, &object)).collect();
    let stop = |case: Case, count: usize| {
        let verdict = case.decide(&candidates[..count]);
        let pruned = verdict
            .decisions
            .iter()
            .filter(|(_, decision)| *decision == prune())
            .count();
        assert_eq!(pruned, if verdict.stop.is_some() { 0 } else { count });
        verdict.stop
    };
    let sized = |size| Case {
        size,
        ..Case::default()
    };
    assert_eq!(stop(sized(30), 15), None);
    let over = Stop::OverThreshold {
        deletions: 16,
        of: 30,
        allowed: 15,
    };
    assert_eq!(stop(sized(30), 16), Some(over));
    assert_eq!(stop(sized(11), 10), None, "few deletions are always allowed");
    assert_eq!(
        stop(
            Case {
                is_incomplete: true,
                ..sized(30)
            },
            1
        ),
        Some(Stop::IncompleteRender)
    );
    let empty = || Case {
        desired: Vec::new(),
        ..sized(1)
    };
    assert_eq!(stop(empty(), 1), Some(Stop::EmptyRender { deletions: 1 }));
    let options = PruneOptions {
        allow_empty: true,
        ..PruneOptions::default()
    };
    assert_eq!(
        stop(
            Case {
                options,
                desired: Vec::new(),
                ..sized(20)
            },
            20
        ),
        None
    );
    let options = PruneOptions {
        confirmed: Confirmation::All,
        ..PruneOptions::default()
    };
    assert_eq!(
        stop(
            Case {
                options,
                desired: Vec::new(),
                ..sized(20)
            },
            20
        ),
        None
    );
    let options = PruneOptions {
        confirmed: Confirmation::Objects(keys[..6].to_vec()),
        ..PruneOptions::default()
    };
    assert_eq!(
        stop(Case { options, ..sized(20) }, 16),
        None,
        "what was confirmed by name does not count"
    );
}

#[test]
fn pruning_can_be_switched_off() {
    let options = PruneOptions {
        enabled: false,
        ..PruneOptions::default()
    };
    let case = Case {
        options,
        ..Case::default()
    };
    assert_eq!(
        case.one(&key("a"), json!({})),
        Decision::Keep(Keep::PruneDisabled)
    );
}

#[test]
fn the_order_of_candidates_does_not_matter() {
    let keys: Vec<_> = (0..5).map(|n| key(&format!("n{n}"))).collect();
    let object = json!({"metadata": {"uid": "u1"}});
    let mut candidates: Vec<_> = keys.iter().map(|key| ours(key, &object)).collect();
    let one = Case::default().decide(&candidates);
    candidates.reverse();
    assert_eq!(Case::default().decide(&candidates), one);
    let unique: HashSet<_> = one.decisions.iter().map(|(key, _)| key).collect();
    assert_eq!(unique.len(), 5);
}
