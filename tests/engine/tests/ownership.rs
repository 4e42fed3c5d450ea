use engine::{
    Action, Claims, InventoryPolicy, Recreate,
    change_set::{FailureKind, SkipReason},
};
use serde_json::json;
use suite_engine::Bench;

const ONE: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS}
data: {k: v}
";

#[tokio::test]
async fn what_belongs_to_nobody_is_adopted_only_when_allowed() {
    let mut bench = Bench::new("adopt").await;
    bench
        .kubectl_create(&ONE.replace("NS", &bench.namespace).replace("k: v", "k: old"))
        .await;
    let refused = bench.sync(ONE).await;
    let entry = refused.entry(&bench.config_map("a")).expect("it has an entry");
    assert_eq!(entry.reason, Some(SkipReason::NotOurs(String::new())));
    bench.options.policy = InventoryPolicy::AdoptIfNoInventory;
    bench.options.overwrite = vec!["kubectl*".into()];
    let adopted = bench.sync(ONE).await;
    assert_eq!(adopted.count(Action::Configured), 1, "{adopted:#?}");
    let live = bench.live("v1", "ConfigMap", "a").await.expect("it is there");
    assert_eq!(live["data"], json!({"k": "v"}));
}

#[tokio::test]
async fn what_belongs_to_another_application_stays_its() {
    let bench = Bench::new("foreign").await;
    bench.sync(ONE).await;
    let mut other = bench.neighbour("other");
    other.options.policy = InventoryPolicy::AdoptIfNoInventory;
    let change_set = other.sync(ONE).await;
    assert!(
        matches!(&change_set.entries[0].reason, Some(SkipReason::NotOurs(owner)) if !owner.is_empty()),
        "{change_set:#?}"
    );
}

#[tokio::test]
async fn an_object_moves_between_two_applications_alive() {
    for old_goes_first in [true, false] {
        let mut old = Bench::new("moves").await;
        let mut new = old.neighbour("new");
        let claims = Claims::default();
        old.options.claims = claims.clone();
        old.options.prune.allow_empty = true;
        new.options.claims = claims.clone();
        claims.declare(&old.application, [old.config_map("a")]);
        claims.declare(&new.application, []);
        old.sync(ONE).await;
        let before = old.live("v1", "ConfigMap", "a").await.expect("it is there");
        claims.declare(&old.application, []);
        claims.declare(&new.application, [old.config_map("a")]);
        let changed = ONE.replace("k: v", "k: w");
        if old_goes_first {
            old.sync("").await;
            new.sync(&changed).await;
        } else {
            new.sync(&changed).await;
            old.sync("").await;
        }
        let after = old.live("v1", "ConfigMap", "a").await.expect("it is still there");
        assert_eq!(after["metadata"]["uid"], before["metadata"]["uid"]);
        assert_eq!(after["data"], json!({"k": "w"}));
        let entries = after["metadata"]["managedFields"]
            .as_array()
            .expect("fields are managed");
        let managers: Vec<_> = entries
            .iter()
            .filter_map(|entry| entry["manager"].as_str())
            .collect();
        assert_eq!(
            managers,
            [new.application.field_manager.as_str()],
            "old first: {old_goes_first}"
        );
    }
}

#[tokio::test]
async fn fields_of_client_side_apply_are_taken_over() {
    let mut bench = Bench::new("migrates").await;
    bench.options.policy = InventoryPolicy::AdoptAll;
    let applied = r#"{"apiVersion":"v1","kind":"ConfigMap"}"#;
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: {}\n  annotations: {{kubectl.kubernetes.io/last-applied-configuration: '{applied}'}}\ndata: {{k: old, gone: x}}",
        bench.namespace
    );
    bench.create_as("kubectl-client-side-apply", &text).await;
    let change_set = bench.sync(ONE).await;
    assert!(change_set.is_complete(), "{change_set:#?}");
    let live = bench.live("v1", "ConfigMap", "a").await.expect("it is there");
    assert_eq!(
        live["data"],
        json!({"k": "v"}),
        "what the manifest no longer has is gone"
    );
    assert_eq!(live["metadata"].get("annotations"), None);
}

#[tokio::test]
async fn immutable_fields_are_changed_by_a_new_object_when_allowed() {
    let mut bench = Bench::new("immutable").await;
    let job = "
apiVersion: batch/v1
kind: Job
metadata: {name: j, namespace: NS}
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: m, image: \"m:1\"}]
";
    bench.sync(job).await;
    let changed = job.replace("m:1", "m:2");
    let refused = bench.sync(&changed).await;
    let error = refused.entries[0].error.as_ref().expect("it is refused");
    assert_eq!(error.kind, FailureKind::Immutable, "{error:?}");
    bench.options.recreate = Recreate::WhenImmutable;
    let recreated = bench.sync(&changed).await;
    assert!(recreated.is_complete(), "{recreated:#?}");
    assert_eq!(recreated.entries[0].action, Action::Created);
}
