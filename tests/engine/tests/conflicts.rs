use engine::Action;
use serde_json::json;
use suite_engine::Bench;

const ONE: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS}
data: {theirs: v, ours: v}
";

#[tokio::test]
async fn leaves_fields_of_others_and_applies_the_rest() {
    let bench = Bench::new("conflict").await;
    bench.sync(ONE).await;
    bench
        .merge_as(
            "operator",
            "v1",
            "ConfigMap",
            "a",
            json!({"data": {"theirs": "set by operator"}}),
        )
        .await;
    let change_set = bench.sync(&ONE.replace("ours: v", "ours: w")).await;
    let entry = change_set.entry(&bench.config_map("a")).unwrap();
    assert_eq!(entry.action, Action::Configured, "{entry:#?}");
    let conflict = &entry.conflicts[0];
    assert_eq!(
        (conflict.field.as_str(), conflict.manager.as_str(), conflict.taken),
        (".data.theirs", "operator", false)
    );
    let live = bench.live("v1", "ConfigMap", "a").await.unwrap();
    assert_eq!(live["data"], json!({"theirs": "set by operator", "ours": "w"}));
}
