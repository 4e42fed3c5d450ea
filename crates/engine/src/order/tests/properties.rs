use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Sets of objects with all kinds of statements about order, contradictory ones included.
fn set() -> impl Strategy<Value = Vec<Value>> {
    let annotation = prop_oneof![
        3 => Just(None),
        1 => (-1..2_i32).prop_map(|wave| Some(("argocd.argoproj.io/sync-wave", wave.to_string()))),
        1 => prop_oneof![Just("PreSync"), Just("PostSync"), Just("PreSync,Sync")]
            .prop_map(|hook| Some(("argocd.argoproj.io/hook", hook.to_owned()))),
        1 => (0..12_u8).prop_map(|n| Some(("config.kubernetes.io/depends-on", format!("/ConfigMap/{n}")))),
        1 => (0..2_u8).prop_map(|n| Some(("kapp.k14s.io/change-group", format!("g{n}")))),
        1 => (0..2_u8).prop_map(|n| Some(("kapp.k14s.io/change-rule", format!("upsert after upserting g{n}")))),
    ];
    let kind = prop_oneof![
        4 => Just("ConfigMap"),
        1 => Just("Namespace"),
        1 => Just("Pod"),
        1 => Just("ValidatingWebhookConfiguration"),
    ];
    proptest::collection::vec((kind, annotation, 0..12_usize), 1..14).prop_map(|drafts| {
        let objects = drafts
            .into_iter()
            .enumerate()
            .map(|(index, (kind, annotation, other))| {
                let version = if kind.starts_with("Validating") {
                    "admissionregistration.k8s.io/v1"
                } else {
                    "v1"
                };
                let mut object =
                    json!({"apiVersion": version, "kind": kind, "metadata": {"name": index.to_string()}});
                if let Some((name, value)) = annotation {
                    object["metadata"]["annotations"] = json!({name: value});
                }
                if kind == "Pod" {
                    let source = json!([{"configMapRef": {"name": other.to_string()}}]);
                    object["spec"] = json!({"containers": [{"name": "a", "envFrom": source}]});
                }
                object
            });
        objects.collect()
    })
}

fn parsed(values: &[Value]) -> Vec<Object> {
    values
        .iter()
        .map(|value| Object::new(value.clone(), manifest::Origin::default()).unwrap())
        .collect()
}

fn described(graph: &Graph) -> (Vec<String>, Vec<String>) {
    let mut queue = Queue::new(graph);
    let mut order: Vec<_> = queue
        .take_skipped()
        .iter()
        .map(|skip| format!("skip {}", name(graph, skip.node)))
        .collect();
    while let Some(id) = queue.pop() {
        order.push(name(graph, id));
        queue.ready(id);
    }
    assert_eq!(queue.waiting(), 0);
    (order, graph.problems().iter().map(ToString::to_string).collect())
}

proptest! {
    #[test]
    fn every_permutation_gives_the_same_plan(
        (values, shuffled) in set().prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
    ) {
        let one = Graph::apply(&parsed(&values), Occasion::Install);
        let other = Graph::apply(&parsed(&shuffled), Occasion::Install);
        prop_assert_eq!(described(&one), described(&other));
    }

    #[test]
    fn nothing_starts_before_what_it_waits_for(values in set(), failures in proptest::collection::vec(any::<bool>(), 30)) {
        let objects = parsed(&values);
        let graph = Graph::apply(&objects, Occasion::Install);
        let mut queue = Queue::new(&graph);
        let mut done: HashSet<NodeId> = HashSet::new();
        let mut lost: HashSet<NodeId> = graph.faulty().iter().copied().collect();
        let mut failures = failures.into_iter().cycle();
        loop {
            lost.extend(queue.take_skipped().iter().map(|skip| skip.node));
            let Some(id) = queue.pop() else { break };
            for dependency in graph.dependencies(id) {
                let on_node = graph.node(dependency.on).is_some();
                let met = done.contains(&dependency.on)
                    || (dependency.until == Until::Settled && lost.contains(&dependency.on));
                prop_assert!(!on_node || met, "{} started too early", name(&graph, id));
            }
            if failures.next().unwrap_or_default() {
                lost.insert(id);
                queue.failed(id);
            } else {
                done.insert(id);
                queue.ready(id);
            }
        }
        prop_assert_eq!(queue.waiting(), 0);
        prop_assert_eq!(done.len() + lost.len(), graph.nodes().count());
    }
}
