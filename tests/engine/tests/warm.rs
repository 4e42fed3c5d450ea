use std::time::Duration;

use engine::{
    Action, Events, Propagation, SyncOptions, Syncer,
    drift::{DriftKind, DriftPolicy},
};
use serde_json::json;
use suite_engine::Bench;
use tokio_util::sync::CancellationToken;

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

struct Warm {
    bench: Bench,
    syncer: Syncer,
    options: SyncOptions,
}

impl Warm {
    async fn new(purpose: &str, drift: DriftPolicy) -> Self {
        let bench = Bench::new(purpose).await;
        let syncer = Syncer::new(&bench.cluster, bench.application.clone());
        let options = SyncOptions {
            drift,
            ..bench.options.clone()
        };
        Self {
            bench,
            syncer,
            options,
        }
    }

    async fn sync(&self, text: &str) -> engine::ChangeSet {
        let desired = self.bench.desired(text);
        let cancel = CancellationToken::new();
        self.syncer
            .sync(&desired, &self.options, &Events::none(), &cancel)
            .await
            .expect("the sync runs")
    }

    /// Waits until something it deleted is gone, and notes that.
    async fn forget_departed(&self) {
        tokio::time::timeout(Duration::from_secs(20), self.syncer.next_departure())
            .await
            .expect("what is deleted goes");
        self.syncer
            .forget_departed()
            .await
            .expect("the inventory is written");
    }

    /// The names in the inventory, sorted.
    async fn recorded(&self) -> Vec<String> {
        self.bench.recorded().await
    }

    async fn next_drift(&self) -> engine::drift::Drift {
        tokio::time::timeout(Duration::from_secs(20), self.syncer.next_drift())
            .await
            .expect("the sync runs")
    }
}

#[tokio::test]
async fn asks_nothing_for_what_is_unchanged() {
    let warm = Warm::new("warm", DriftPolicy::Correct).await;
    assert_eq!(warm.sync(TWO).await.count(Action::Created), 2);
    // the watches open beside the syncs: only requests that are none count
    let before = warm.bench.cluster.requests();
    let change_set = warm.sync(TWO).await;
    let after = warm.bench.cluster.requests();
    assert_eq!(change_set.count(Action::Unchanged), 2, "{change_set:#?}");
    assert_eq!(
        (after.get, after.patch, after.dry_run),
        (before.get, before.patch, before.dry_run)
    );
}

#[tokio::test]
async fn sends_a_change_alone() {
    let warm = Warm::new("warm-change", DriftPolicy::Correct).await;
    warm.sync(TWO).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = warm.bench.cluster.requests();
    let change_set = warm.sync(&TWO.replace("k: v", "k: w")).await;
    let after = warm.bench.cluster.requests();
    assert_eq!(change_set.count(Action::Configured), 1, "{change_set:#?}");
    // the object, and the digest of what is now applied
    assert_eq!(
        (
            after.patch - before.patch,
            after.get - before.get,
            after.list - before.list
        ),
        (2, 0, 0)
    );
}

#[tokio::test]
async fn tells_of_drift_and_puts_it_back() {
    let warm = Warm::new("warm-drift", DriftPolicy::Correct).await;
    warm.sync(TWO).await;
    warm.bench
        .merge_as(
            "kubectl-edit",
            "v1",
            "ConfigMap",
            "a",
            json!({"data": {"k": "edited"}}),
        )
        .await;
    let drift = warm.next_drift().await;
    assert_eq!((drift.kind, drift.key.name.as_str()), (DriftKind::Changed, "a"));
    assert_eq!(drift.managers, ["kubectl-edit"]);
    assert_eq!(drift.fields, [".data.k"]);
    assert_eq!(warm.sync(TWO).await.count(Action::Configured), 1);
    let live = warm.bench.live("v1", "ConfigMap", "a").await.unwrap();
    assert_eq!(live["data"], json!({"k": "v"}));
}

#[tokio::test]
async fn warns_of_drift_and_leaves_it() {
    let warm = Warm::new("warm-warn", DriftPolicy::Warn).await;
    warm.sync(TWO).await;
    warm.bench
        .merge_as(
            "kubectl-edit",
            "v1",
            "ConfigMap",
            "a",
            json!({"data": {"k": "edited"}}),
        )
        .await;
    warm.next_drift().await;
    let change_set = warm.sync(TWO).await;
    assert_eq!(
        (change_set.count(Action::Skipped), change_set.has_changes()),
        (1, false),
        "{change_set:#?}"
    );
    // what else becomes of the object is none of it
    let label = json!({"metadata": {"labels": {"seen": "yes"}}});
    warm.bench
        .merge_as("kubectl-edit", "v1", "ConfigMap", "a", label.clone())
        .await;
    warm.next_drift().await;
    warm.bench
        .merge_as(
            "kubectl-edit",
            "v1",
            "ConfigMap",
            "a",
            json!({"metadata": {"labels": {"seen": "no"}}}),
        )
        .await;
    let more = tokio::time::timeout(Duration::from_millis(500), warm.syncer.next_drift()).await;
    assert!(more.is_err(), "{more:?}");
    // a process that has just started knows it from the inventory
    let again = Syncer::new(&warm.bench.cluster, warm.bench.application.clone());
    let desired = warm.bench.desired(TWO);
    let cancel = CancellationToken::new();
    let change_set = again
        .sync(&desired, &warm.options, &Events::none(), &cancel)
        .await
        .unwrap();
    assert_eq!(
        (change_set.count(Action::Skipped), change_set.has_changes()),
        (1, false),
        "{change_set:#?}"
    );
}

#[tokio::test]
async fn brings_back_what_someone_deleted() {
    let warm = Warm::new("warm-deleted", DriftPolicy::Correct).await;
    warm.sync(TWO).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    warm.bench.delete("v1", "ConfigMap", "a").await;
    assert_eq!(warm.next_drift().await.kind, DriftKind::Deleted);
    assert_eq!(warm.sync(TWO).await.count(Action::Created), 1);
}

#[tokio::test]
async fn what_it_deleted_leaves_the_inventory_when_it_is_gone() {
    let mut warm = Warm::new("warm-departures", DriftPolicy::Correct).await;
    warm.options.prune.propagation = Propagation::Foreground;
    let more = "---
apiVersion: v1
kind: ConfigMap
metadata: {name: held, namespace: NS, finalizers: [example.com/held]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: NS}
spec:
  replicas: 1
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: c, image: \"c:1\"}]}
";
    warm.sync(&format!("{TWO}{more}")).await;
    assert_eq!(warm.sync(TWO).await.count(Action::Deleted), 2);
    // the Deployment goes after its Pods, and does not wait for the other to be noted
    warm.forget_departed().await;
    assert_eq!(warm.recorded().await, ["a", "b", "held"]);
    let none = json!({"metadata": {"finalizers": null}});
    warm.bench
        .merge_as("someone", "v1", "ConfigMap", "held", none)
        .await;
    let before = warm.bench.cluster.requests();
    warm.forget_departed().await;
    let after = warm.bench.cluster.requests();
    assert_eq!(
        (
            after.patch - before.patch,
            after.get - before.get,
            after.list - before.list,
            after.delete - before.delete
        ),
        (1, 0, 0, 0)
    );
    assert_eq!(warm.recorded().await, ["a", "b"]);
    assert!(!warm.sync(TWO).await.has_changes());
}

#[tokio::test]
async fn a_successor_of_what_it_deleted_stays_in_the_inventory() {
    let warm = Warm::new("warm-successor", DriftPolicy::Correct).await;
    let held = "---
apiVersion: v1
kind: ConfigMap
metadata: {name: held, namespace: NS, finalizers: [example.com/held]}
";
    let both = format!("{TWO}{held}");
    warm.sync(&both).await;
    warm.sync(TWO).await;
    let none = json!({"metadata": {"finalizers": null}});
    warm.bench
        .merge_as("someone", "v1", "ConfigMap", "held", none)
        .await;
    warm.bench.until_gone("v1", "ConfigMap", "held").await;
    warm.sync(&both).await;
    warm.forget_departed().await;
    assert_eq!(warm.recorded().await, ["a", "b", "held"]);
}

#[tokio::test]
async fn a_hook_that_ran_anew_is_no_drift() {
    for drift in [DriftPolicy::Correct, DriftPolicy::Warn] {
        let mut warm = Warm::new("warm-hook", drift).await;
        let text = |image: &str| {
            format!(
                "{TWO}---
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  namespace: NS
  annotations: {{argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: BeforeHookCreation}}
spec:
  template: {{spec: {{restartPolicy: Never, containers: [{{name: m, image: \"{image}\"}}]}}}}
"
            )
        };
        warm.sync(&text("m:1")).await;
        // a process that starts now finds the hook as it is described
        warm.syncer = Syncer::new(&warm.bench.cluster, warm.bench.application.clone());
        warm.sync(&text("m:1")).await;
        let ran = warm.sync(&text("m:2")).await;
        assert!(ran.is_complete() && ran.count(Action::Created) == 1, "{ran:#?}");
        let told = tokio::time::timeout(Duration::from_secs(1), warm.syncer.next_drift()).await;
        assert!(told.is_err(), "{told:?}");
        let again = warm.sync(&text("m:2")).await;
        assert_eq!(again.count(Action::Unchanged), 3, "{again:#?}");
    }
}

#[tokio::test]
async fn syncs_can_run_side_by_side_in_tasks() {
    let bench = Bench::new("tasks").await;
    let desired = bench.desired(TWO);
    let (cluster, application, options) = (
        bench.cluster.clone(),
        bench.application.clone(),
        bench.options.clone(),
    );
    let once = tokio::spawn(async move {
        let cancel = CancellationToken::new();
        engine::sync(
            &cluster,
            &application,
            &desired,
            &options,
            &Events::none(),
            &cancel,
        )
        .await
    });
    assert_eq!(once.await.unwrap().unwrap().count(Action::Created), 2);
    let desired = bench.desired(TWO);
    let syncer = Syncer::new(&bench.cluster, bench.application.clone());
    let options = bench.options.clone();
    let again = tokio::spawn(async move {
        let cancel = CancellationToken::new();
        syncer.sync(&desired, &options, &Events::none(), &cancel).await
    });
    assert_eq!(again.await.unwrap().unwrap().count(Action::Unchanged), 2);
}

#[tokio::test]
async fn what_was_scaled_is_left_and_told_once() {
    let warm = Warm::new("warm-scale", DriftPolicy::Correct).await;
    let text = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: NS}
spec:
  replicas: 0
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: c, image: \"c:1\"}]}
";
    warm.sync(text).await;
    warm.bench.scale_as("kubectl", "d", 2).await;
    let drift = warm.next_drift().await;
    assert_eq!(
        (drift.managers, drift.fields),
        (vec!["kubectl".to_owned()], vec![".spec.replicas".to_owned()])
    );
    let change_set = warm.sync(text).await;
    assert!(!change_set.has_changes(), "{change_set:#?}");
    let conflict = &change_set.entries[0].conflicts[0];
    assert_eq!(
        (conflict.field.as_str(), conflict.manager.as_str(), conflict.taken),
        (".spec.replicas", "kubectl", false)
    );
    let live = warm.bench.live("apps/v1", "Deployment", "d").await.unwrap();
    assert_eq!(live["spec"]["replicas"], 2);
    // once it is known who keeps the field, further scaling is no drift
    warm.bench.scale_as("kubectl", "d", 1).await;
    assert!(!warm.sync(text).await.has_changes());
    let more = tokio::time::timeout(Duration::from_millis(500), warm.syncer.next_drift()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn what_it_deletes_itself_is_no_drift() {
    let warm = Warm::new("warm-prune", DriftPolicy::Correct).await;
    let with_pod = format!(
        "{TWO}---
apiVersion: v1
kind: ConfigMap
metadata: {{name: held, namespace: NS, finalizers: [example.com/held]}}
"
    );
    warm.sync(&with_pod).await;
    let change_set = warm.sync(TWO).await;
    assert_eq!(change_set.count(Action::Deleted), 1, "{change_set:#?}");
    let none = json!({"metadata": {"finalizers": null}});
    warm.bench
        .merge_as("someone", "v1", "ConfigMap", "held", none)
        .await;
    let drift = tokio::time::timeout(Duration::from_secs(1), warm.syncer.next_drift()).await;
    assert!(drift.is_err(), "{drift:?}");
}
