use std::time::Duration;

use engine::{Action, ChangeSet, Confirmation, Event, Events, change_set::SkipReason};
use manifest::ResourceKey;
use serde_json::json;
use suite_engine::Bench;
use tokio_util::sync::CancellationToken;

const MAP: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS}
data: {k: v}
";

fn job(name: &str, annotation: &str) -> String {
    job_with(name, annotation, "{}")
}

/// A Job; its Pods fail when their annotations say so.
fn job_with(name: &str, annotation: &str, pod_annotations: &str) -> String {
    format!(
        "
---
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}, namespace: NS, annotations: {{{annotation}}}}}
spec:
  backoffLimit: 0
  template:
    metadata: {{annotations: {pod_annotations}}}
    spec:
      restartPolicy: Never
      containers: [{{name: m, image: \"m:1\"}}]
"
    )
}

/// A hook that is done as soon as it exists.
fn map_hook(name: &str, hook: &str) -> String {
    format!(
        "
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: NS, annotations: {{helm.sh/hook: {hook}}}}}
"
    )
}

async fn delete(bench: &Bench) -> (ChangeSet, Vec<Event>) {
    let (events, mut received) = Events::channel();
    let cancel = CancellationToken::new();
    let deleted = engine::delete(
        &bench.cluster,
        &bench.application,
        &bench.options,
        &events,
        &cancel,
    )
    .await
    .expect("the deletion runs");
    let mut told = Vec::new();
    while let Ok(event) = received.try_recv() {
        told.push(event);
    }
    (deleted, told)
}

async fn exists(bench: &Bench, api_version: &str, kind: &str, name: &str) -> bool {
    bench.live(api_version, kind, name).await.is_some()
}

#[tokio::test]
async fn a_failed_sync_runs_its_hooks_once() {
    let bench = Bench::new("sync-fail").await;
    let hook = job("tell", "argocd.argoproj.io/hook: SyncFail");
    let good = format!("{MAP}{hook}");
    assert!(bench.sync(&good).await.is_complete());
    assert!(!exists(&bench, "batch/v1", "Job", "tell").await);
    let bad = good.replace("name: a,", "name: Not_A_Name,");
    let failed = bench.sync(&bad).await;
    let entry = failed
        .entry(&bench.key("batch", "Job", "tell"))
        .expect("it has an entry");
    assert_eq!(entry.action, Action::Created, "{failed:#?}");
    let ran = bench.live("batch/v1", "Job", "tell").await.expect("it ran");
    assert_eq!(ran["status"]["succeeded"], 1, "{ran:#?}");
    bench.sync(&bad).await;
    let again = bench.live("batch/v1", "Job", "tell").await.expect("it is kept");
    assert_eq!(again["metadata"]["uid"], ran["metadata"]["uid"]);
    // what works again may fail again, and that is told again
    assert!(bench.sync(&good).await.is_complete());
    bench.sync(&bad).await;
    let anew = bench.live("batch/v1", "Job", "tell").await.expect("it ran anew");
    assert_ne!(anew["metadata"]["uid"], ran["metadata"]["uid"]);
}

#[tokio::test]
async fn what_follows_a_sync_follows_its_deletions() {
    let mut bench = Bench::new("post-sync").await;
    bench.options.prune.timeout = Duration::from_secs(1);
    let held = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, namespace: NS, finalizers: [example.com/held]}\n";
    let hook = map_hook("after", "post-upgrade");
    assert!(bench.sync(&format!("{MAP}{held}{hook}")).await.is_complete());
    let blocked = bench.sync(&format!("{MAP}{hook}")).await;
    let after = blocked
        .entry(&bench.config_map("after"))
        .expect("it has an entry");
    let reason = SkipReason::NotDeleted(bench.config_map("held"));
    assert_eq!(after.reason, Some(reason), "{blocked:#?}");
    assert!(!blocked.is_complete() && !exists(&bench, "v1", "ConfigMap", "after").await);
    let none = json!({"metadata": {"finalizers": null}});
    bench.merge_as("someone", "v1", "ConfigMap", "held", none).await;
    bench.until_gone("v1", "ConfigMap", "held").await;
    bench
        .sync(&format!("{MAP}{hook}---{}", MAP.replace("name: a", "name: b")))
        .await;
    bench.take_events();
    assert!(bench.sync(&format!("{MAP}{hook}")).await.is_complete());
    let told = bench.take_events();
    let order: Vec<&str> = told
        .iter()
        .filter_map(|event| match event {
            Event::Apply(entry) | Event::Prune(entry) => Some(entry.key.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["a", "b", "after"]);
}

#[tokio::test]
async fn hooks_frame_the_deletion_of_everything() {
    let bench = Bench::new("delete-hooks").await;
    let before = job("before", "argocd.argoproj.io/hook: PreDelete");
    let after = map_hook("after", "post-delete");
    let synced = bench.sync(&format!("{MAP}{before}{after}")).await;
    assert!(synced.is_complete(), "{synced:#?}");
    assert!(!exists(&bench, "batch/v1", "Job", "before").await);
    let (deleted, told) = delete(&bench).await;
    assert!(deleted.is_complete(), "{deleted:#?}");
    let order: Vec<&str> = told
        .iter()
        .filter_map(|event| match event {
            Event::Apply(entry) | Event::Delete(entry) => Some(entry.key.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["before", "a", "after"]);
    for (api_version, kind, name) in [
        ("batch/v1", "Job", "before"),
        ("v1", "ConfigMap", "after"),
        ("v1", "Secret", "web"),
    ] {
        assert!(!exists(&bench, api_version, kind, name).await, "{kind}/{name}");
    }
}

#[tokio::test]
async fn the_last_hook_has_its_namespace_still() {
    let mut bench = Bench::new("delete-room").await;
    bench.options.prune.confirmed = Confirmation::All;
    let room = "---
apiVersion: v1
kind: Namespace
metadata: {name: NS-room}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: in-room, namespace: NS-room}
";
    let hook = map_hook("after", "post-delete").replace("NS", "NS-room");
    assert!(bench.sync(&format!("{room}{hook}")).await.is_complete());
    let (deleted, told) = delete(&bench).await;
    assert!(deleted.is_complete(), "{deleted:#?}");
    let order: Vec<String> = told
        .iter()
        .filter_map(|event| match event {
            Event::Apply(entry) | Event::Delete(entry) => {
                Some(entry.key.name.replace(&bench.namespace, "NS"))
            }
            _ => None,
        })
        .collect();
    assert_eq!(order, ["in-room", "after", "NS-room"]);
    let after = ResourceKey::new("", "ConfigMap", format!("{}-room", bench.namespace), "after");
    let hook = deleted.entry(&after).expect("it has an entry");
    assert_eq!(hook.action, Action::Created, "{deleted:#?}");
}

#[tokio::test]
async fn nothing_is_deleted_when_what_runs_before_fails() {
    let bench = Bench::new("delete-refused").await;
    let fails = "{testkit.glops.dev/outcome: fail}";
    let before = job_with("before", "helm.sh/hook: pre-delete", fails);
    bench.sync(&format!("{MAP}{before}")).await;
    let (refused, _) = delete(&bench).await;
    assert!(refused.notices[0].blocking, "{refused:#?}");
    assert!(refused.notices[0].message.contains("Job/before"), "{refused:#?}");
    assert!(exists(&bench, "v1", "ConfigMap", "a").await);
    assert!(exists(&bench, "v1", "Secret", "web").await);
    // a later revision has another hook, and the deletion can go on
    bench.sync(MAP).await;
    let (deleted, _) = delete(&bench).await;
    assert!(deleted.is_complete(), "{deleted:#?}");
    assert!(!exists(&bench, "v1", "ConfigMap", "a").await);
}

#[tokio::test]
async fn installing_and_upgrading_have_hooks_of_their_own() {
    let bench = Bench::new("helm-hooks").await;
    let hooks = [
        map_hook("first", "pre-install"),
        map_hook("later", "pre-upgrade"),
        map_hook("test", "test"),
    ]
    .concat();
    // an installation that did not get through is none
    let broken = format!("{}{hooks}", MAP.replace("k: v", "k: [no text]"));
    bench.sync(&broken).await;
    let whole = format!("{MAP}{hooks}");
    let installed = bench.sync(&whole).await;
    assert!(installed.is_complete(), "{installed:#?}");
    let reason = |set: &ChangeSet, name: &str| {
        set.entry(&bench.config_map(name))
            .and_then(|entry| entry.reason.clone())
    };
    assert_eq!(reason(&installed, "first"), None);
    assert_eq!(reason(&installed, "later"), Some(SkipReason::OtherOccasion));
    assert_eq!(reason(&installed, "test"), Some(SkipReason::OtherOccasion));
    let upgraded = bench.sync(&whole.replace("k: v", "k: w")).await;
    assert_eq!(reason(&upgraded, "first"), Some(SkipReason::OtherOccasion));
    assert_eq!(reason(&upgraded, "later"), None);
    assert!(exists(&bench, "v1", "ConfigMap", "later").await);
    assert!(!exists(&bench, "v1", "ConfigMap", "test").await);
    let statuses = engine::status(&bench.cluster, &bench.application)
        .await
        .expect("the status is read")
        .expect("something was applied");
    let named: Vec<&str> = statuses.iter().map(|status| status.key.name.as_str()).collect();
    assert_eq!(named, ["a", "first", "later"]);
}

#[tokio::test]
async fn a_hook_that_succeeded_is_deleted_and_not_missed() {
    let bench = Bench::new("hook-policy").await;
    let annotations = "helm.sh/hook: \"pre-install,pre-upgrade\", helm.sh/hook-delete-policy: hook-succeeded";
    let text = format!("{MAP}{}", job("migrate", annotations));
    let synced = bench.sync(&text).await;
    assert!(synced.is_complete(), "{synced:#?}");
    let statuses = engine::status(&bench.cluster, &bench.application)
        .await
        .expect("the status is read")
        .expect("something was applied");
    assert_eq!(statuses.len(), 1, "{statuses:#?}");
    let again = bench.sync(&text).await;
    assert!(again.is_complete() && !again.has_changes(), "{again:#?}");
}
