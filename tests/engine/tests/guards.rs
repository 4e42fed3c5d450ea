use engine::{Action, Confirmation, Desired, change_set::SkipReason, render};
use suite_engine::Bench;

fn config_maps(count: usize) -> String {
    let map = |number| {
        format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}, namespace: NS}}\n")
    };
    (0..count).map(map).collect()
}

#[tokio::test]
async fn an_empty_state_deletes_nothing() {
    let bench = Bench::new("guard-empty").await;
    bench.sync(&config_maps(3)).await;
    let change_set = bench.sync("").await;
    assert_eq!(change_set.count(Action::Deleted), 0, "{change_set:#?}");
    assert!(change_set.notices.iter().any(|notice| notice.blocking));
    // and it is not forgotten either
    let mut bench = bench;
    bench.options.prune.allow_empty = true;
    assert_eq!(bench.sync("").await.count(Action::Deleted), 3);
}

#[tokio::test]
async fn too_many_deletions_stop() {
    let bench = Bench::new("guard-share").await;
    bench.sync(&config_maps(40)).await;
    assert_eq!(bench.sync(&config_maps(10)).await.count(Action::Deleted), 0);
    assert_eq!(bench.sync(&config_maps(25)).await.count(Action::Deleted), 15);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_what_was_removed() {
    let bench = Bench::new("guard-broken").await;
    bench.sync(&config_maps(3)).await;
    let desired = Desired {
        problems: vec![render::Error::NothingMatches("*.yaml".into())],
        ..bench.desired(&config_maps(2))
    };
    let change_set = bench.sync_desired(&desired).await;
    assert_eq!(change_set.count(Action::Deleted), 0, "{change_set:#?}");
    assert!(!change_set.is_complete());
}

#[tokio::test]
async fn protected_kinds_need_a_yes() {
    let mut bench = Bench::new("guard-kind").await;
    let claim = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: NS}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";
    let both = format!("{}---{claim}", config_maps(1));
    bench.sync(&both).await;
    let key = bench.key("", "PersistentVolumeClaim", "data");
    let kept = bench.sync(&config_maps(1)).await;
    let entry = kept.entry(&key).expect("it has an entry");
    assert!(matches!(entry.reason, Some(SkipReason::Guarded(_))), "{entry:?}");
    bench.options.prune.confirmed = Confirmation::Objects(vec![key.clone()]);
    let deleted = bench.sync(&config_maps(1)).await;
    assert_eq!(
        deleted.entry(&key).map(|entry| entry.action),
        Some(Action::Deleted)
    );
}

#[tokio::test]
async fn what_is_not_ours_any_more_stays() {
    let bench = Bench::new("guard-owner").await;
    bench.sync(&config_maps(2)).await;
    let label =
        serde_json::json!({"metadata": {"labels": {"applyset.kubernetes.io/part-of": "applyset-other-v1"}}});
    bench.merge_as("someone", "v1", "ConfigMap", "c1", label).await;
    let change_set = bench.sync(&config_maps(1)).await;
    assert_eq!(change_set.count(Action::Deleted), 0, "{change_set:#?}");
    assert!(bench.live("v1", "ConfigMap", "c1").await.is_some());
}

#[tokio::test]
async fn an_object_that_says_so_is_kept() {
    let bench = Bench::new("guard-annotation").await;
    let kept = "
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, namespace: NS, annotations: {kustomize.toolkit.fluxcd.io/prune: Disabled}}
";
    bench.sync(&format!("{}---{kept}", config_maps(1))).await;
    let change_set = bench.sync(&config_maps(1)).await;
    assert_eq!(change_set.count(Action::Deleted), 0, "{change_set:#?}");
    assert!(bench.live("v1", "ConfigMap", "kept").await.is_some());
}
