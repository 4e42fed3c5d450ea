//! What is predicted, held against the server's dry run, and what needs which rights.

use std::time::Duration;

use engine::{
    Cluster, Desired, InventoryPolicy,
    diff::{Answer, DiffMode, Fallback, Fate, Label, ObjectChange, ObjectDiff},
};
use manifest::{GroupVersionKind, Object, Origin};
use serde_json::json;
use suite_engine::{Bench, connect};
use testkit::{ControlPlane, control_plane::rule, workload::Workload};

use crate::demo::{PARTS, part, repository};

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: \"web:1\"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {theirs: v, ours: v}
";

async fn diff(bench: &Bench, cluster: &Cluster, desired: &Desired, mode: DiffMode) -> Vec<ObjectDiff> {
    engine::diff(cluster, &bench.application, desired, &bench.options, mode)
        .await
        .expect("the diff is made")
}

/// What is said of an object: its key, what is done to it, and whose change each field is.
type Said<'a> = (String, ObjectChange, Vec<(&'a str, &'a Label)>);

fn labels(diffs: &[ObjectDiff]) -> Vec<Said<'_>> {
    diffs
        .iter()
        .map(|diff| {
            let fields = diff
                .fields
                .iter()
                .map(|field| (field.path.as_str(), &field.label));
            (diff.key.to_string(), diff.change, fields.collect())
        })
        .collect()
}

/// A cluster seen by somebody who may only read.
async fn reader(bench: &Bench) -> Cluster {
    let plane = ControlPlane::shared();
    let account = plane
        .service_account(&bench.namespace, "reviewer")
        .await
        .expect("an account is made");
    let may_read = vec![rule("*", "*", &["get", "list"])];
    plane
        .grant(&account, None, may_read)
        .await
        .expect("rights are granted");
    let client = account.client().await.expect("the account can connect");
    Cluster::with_client(client, engine::cluster::ClusterOptions::default())
}

#[tokio::test]
async fn a_reader_sees_the_same_labels() {
    let mut bench = Bench::new("reader").await;
    bench.options.policy = InventoryPolicy::AdoptIfNoInventory;
    let reader = reader(&bench).await;
    let full = connect(ControlPlane::shared()).await;
    let main = part(&bench, &repository(&bench.namespace, false), "shop");
    let desired = part(&bench, &repository(&bench.namespace, true), "shop");
    // nothing is there yet, then all of it, then a field of it was edited
    for stage in 0..3 {
        let with_rights = diff(&bench, &full, &desired, DiffMode::Filtered).await;
        let without = diff(&bench, &reader, &desired, DiffMode::Filtered).await;
        let read_only = diff(&bench, &reader, &desired, DiffMode::ReadOnly).await;
        assert_eq!(labels(&without), labels(&with_rights), "stage {stage}");
        assert_eq!(labels(&read_only), labels(&with_rights), "stage {stage}");
        assert!(
            read_only
                .iter()
                .all(|diff| diff.answer != Answer::Asked && diff.fallback.is_none())
        );
        assert!(without.iter().all(|diff| diff.answer != Answer::Asked));
        match stage {
            0 => {
                let forbidden = |diff: &ObjectDiff| matches!(diff.fallback, Some(Fallback::Forbidden(_)));
                assert!(without.iter().any(forbidden), "{without:#?}");
                let applied = bench.sync_desired(&main).await;
                assert!(applied.is_complete(), "{applied:#?}");
            }
            1 => {
                let patch = json!({"spec": {"replicas": 7}});
                bench
                    .merge_as("kubectl-edit", "apps/v1", "Deployment", "api", patch)
                    .await;
            }
            _ => {}
        }
    }
}

/// How the predicted and the real state after an apply compare, over all objects. The server cannot be asked about
/// objects of some kinds. Returns how many objects are predicted without a doubt.
async fn compare(bench: &Bench, desired: &Desired, unasked: &[&str]) -> usize {
    let predicted = diff(bench, &bench.cluster, desired, DiffMode::ReadOnly).await;
    let asked = diff(bench, &bench.cluster, desired, DiffMode::Exact).await;
    assert_eq!(labels(&predicted), labels(&asked));
    let both = predicted.iter().zip(&asked);
    // what is pruned is not applied
    for (predicted, asked) in both.filter(|(_, asked)| asked.change != ObjectChange::Delete) {
        let is_asked = asked.answer == Answer::Asked;
        assert_ne!(is_asked, unasked.contains(&asked.key.kind.as_str()), "{asked:#?}");
        let fates = |diff: &ObjectDiff| -> Vec<_> {
            let stated = diff
                .explained
                .iter()
                .filter(|explained| explained.fate != Fate::Defaulted);
            stated.cloned().collect()
        };
        assert_eq!(fates(predicted), fates(asked), "{}", asked.key);
        // what is not known is said
        if predicted.unknown.is_empty() && !predicted.after.is_null() {
            assert_eq!(predicted.after, asked.after, "{}", asked.key);
        }
    }
    predicted.iter().filter(|diff| diff.unknown.is_empty()).count()
}

fn generated(bench: &Bench, objects: usize, revision: usize) -> Desired {
    let workload = Workload {
        objects,
        namespaces: 1,
        revision,
        pruned: false,
        config_maps: false,
    };
    let objects = workload
        .build()
        .into_iter()
        .filter(|object| object["kind"] != "Namespace");
    let objects = objects.map(|mut object| {
        object["metadata"]["namespace"] = bench.namespace.as_str().into();
        Object::new(object, Origin::default()).expect("it is an object")
    });
    Desired {
        default_namespace: bench.namespace.clone(),
        ..Desired::new("generated", objects.collect())
    }
}

#[tokio::test]
async fn predictions_are_what_a_dry_run_says() {
    let bench = Bench::new("predicts").await;
    let count = std::env::var("GLOPS_PREDICTED_OBJECTS").ok();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(100);
    let first = generated(&bench, count, 1);
    compare(&bench, &first, &[]).await;
    let applied = bench.sync_desired(&first).await;
    assert!(applied.is_complete());
    assert_eq!(
        compare(&bench, &first, &[]).await,
        count,
        "nothing is left in doubt when nothing changes"
    );
    compare(&bench, &generated(&bench, count, 2), &[]).await;
}

#[tokio::test]
async fn the_whole_demo_is_predicted_as_a_dry_run_says() {
    let mut bench = Bench::new("demo").await;
    bench.options.policy = InventoryPolicy::AdoptIfNoInventory;
    let (before, after) = (
        repository(&bench.namespace, false),
        repository(&bench.namespace, true),
    );
    for path in PARTS {
        let bench = bench.neighbour(&path.replace('/', "-"));
        let (main, change) = (part(&bench, &before, path), part(&bench, &after, path));
        let is_definition = |object: &&Object| object.kind() == "CustomResourceDefinition";
        if let Some(definition) = main.objects.iter().find(is_definition) {
            // of a kind that is not served yet the server knows nothing
            compare(&bench, &main, &["Promotion"]).await;
            serve(&bench, definition).await;
        }
        compare(&bench, &main, &[]).await;
        sync(&bench, &main).await;
        // hooks that have run are not asked about
        compare(&bench, &main, &["Job"]).await;
        if path == "shop" {
            // nor is one that would be deleted first
            bench.delete("batch/v1", "Job", "migrate").await;
        }
        compare(&bench, &change, &[]).await;
        sync(&bench, &change).await;
        compare(&bench, &change, &["Job"]).await;
    }
}

async fn sync(bench: &Bench, desired: &Desired) {
    let synced = bench.sync_desired(desired).await;
    assert!(synced.is_complete(), "{synced:#?}");
}

/// Makes the server know a kind.
async fn serve(bench: &Bench, definition: &Object) {
    bench.kubectl_create(&definition.value().to_string()).await;
    let group = definition.value()["spec"]["group"]
        .as_str()
        .expect("a definition has a group");
    let kind = GroupVersionKind::from_api_version(&format!("{group}/v1"), "Promotion");
    for _ in 0..200 {
        if bench.cluster.resource(&kind).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{kind} is not served");
}

#[tokio::test]
async fn a_conflict_that_stays_costs_no_request() {
    let bench = Bench::new("stays").await;
    bench.sync(WEB).await;
    let patch = json!({"data": {"theirs": "set by operator"}});
    bench
        .merge_as("operator", "v1", "ConfigMap", "settings", patch)
        .await;
    // the first sync gives the field up, the second finds everything as it is to be
    bench.sync(WEB).await;
    let before = bench.cluster.requests();
    let again = bench.sync(WEB).await;
    let after = bench.cluster.requests();
    let entry = again
        .entry(&bench.config_map("settings"))
        .expect("it is in the set");
    assert_eq!(entry.action, engine::Action::Unchanged);
    let conflict = &entry.conflicts[0];
    assert_eq!(
        (conflict.field.as_str(), conflict.manager.as_str(), conflict.taken),
        (".data.theirs", "operator", false)
    );
    assert_eq!(
        (after.patch, after.dry_run),
        (before.patch, before.dry_run),
        "nothing is sent"
    );
}

#[tokio::test]
async fn each_field_is_explained() {
    let bench = Bench::new("explains").await;
    bench.sync(WEB).await;
    bench
        .merge_as(
            "kubectl-edit",
            "apps/v1",
            "Deployment",
            "web",
            json!({"spec": {"replicas": 5}}),
        )
        .await;
    let desired = bench.desired(&WEB.replace("web:1", "web:2"));
    let diffs = diff(&bench, &bench.cluster, &desired, DiffMode::Filtered).await;
    let web = diffs
        .iter()
        .find(|diff| diff.key.kind == "Deployment")
        .expect("it is in the diff");
    assert_eq!(
        (web.answer, &web.fallback),
        (Answer::Predicted, &None),
        "nothing is in doubt"
    );
    let explained: Vec<_> = web
        .explained
        .iter()
        .map(|explained| {
            let names = |owners: &[engine::diff::FieldOwner]| -> Vec<String> {
                owners.iter().map(ToString::to_string).collect()
            };
            (
                explained.path.as_str(),
                explained.fate,
                names(&explained.before),
                names(&explained.after),
            )
        })
        .collect();
    let us = || vec![bench.application.field_manager.to_string()];
    let them = || vec!["kubectl-edit".to_owned()];
    assert_eq!(
        explained,
        [
            (".spec.replicas", Fate::Kept, them(), them()),
            (
                ".spec.template.spec.containers[name=\"web\"].image",
                Fate::Set,
                us(),
                us()
            ),
        ]
    );
}
