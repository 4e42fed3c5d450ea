use std::fmt::Write as _;

use engine::{
    Action,
    change_set::{FailureKind, SkipReason},
};
use suite_engine::Bench;

/// A thousand ConfigMaps, of which one has a name that the server refuses and two depend on that one.
#[tokio::test]
async fn one_invalid_object_stops_only_what_depends_on_it() {
    let bench = Bench::new("isolates").await;
    let mut text = String::new();
    for number in 0..1000 {
        let (name, annotations) = match number {
            500 => ("Not_A_Name".to_owned(), String::new()),
            600 | 700 => (
                format!("c{number}"),
                ", annotations: {config.kubernetes.io/depends-on: /namespaces/NS/ConfigMap/Not_A_Name}"
                    .to_owned(),
            ),
            _ => (format!("c{number}"), String::new()),
        };
        writeln!(
            text,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: NS{annotations}}}"
        )
        .expect("a text takes all");
    }
    let change_set = bench.sync(&text).await;
    assert_eq!(change_set.count(Action::Created), 997);
    let failed = change_set
        .entry(&bench.config_map("Not_A_Name"))
        .expect("it has an entry");
    assert_eq!(
        failed.error.as_ref().map(|error| error.kind),
        Some(FailureKind::Invalid),
        "{failed:?}"
    );
    for name in ["c600", "c700"] {
        let skipped = change_set
            .entry(&bench.config_map(name))
            .expect("it has an entry");
        assert_eq!(
            skipped.reason,
            Some(SkipReason::DependencyFailed(bench.config_map("Not_A_Name")))
        );
    }
    assert!(!change_set.is_complete());
}

#[tokio::test]
async fn each_refusal_has_its_kind() {
    let bench = Bench::new("refusals").await;
    let change_set = bench
        .sync(
            "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: NS-that-is-not-there}
---
apiVersion: nowhere.example.com/v1
kind: Widget
metadata: {name: b, namespace: NS}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
",
        )
        .await;
    let kinds: Vec<_> = change_set
        .entries
        .iter()
        .map(|entry| {
            (
                entry.key.name.as_str(),
                entry.error.as_ref().map(|error| error.kind),
            )
        })
        .collect();
    let expected = [
        ("c", None),
        ("a", Some(FailureKind::NamespaceNotFound)),
        ("b", Some(FailureKind::UnknownKind)),
    ];
    for pair in expected {
        assert!(kinds.contains(&pair), "{pair:?} in {kinds:?}");
    }
}

#[tokio::test]
async fn a_used_up_quota_is_named() {
    let bench = Bench::new("quota").await;
    bench
        .kubectl_create(&format!(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: q, namespace: {}}}\nspec: {{hard: {{count/configmaps: \"0\"}}}}",
            bench.namespace
        ))
        .await;
    let config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}";
    // the quota counts once its controller has
    let mut kind = None;
    for _ in 0..50 {
        let change_set = bench.sync(config_map).await;
        kind = change_set
            .failures()
            .next()
            .and_then(|entry| entry.error.as_ref())
            .map(|error| error.kind);
        if kind.is_some() {
            break;
        }
        bench.delete("v1", "ConfigMap", "a").await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(kind, Some(FailureKind::QuotaExceeded));
}
