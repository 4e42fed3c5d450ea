use engine::{Action, Event};
use suite_engine::Bench;

#[tokio::test]
async fn a_definition_and_its_resource_in_one_set() {
    let bench = Bench::new("crd").await;
    let group = format!("{}.example.com", bench.namespace);
    let text = format!(
        "
apiVersion: {group}/v1
kind: Widget
metadata: {{name: w, namespace: NS}}
spec: {{size: 1}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: Widget, plural: widgets}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object, properties: {{size: {{type: integer}}}}}}}}}}}}
"
    );
    let change_set = bench.sync(&text).await;
    assert_eq!(change_set.count(Action::Created), 2, "{change_set:#?}");
    let again = bench.sync(&text).await;
    assert_eq!(again.count(Action::Unchanged), 2, "{again:#?}");
}

#[tokio::test]
async fn a_new_namespace_comes_before_what_is_in_it() {
    let bench = Bench::new("namespace").await;
    let text = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS-new}
---
apiVersion: v1
kind: Namespace
metadata: {name: NS-new}
";
    let change_set = bench.sync(text).await;
    assert_eq!(change_set.count(Action::Created), 2, "{change_set:#?}");
}

#[tokio::test]
async fn a_job_that_is_a_hook_runs_once_for_each_state() {
    let bench = Bench::new("hook").await;
    let text = "
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  namespace: NS
  annotations: {argocd.argoproj.io/hook: PreSync}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: m, image: \"m:1\"}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {k: v}
";
    let first = bench.sync(text).await;
    assert!(first.is_complete(), "{first:#?}");
    let order: Vec<String> = bench
        .take_events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Apply(entry) => Some(entry.key.name),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["migrate", "a"]);
    let uid = |job: Option<serde_json::Value>| job.map(|job| job["metadata"]["uid"].clone());
    let ran = uid(bench.live("batch/v1", "Job", "migrate").await);
    let second = bench.sync(text).await;
    assert!(!second.has_changes(), "{second:#?}");
    assert_eq!(uid(bench.live("batch/v1", "Job", "migrate").await), ran);
    let third = bench.sync(&text.replace("k: v", "k: w")).await;
    assert!(third.is_complete(), "{third:#?}");
    assert_ne!(uid(bench.live("batch/v1", "Job", "migrate").await), ran);
}

#[tokio::test]
async fn waves_wait_for_health() {
    let bench = Bench::new("waves").await;
    let text = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: first, namespace: NS, annotations: {argocd.argoproj.io/sync-wave: \"-1\"}}
spec:
  selector: {matchLabels: {app: first}}
  template:
    metadata: {labels: {app: first}}
    spec: {containers: [{name: c, image: \"c:1\"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
";
    let change_set = bench.sync(text).await;
    assert!(change_set.is_complete(), "{change_set:#?}");
    let events = bench.take_events();
    let place = |wanted: &dyn Fn(&Event) -> bool| events.iter().position(wanted).expect("it was told");
    let healthy = place(&|event| {
        matches!(
            event,
            Event::Wait {
                outcome: engine::event::WaitOutcome::Done,
                ..
            }
        )
    });
    let second = place(&|event| matches!(event, Event::Apply(entry) if entry.key.name == "second"));
    assert!(healthy < second);
}

#[tokio::test]
async fn waves_wait_for_a_job_to_complete() {
    let bench = Bench::new("waves-job").await;
    let text = "
apiVersion: batch/v1
kind: Job
metadata: {name: first, namespace: NS, annotations: {argocd.argoproj.io/sync-wave: \"-1\"}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: \"c:1\"}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
";
    let change_set = bench.sync(text).await;
    assert!(change_set.is_complete(), "{change_set:#?}");
    let job = bench.live("batch/v1", "Job", "first").await.expect("it is there");
    let events = bench.take_events();
    let place = |wanted: &dyn Fn(&Event) -> bool| events.iter().position(wanted).expect("it was told");
    let pending = place(&|event| matches!(event, Event::Wait { key, .. } if key.name == "first"));
    let second = place(&|event| matches!(event, Event::Apply(entry) if entry.key.name == "second"));
    assert!(pending < second);
    assert_eq!(job["status"]["succeeded"], 1, "{job:#?}");
}
