use super::*;

const CHAIN: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, annotations: {config.kubernetes.io/depends-on: /ConfigMap/b}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b, annotations: {config.kubernetes.io/depends-on: /ConfigMap/c}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
";

#[test]
fn a_failure_stops_only_what_depends_on_it() {
    let graph = install(CHAIN);
    let mut queue = Queue::new(&graph);
    let failing = queue.pop().unwrap();
    queue.failed(failing);
    let skipped: Vec<_> = queue
        .take_skipped()
        .iter()
        .map(|skip| (name(&graph, skip.node), skip.because))
        .collect();
    assert_eq!(
        skipped,
        [
            ("ConfigMap/a".to_owned(), failing),
            ("ConfigMap/b".to_owned(), failing)
        ]
    );
    assert_eq!(name(&graph, queue.pop().unwrap()), "ConfigMap/other");
    assert_eq!(queue.waiting(), 0);
}

#[test]
fn a_failure_after_the_write_stops_those_who_wait_for_health() {
    let graph = install(
        "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b, annotations: {config.kubernetes.io/depends-on: /Namespace/shop}}
",
    );
    let mut queue = Queue::new(&graph);
    let namespace = queue.pop().unwrap();
    queue.applied(namespace);
    queue.failed(namespace);
    let skipped: Vec<_> = queue
        .take_skipped()
        .iter()
        .map(|skip| name(&graph, skip.node))
        .collect();
    assert_eq!(skipped, ["ConfigMap/b"]);
    assert_eq!(name(&graph, queue.pop().unwrap()), "ConfigMap/a");
}

#[test]
fn blockers_are_what_is_still_waited_for() {
    let graph = install(CHAIN);
    let mut queue = Queue::new(&graph);
    let b = id(&graph, "ConfigMap/b");
    let c = queue.pop().unwrap();
    assert_eq!(queue.blockers(b), [c]);
    queue.applied(c);
    assert_eq!(queue.blockers(b), [c]);
    queue.ready(c);
    assert_eq!(queue.blockers(b), []);
}

#[test]
fn a_failed_wave_stops_the_waves_behind_it_and_names_the_root() {
    let graph = install(
        "
apiVersion: v1
kind: ConfigMap
metadata: {name: first}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second, annotations: {argocd.argoproj.io/sync-wave: '1'}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: third, annotations: {argocd.argoproj.io/hook: PostSync}}
",
    );
    let mut queue = Queue::new(&graph);
    let first = queue.pop().unwrap();
    queue.failed(first);
    let skipped = queue.take_skipped();
    assert_eq!(skipped.len(), 2);
    assert!(skipped.iter().all(|skip| skip.because == first));
}

#[test]
fn messages_out_of_order_change_nothing() {
    let graph = install(CHAIN);
    let mut queue = Queue::new(&graph);
    let a = id(&graph, "ConfigMap/a");
    queue.ready(a);
    queue.failed(a);
    let c = queue.pop().unwrap();
    queue.ready(c);
    queue.ready(c);
    queue.failed(c);
    assert_eq!(queue.take_skipped(), []);
    assert_eq!(name(&graph, queue.pop().unwrap()), "ConfigMap/b");
}
