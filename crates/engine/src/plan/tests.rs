use std::collections::HashSet;

use manifest::{Object, Origin, ResourceKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Change, Plan, PruneInput, hold_back, plan_applies, plan_deletions};
use crate::{
    Application, Desired, InventoryId, SyncOptions,
    cluster::Discovery,
    inventory::{Inventory, ResourceRef},
    observe::{Live, Observed, Targets},
    order::{Graph, Occasion},
    render::Scopes,
};

/// An object and what is live of it.
#[derive(Clone, Debug)]
struct Draft {
    kind: &'static str,
    wave: i32,
    live: Option<&'static str>,
    generated: bool,
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let kind = prop_oneof![Just("ConfigMap"), Just("Secret"), Just("Namespace"), Just("Job")];
    let live = prop_oneof![Just(None), Just(Some("us")), Just(Some("them"))];
    let draft =
        (kind, -1..2_i32, live, prop::bool::weighted(0.1)).prop_map(|(kind, wave, live, generated)| Draft {
            kind,
            wave,
            live,
            generated,
        });
    proptest::collection::vec(draft, 1..20)
}

fn object(index: usize, draft: &Draft) -> Object {
    let version = if draft.kind == "Job" { "batch/v1" } else { "v1" };
    let mut metadata = json!({"annotations": {"argocd.argoproj.io/sync-wave": draft.wave.to_string()}});
    if draft.generated {
        metadata["generateName"] = Value::from(format!("g{index}-"));
    } else {
        metadata["name"] = Value::from(format!("n{index}"));
    }
    if draft.kind != "Namespace" {
        metadata["namespace"] = Value::from("shop");
    }
    let value = json!({"apiVersion": version, "kind": draft.kind, "metadata": metadata});
    Object::new(value, Origin::default()).expect("it is an object")
}

fn observed(drafts: &[Draft]) -> Observed {
    let mut observed = Observed::default();
    for (index, draft) in drafts.iter().enumerate() {
        let Some(owner) = draft.live.filter(|_| !draft.generated) else {
            continue;
        };
        let key = object(index, draft).key();
        let metadata = json!({"name": key.name, "uid": format!("u{index}"),
            "labels": {"applyset.kubernetes.io/part-of": owner}});
        let live = Live::metadata(json!({"metadata": metadata}), "manager", "us");
        observed.live.insert(key, live);
    }
    observed
}

fn plan(objects: Vec<Object>, observed: &Observed, inventory: &Inventory) -> String {
    let desired = Desired {
        objects,
        ..Desired::default()
    };
    let targets = Targets::with(
        &Discovery::default(),
        Scopes::of(&desired.objects),
        &desired,
        "us",
    );
    let options = SyncOptions::default();
    let keys: HashSet<&ResourceKey> = targets.keys().collect();
    let (mut deletions, stop) = plan_deletions(&PruneInput {
        application: &Application::new(InventoryId::new("shop", "web")),
        inventory,
        desired: &keys,
        is_incomplete: false,
        observed,
        options: &options,
    });
    hold_back(&mut deletions, &[]);
    let graph = Graph::apply(&targets.objects, Occasion::Install);
    let plan = Plan {
        applies: plan_applies(&targets, observed, &options, false),
        deletions,
        notices: stop.into_iter().collect(),
    };
    format!("{} {plan:?} {graph:?}", targets.digest)
}

proptest! {
    #[test]
    fn the_order_of_files_changes_nothing((drafts, order) in drafts().prop_flat_map(|drafts| {
        let indices: Vec<usize> = (0..drafts.len()).collect();
        (Just(drafts), Just(indices).prop_shuffle())
    }), removed in proptest::collection::vec(any::<bool>(), 20)) {
        let observed = observed(&drafts);
        let all: Vec<Object> = drafts.iter().enumerate().map(|(index, draft)| object(index, draft)).collect();
        let inventory: Inventory = all.iter().filter(|object| !object.name().is_empty()).map(ResourceRef::of).collect();
        let stays = |index: &usize| !removed[*index];
        let one: Vec<Object> = (0..all.len()).filter(stays).map(|index| all[index].clone()).collect();
        let other: Vec<Object> = order.iter().copied().filter(stays).map(|index| all[index].clone()).collect();
        prop_assert_eq!(plan(one, &observed, &inventory), plan(other, &observed, &inventory));
    }
}

#[test]
fn a_plan_names_each_object_once() {
    let drafts = [
        Draft {
            kind: "ConfigMap",
            wave: 0,
            live: None,
            generated: false,
        },
        Draft {
            kind: "ConfigMap",
            wave: 0,
            live: Some("them"),
            generated: false,
        },
    ];
    let objects: Vec<Object> = drafts
        .iter()
        .enumerate()
        .map(|(index, draft)| object(index, draft))
        .collect();
    let desired = Desired {
        objects,
        ..Desired::default()
    };
    let targets = Targets::with(
        &Discovery::default(),
        Scopes::of(&desired.objects),
        &desired,
        "us",
    );
    let applies = plan_applies(&targets, &observed(&drafts), &SyncOptions::default(), false);
    assert_eq!(applies.len(), 2);
    assert_eq!(applies[0].change, Change::Create);
    assert!(matches!(applies[1].change, Change::Skip(_)));
}
