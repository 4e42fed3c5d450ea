//! Each ends in a status that names the object and the reason, while the rest goes on.

use std::{fmt::Write as _, time::Duration};

use engine::{
    Action, ChangeSet, Mode,
    change_set::{ChangeSetEntry, FailureKind},
    order::{Graph, Occasion},
    render,
};
use manifest::Tree;
use suite_engine::Bench;
use testkit::{Admission, ControlPlane, Webhook, control_plane::rule};

const TWO: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: bad, namespace: NS}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: good, namespace: NS}
";

fn entry<'a>(set: &'a ChangeSet, bench: &Bench, name: &str) -> &'a ChangeSetEntry {
    set.entry(&bench.config_map(name)).expect("it has an entry")
}

/// A webhook that is asked about the ConfigMaps of a test, once the API server has heard of it.
async fn asked(bench: &mut Bench, judge: impl Fn(&str) -> Admission + Send + Sync + 'static) {
    let webhook = Webhook::start(move |object| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        if name == "probe" {
            return Admission::Denied("it is there".to_owned());
        }
        judge(name)
    })
    .expect("the webhook starts");
    let configuration = webhook.configuration(&bench.namespace, &bench.namespace);
    bench.kubectl_create(&configuration.to_string()).await;
    bench.options.mode = Mode::DryRun;
    for _ in 0..100 {
        let probe = bench
            .sync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: probe}")
            .await;
        if probe.failures().next().is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bench.options.mode = Mode::Apply;
}

#[tokio::test]
async fn a_webhook_that_refuses() {
    let mut bench = Bench::new("webhook").await;
    asked(&mut bench, |name| match name {
        "bad" => Admission::Denied("not on a Friday".to_owned()),
        _ => Admission::Allowed,
    })
    .await;
    let change_set = bench.sync(TWO).await;
    let error = entry(&change_set, &bench, "bad")
        .error
        .clone()
        .expect("it was refused");
    assert_eq!(error.kind, FailureKind::Denied);
    assert!(
        error.message.contains("ConfigMap/bad") && error.message.contains("not on a Friday"),
        "{error:?}"
    );
    assert_eq!(entry(&change_set, &bench, "good").action, Action::Created);
}

#[tokio::test]
async fn a_webhook_that_does_not_answer() {
    let mut bench = Bench::new("webhook-silent").await;
    asked(&mut bench, |name| match name {
        "bad" => Admission::Silence,
        _ => Admission::Allowed,
    })
    .await;
    let change_set = bench.sync(TWO).await;
    let error = entry(&change_set, &bench, "bad")
        .error
        .clone()
        .expect("it was refused");
    assert!(error.message.contains("failed calling webhook"), "{error:?}");
    assert_eq!(error.kind, FailureKind::Denied);
    assert_eq!(entry(&change_set, &bench, "good").action, Action::Created);
}

#[tokio::test]
async fn a_finalizer_that_never_ends() {
    let mut bench = Bench::new("finalizer").await;
    let held = TWO.replace("name: bad,", "name: bad, finalizers: [example.com/held],");
    bench.sync(&held).await;
    let good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good, namespace: NS}";
    bench.options.wait = Some(Duration::from_secs(1));
    bench.options.prune.timeout = Duration::from_secs(1);
    // what is not gone is not forgotten: it is told each time
    for _ in 0..2 {
        let change_set = bench.sync(good).await;
        let error = entry(&change_set, &bench, "bad").error.clone().expect("it stays");
        assert_eq!(error.kind, FailureKind::Timeout);
        assert!(
            error.message.contains("ConfigMap/bad") && error.message.contains("example.com/held"),
            "{error:?}"
        );
        assert_eq!(entry(&change_set, &bench, "good").action, Action::Unchanged);
    }
    let none = serde_json::json!({"metadata": {"finalizers": null}});
    bench.merge_as("someone", "v1", "ConfigMap", "bad", none).await;
    assert!(bench.sync(good).await.is_complete());
}

#[tokio::test]
async fn an_object_that_is_too_large() {
    let bench = Bench::new("large").await;
    let large = format!(
        "{TWO}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: large, namespace: NS}}\ndata: {{k: {}}}\n",
        "x".repeat(5 << 20)
    );
    let change_set = bench.sync(&large).await;
    let error = entry(&change_set, &bench, "large")
        .error
        .clone()
        .expect("it was refused");
    assert_eq!(error.kind, FailureKind::Invalid, "{error:?}");
    assert!(error.message.contains("ConfigMap/large"), "{error:?}");
    assert!(error.message.len() < 1000, "it does not quote what it refuses");
    assert_eq!(change_set.count(Action::Created), 2, "{:?}", change_set.notices);
}

#[tokio::test]
async fn fifty_thousand_files() {
    let bench = Bench::new("files").await;
    let files = (0..50_000).map(|number| {
        let path = format!("d{}/c{number}.yaml", number / 100);
        let text = match number {
            40_000 => "apiVersion: v1\nkind: [".to_owned(),
            _ => format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\n"),
        };
        (path, text.into_bytes())
    });
    let tree = Tree::from_files(files).expect("they are paths");
    let options = |paths: &str| render::Options {
        paths: vec![paths.to_owned()],
        default_namespace: bench.namespace.clone(),
        ..render::Options::default()
    };
    let whole = render::render(&tree, &options("**/*.yaml")).into_desired("test");
    assert_eq!((whole.objects.len(), whole.problems.len()), (49_999, 1));
    let problem = whole.problems[0].to_string();
    assert!(problem.contains("d400/c40000.yaml"), "{problem}");
    assert_eq!(
        Graph::apply(&whole.objects, Occasion::Install).nodes().count(),
        49_999
    );
    let part = render::render(&tree, &options("d7/*.yaml")).into_desired("test");
    assert_eq!(bench.sync_desired(&part).await.count(Action::Created), 100);
}

#[tokio::test]
async fn rights_in_one_namespace_alone() {
    let mut bench = Bench::new("rights").await;
    let plane = ControlPlane::shared();
    let user = plane.user(&bench.namespace).expect("there is a user");
    let all = ["get", "list", "watch", "create", "patch", "delete"];
    let rules = vec![rule("", "configmaps", &all), rule("", "secrets", &all)];
    plane
        .grant(&user, Some(&bench.namespace), rules)
        .await
        .expect("the rights are granted");
    let client = user.client().await.expect("there is a client");
    bench.cluster = suite_engine::connect_as(client);
    let text = format!(
        "{TWO}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: s, namespace: NS}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: NS-more}}\n"
    );
    let change_set = bench.sync(&text).await;
    assert_eq!(change_set.count(Action::Created), 2, "{change_set:#?}");
    let refused: Vec<(&str, bool)> = change_set
        .failures()
        .map(|entry| {
            let error = entry.error.as_ref().expect("a failure has an error");
            let names_it = error.kind == FailureKind::Forbidden && error.message.contains("cannot");
            (entry.key.kind.as_str(), names_it)
        })
        .collect();
    assert_eq!(
        refused,
        [("Namespace", true), ("ServiceAccount", true)],
        "{change_set:#?}"
    );
    // a process that is warm watches in each namespace where it may not in all
    let again = bench.sync(TWO).await;
    assert!(!again.has_changes(), "{again:#?}");
}

#[tokio::test]
async fn one_file_of_many_documents() {
    let bench = Bench::new("documents").await;
    let mut text = "# x\n".repeat(1 << 20);
    for number in 0..200 {
        writeln!(
            text,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}"
        )
        .expect("a text takes all");
    }
    assert_eq!(bench.sync(&text).await.count(Action::Created), 200);
}
