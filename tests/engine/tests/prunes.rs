use std::time::Duration;

use engine::{Action, Confirmation, change_set::SkipReason};
use manifest::ResourceKey;
use serde_json::json;
use suite_engine::Bench;

fn config_maps(names: &[&str]) -> String {
    let map =
        |name| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: NS}}\n");
    names.iter().map(map).collect()
}

#[tokio::test]
async fn deletes_what_is_no_longer_desired() {
    let bench = Bench::new("prune").await;
    bench.sync(&config_maps(&["a", "b", "c"])).await;
    let change_set = bench.sync(&config_maps(&["a", "b"])).await;
    assert_eq!(
        change_set.entry(&bench.config_map("c")).unwrap().action,
        Action::Deleted,
        "{change_set:#?}"
    );
    assert!(bench.live("v1", "ConfigMap", "c").await.is_none());
    let again = bench.sync(&config_maps(&["a", "b"])).await;
    assert_eq!(again.entries.len(), 2, "{again:#?}");
}

#[tokio::test]
async fn a_namespace_with_something_of_others_stays() {
    let mut bench = Bench::new("prune-namespace").await;
    let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, namespace: NS}\n";
    let room = format!(
        "{kept}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: NS-room}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ours, namespace: NS-room}}\n"
    );
    assert!(bench.sync(&room).await.is_complete());
    let theirs = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: theirs, namespace: {}-room}}",
        bench.namespace
    );
    bench.kubectl_create(&theirs).await;
    bench.options.prune.confirmed = Confirmation::All;
    let change_set = bench.sync(kept).await;
    let key = ResourceKey::new("", "Namespace", "", format!("{}-room", bench.namespace));
    let entry = change_set.entry(&key).expect("it has an entry");
    assert_eq!(
        entry.reason,
        Some(SkipReason::Guarded("it still holds ConfigMap/theirs".into())),
        "{change_set:#?}"
    );
    assert!(!change_set.is_complete());
    let held = ResourceKey::new("", "ConfigMap", &*key.name, "theirs");
    bench.delete_key("v1", &held).await;
    let change_set = bench.sync(kept).await;
    let entry = change_set.entry(&key).expect("it has an entry");
    assert_eq!(entry.action, Action::Deleted, "{change_set:#?}");
}

#[tokio::test]
async fn what_is_not_replaced_is_not_deleted() {
    let bench = Bench::new("prune-replaced").await;
    let settings = |name: &str, data: &str| {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: NS}}\ndata: {data}\n"
        )
    };
    bench.sync(&settings("settings-old", "{k: v}")).await;
    let change_set = bench.sync(&settings("settings-new", "{k: [no text]}")).await;
    let old = bench.config_map("settings-old");
    assert_eq!(
        change_set.entry(&old).and_then(|entry| entry.reason.clone()),
        Some(SkipReason::NeededBy(bench.config_map("settings-new"))),
        "{change_set:#?}"
    );
    let change_set = bench.sync(&settings("settings-new", "{k: v}")).await;
    assert_eq!(
        change_set.entry(&old).map(|entry| entry.action),
        Some(Action::Deleted),
        "{change_set:#?}"
    );
}

#[tokio::test]
async fn what_an_older_state_still_uses_is_not_deleted() {
    let bench = Bench::new("prune-used").await;
    let text = |settings: &str, selector: &str| {
        format!(
            "
apiVersion: v1
kind: ConfigMap
metadata: {{name: {settings}, namespace: NS}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: NS}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: {selector}}}}}
  template:
    metadata: {{labels: {{app: {selector}}}}}
    spec:
      containers: [{{name: c, image: \"c:1\", envFrom: [{{configMapRef: {{name: {settings}}}}}]}}]
"
        )
    };
    bench.sync(&text("old", "web")).await;
    let change_set = bench.sync(&text("new", "shop")).await;
    let reason = change_set
        .entry(&bench.config_map("old"))
        .and_then(|entry| entry.reason.clone());
    let web = bench.key("apps", "Deployment", "web");
    assert_eq!(reason, Some(SkipReason::NeededBy(web)), "{change_set:#?}");
}

#[tokio::test]
async fn what_goes_after_a_sync_leaves_the_inventory_with_the_next() {
    let bench = Bench::new("prune-pending").await;
    let held = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, namespace: NS, finalizers: [example.com/held]}\n";
    let one = config_maps(&["a"]);
    bench.sync(&format!("{one}{held}")).await;
    let pruned = bench.sync(&one).await;
    assert!(
        pruned.is_complete() && pruned.count(Action::Deleted) == 1,
        "{pruned:#?}"
    );
    assert_eq!(bench.recorded().await, ["a", "held"]);
    let none = json!({"metadata": {"finalizers": null}});
    bench.merge_as("someone", "v1", "ConfigMap", "held", none).await;
    bench.until_gone("v1", "ConfigMap", "held").await;
    bench.sync(&one).await;
    assert_eq!(bench.recorded().await, ["a"]);
}

/// An API server that is down hides its objects; they are not gone.
#[tokio::test]
async fn what_cannot_be_seen_is_not_forgotten() {
    let bench = Bench::new("prune-unseen").await;
    let group = format!("{}.example.com", bench.namespace);
    let definition = format!(
        "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: Widget, plural: widgets}}
  versions:
  - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object}}}}}}
"
    );
    bench.kubectl_create(&definition).await;
    let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, namespace: NS}\n";
    let both =
        format!("{kept}---\napiVersion: {group}/v1\nkind: Widget\nmetadata: {{name: w, namespace: NS}}\n");
    let mut first = bench.sync(&both).await;
    for _ in 0..50 {
        if first.is_complete() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        first = bench.sync(&both).await;
    }
    assert!(first.is_complete(), "{first:#?}");
    let nowhere = json!({
        "metadata": {"labels": {"kube-aggregator.kubernetes.io/automanaged": null}},
        "spec": {"insecureSkipTLSVerify": true, "service": {"name": "nowhere", "namespace": "default"}},
    });
    let service = format!("v1.{group}");
    bench
        .merge_cluster_scoped("apiregistration.k8s.io/v1", "APIService", &service, nowhere)
        .await;
    let resource = bench.resource("apiregistration.k8s.io/v1", "APIService").await;
    for _ in 0..100 {
        let live = bench.cluster.get(&resource, "", &service).await;
        let live = live.expect("it is read").expect("it is there");
        if live["status"]["conditions"][0]["status"] == "False" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // a process that starts now sees what is served without that group
    let cluster = suite_engine::connect(testkit::ControlPlane::shared()).await;
    let mut bench = bench;
    bench.cluster = cluster;
    let widget = bench.key(&group, "Widget", "w");
    let unseen = bench.sync(kept).await;
    let reason = unseen.entry(&widget).and_then(|entry| entry.reason.clone());
    assert!(matches!(reason, Some(SkipReason::Guarded(_))), "{unseen:#?}");
    // while an API does not answer, no namespace of this control plane goes
    let key = ResourceKey::new("apiregistration.k8s.io", "APIService", "", &*service);
    bench.delete_key("apiregistration.k8s.io/v1", &key).await;
}
