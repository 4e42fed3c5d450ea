use engine::{
    Belonging, ChangeSet, Reach,
    diff::{DiffMode, Fallback, Label, ObjectChange, ObjectDiff},
};
use serde_json::json;
use suite_engine::Bench;

const SET: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {k: v, l: v}
---
apiVersion: v1
kind: Secret
metadata: {name: b, namespace: NS}
stringData: {password: hunter2hunter2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 0
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: web, image: \"web:1\"}]}
";

async fn diff(bench: &Bench, text: &str, mode: DiffMode) -> Vec<ObjectDiff> {
    let desired = bench.desired(text);
    engine::diff(&bench.cluster, &bench.application, &desired, &bench.options, mode)
        .await
        .expect("the diff is made")
}

fn changes(diffs: &[ObjectDiff]) -> Vec<(&str, ObjectChange)> {
    diffs
        .iter()
        .map(|diff| (diff.key.name.as_str(), diff.change))
        .collect()
}

#[tokio::test]
async fn every_mode_sees_the_same_change() {
    let bench = Bench::new("diff").await;
    let applied: ChangeSet = bench.sync(SET).await;
    assert!(applied.is_complete(), "{applied:#?}");
    let changed = SET
        .replace("k: v", "k: w")
        .replace("web:1", "web:2")
        .replace("hunter2hunter2", "swordfish");
    for mode in [DiffMode::Exact, DiffMode::Filtered, DiffMode::ReadOnly] {
        let unchanged = diff(&bench, SET, mode).await;
        assert!(
            unchanged.iter().all(|diff| diff.change == ObjectChange::None),
            "{mode:?} {unchanged:#?}"
        );
        let diffs = diff(&bench, &changed, mode).await;
        assert!(!format!("{diffs:?}").contains("swordfish") && !format!("{diffs:?}").contains("aHVudGVy"));
        let update = ObjectChange::Update;
        assert_eq!(
            changes(&diffs),
            [("a", update), ("b", update), ("d", update)],
            "{mode:?}"
        );
        let fields: Vec<_> = diffs
            .iter()
            .flat_map(|diff| &diff.fields)
            .map(|field| (field.path.as_str(), &field.label))
            .collect();
        let expected = [
            ("data.k", &Label::YourChange),
            ("data.password", &Label::YourChange),
            (
                "spec.template.spec.containers[name=web].image",
                &Label::YourChange,
            ),
        ];
        assert_eq!(fields, expected, "{mode:?}");
        let live = bench.live("v1", "ConfigMap", "a").await.expect("it is there");
        assert_eq!(live["data"]["k"], json!("v"), "a diff changes nothing");
    }
}

#[tokio::test]
async fn tells_creation_deletion_and_drift_apart() {
    let bench = Bench::new("diff-kinds").await;
    bench.sync(SET).await;
    bench
        .merge_as(
            "kubectl-edit",
            "v1",
            "ConfigMap",
            "a",
            json!({"data": {"k": "edited"}}),
        )
        .await;
    let diffs = diff(&bench, SET, DiffMode::Filtered).await;
    let drifted = diffs
        .iter()
        .find(|diff| diff.key.name == "a")
        .expect("it is in the diff");
    assert_eq!(
        drifted.fields[0].label,
        Label::ForeignManager("kubectl-edit".into())
    );
    let without_secret = SET
        .replace("kind: Secret", "kind: ConfigMap")
        .replace("stringData", "data");
    let diffs = diff(&bench, &without_secret, DiffMode::Filtered).await;
    let changed: Vec<_> = diffs
        .iter()
        .map(|diff| (diff.key.to_string(), diff.change))
        .collect();
    let namespace = &bench.namespace;
    assert!(
        changed.contains(&(
            format!("ConfigMap/b in namespace {namespace}"),
            ObjectChange::Create
        )),
        "{changed:?}"
    );
    assert!(
        changed.contains(&(format!("Secret/b in namespace {namespace}"), ObjectChange::Delete)),
        "{changed:?}"
    );
}

#[tokio::test]
async fn what_is_in_a_new_namespace_is_predicted() {
    let bench = Bench::new("diff-new").await;
    let text = "
apiVersion: v1
kind: Namespace
metadata: {name: NS-new}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS-new}
";
    let diffs = diff(&bench, text, DiffMode::Exact).await;
    assert!(
        diffs.iter().all(|diff| diff.change == ObjectChange::Create),
        "{diffs:#?}"
    );
    assert!(
        diffs
            .iter()
            .any(|diff| matches!(diff.fallback, Some(Fallback::TooEarly(_))))
    );
}

#[tokio::test]
async fn status_is_of_what_was_applied() {
    let bench = Bench::new("status").await;
    assert_eq!(
        engine::status(&bench.cluster, &bench.application)
            .await
            .expect("it is read"),
        None
    );
    bench.sync(SET).await;
    let statuses = engine::status(&bench.cluster, &bench.application)
        .await
        .expect("it is read");
    let statuses = statuses.expect("something was applied");
    assert_eq!(statuses.len(), 3);
    assert!(statuses.iter().all(|status| status.is_ours));
}

#[tokio::test]
async fn the_live_objects_name_their_inventory() {
    let bench = Bench::new("belonging").await;
    let desired = bench.desired(SET);
    let states = [&desired];
    let whose = || engine::belonging(&bench.cluster, &states, &bench.namespace);
    assert_eq!(whose().await.unwrap(), Belonging::Nobody);
    bench.sync(SET).await;
    let ours = Belonging::Application(bench.application.clone());
    assert_eq!(whose().await.unwrap(), ours);
    let other = bench.neighbour("other");
    let theirs = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs, namespace: NS}\n";
    other.sync(theirs).await;
    let both = bench.desired(&format!("{SET}---\n{theirs}"));
    let whose = engine::belonging(&bench.cluster, &[&both], &bench.namespace).await;
    assert!(matches!(whose.unwrap(), Belonging::Several(ids) if ids.len() == 2));
}

/// The paths of a preview may be a part of what an inventory records: the rest is not about to be deleted.
#[tokio::test]
async fn a_preview_of_a_part_deletes_what_the_change_removes_alone() {
    let bench = Bench::new("preview-part").await;
    let rest = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: rest, namespace: NS}\n";
    bench.sync(&format!("{SET}{rest}")).await;
    let base = bench.desired(SET);
    let mut head = bench.desired(SET);
    head.objects.retain(|object| object.name() != "d");
    for (reach, expected) in [
        (Reach::Described, vec!["d"]),
        (Reach::Inventory, vec!["d", "rest"]),
    ] {
        let preview = engine::preview(
            &bench.cluster,
            &bench.application,
            &base,
            &head,
            &bench.options,
            DiffMode::Filtered,
            reach,
        )
        .await
        .expect("the preview is made");
        let mut deleted: Vec<&str> = preview
            .objects
            .iter()
            .filter(|object| {
                object
                    .cluster
                    .as_ref()
                    .is_some_and(|diff| diff.change == ObjectChange::Delete)
            })
            .map(|object| object.key.name.as_str())
            .collect();
        deleted.sort_unstable();
        assert_eq!(deleted, expected, "{reach:?}");
    }
}
