use engine::{Action, Events, cluster::Deletion};
use manifest::ResourceKey;
use suite_engine::{Bench, objects};
use tokio_util::sync::CancellationToken;

const TWO: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: b}
";

#[tokio::test]
async fn takes_everything_away_and_the_inventory_last() {
    let bench = Bench::new("deletes").await;
    bench.sync(TWO).await;
    let cancel = CancellationToken::new();
    let deleted = engine::delete(
        &bench.cluster,
        &bench.application,
        &bench.options,
        &Events::none(),
        &cancel,
    )
    .await;
    let deleted = deleted.unwrap();
    assert_eq!(deleted.count(Action::Deleted), 2, "{deleted:#?}");
    assert!(bench.live("v1", "ConfigMap", "a").await.is_none());
    assert!(bench.live("v1", "Secret", "web").await.is_none());
}

const KINDS: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: one, namespace: NS}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: one, namespace: NS}
---
apiVersion: v1
kind: Service
metadata: {name: one, namespace: NS}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: one, namespace: NS}
spec:
  replicas: 1
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: c, image: \"c:1\"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: one, namespace: NS}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: \"c:1\"}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: NS}
spec: {nodeSelector: {no: such}, containers: [{name: c, image: \"c:1\"}]}
";

/// Deletes an object and says what the server answered, and whether it is still there.
async fn answer(bench: &Bench, api_version: &str, key: &ResourceKey, propagation: &str) -> (Deletion, bool) {
    let resource = bench.resource(api_version, &key.kind).await;
    let live = bench.cluster.get(&resource, &key.namespace, &key.name).await;
    let live = live.expect("it is read").expect("it is there");
    let uid = live["metadata"]["uid"].as_str().unwrap_or_default();
    let deletion = bench
        .cluster
        .delete(&resource, &key.namespace, &key.name, uid, propagation, false)
        .await
        .expect("it is deleted");
    let remains = bench.cluster.get(&resource, &key.namespace, &key.name).await;
    (deletion, remains.expect("it is read").is_some())
}

#[tokio::test]
async fn the_answer_to_a_deletion_tells_what_is_gone_at_once() {
    let bench = Bench::new("delete-answers").await;
    let text = KINDS.replace("NS", &bench.namespace);
    bench.kubectl_create(&text).await;
    for object in objects(&text) {
        let answer = answer(&bench, object.api_version(), &object.key(), "Background").await;
        assert_eq!(answer, (Deletion::Gone, false), "{}", object.key());
    }
    // dependents go first, even when there are none
    bench
        .kubectl_create(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: later, namespace: {}}}",
            bench.namespace
        ))
        .await;
    let (deletion, _) = answer(&bench, "v1", &bench.config_map("later"), "Foreground").await;
    assert_eq!(deletion, Deletion::Pending);
    let key = ResourceKey::new("", "Namespace", "", &*bench.namespace);
    let (deletion, _) = answer(&bench, "v1", &key, "Background").await;
    assert_eq!(deletion, Deletion::Pending);
}
