use engine::Action;
use serde_json::json;
use suite_engine::Bench;

const TWO: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {k: v}
---
apiVersion: v1
kind: Secret
metadata: {name: b, namespace: NS}
stringData: {password: hunter2hunter2}
";

#[tokio::test]
async fn creates_then_changes_nothing_then_what_differs() {
    let bench = Bench::new("applies").await;
    let first = bench.sync(TWO).await;
    assert_eq!(first.count(Action::Created), 2, "{first:#?}");
    assert!(first.is_complete());
    let second = bench.sync(TWO).await;
    assert_eq!(second.count(Action::Unchanged), 2, "{second:#?}");
    let third = bench.sync(&TWO.replace("k: v", "k: w")).await;
    assert_eq!(
        (third.count(Action::Configured), third.count(Action::Unchanged)),
        (1, 1),
        "{third:#?}"
    );
    let live = bench.live("v1", "ConfigMap", "a").await.unwrap();
    assert_eq!(live["data"], json!({"k": "w"}));
}

#[tokio::test]
async fn puts_back_what_someone_else_changed() {
    let bench = Bench::new("drift").await;
    bench.sync(TWO).await;
    bench
        .write_as(
            "someone",
            "
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: NS}
",
        )
        .await;
    bench
        .merge_as(
            "kubectl-edit",
            "v1",
            "ConfigMap",
            "a",
            json!({"data": {"k": "edited"}}),
        )
        .await;
    let mut bench = bench;
    bench.options.conflicts = engine::ConflictPolicy::Force;
    let change_set = bench.sync(TWO).await;
    assert_eq!(change_set.count(Action::Configured), 1, "{change_set:#?}");
    let entry = change_set.entry(&bench.config_map("a")).unwrap();
    assert_eq!(entry.conflicts.len(), 1, "{entry:#?}");
    assert!(entry.conflicts[0].taken && entry.conflicts[0].manager == "kubectl-edit");
}
