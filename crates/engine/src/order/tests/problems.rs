use super::*;

fn problems(text: &str) -> Vec<String> {
    let graph = Graph::apply(&objects(text), Occasion::Install);
    graph.problems().iter().map(ToString::to_string).collect()
}

fn config_map(name: &str, annotation: &str, value: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, annotations: {{{annotation}: {value:?}}}}}\n"
    )
}

#[test]
fn a_cycle_names_its_members_and_the_reasons() {
    let text = config_map("a", "config.kubernetes.io/depends-on", "/ConfigMap/b")
        + &config_map("b", "config.kubernetes.io/depends-on", "/ConfigMap/c")
        + &config_map("c", "config.kubernetes.io/depends-on", "/ConfigMap/a")
        + &config_map("d", "config.kubernetes.io/depends-on", "/ConfigMap/a")
        + &config_map("e", "unrelated", "yes");
    assert_eq!(
        problems(&text),
        [
            "failed to order ConfigMap/a, ConfigMap/b, ConfigMap/c: ConfigMap/a waits for ConfigMap/b (annotation \
          config.kubernetes.io/depends-on), which waits for ConfigMap/c (annotation config.kubernetes.io/depends-on), \
          which waits for ConfigMap/a (annotation config.kubernetes.io/depends-on)"
        ]
    );
    let objects = objects(&text);
    let graph = Graph::apply(&objects, Occasion::Install);
    let mut queue = Queue::new(&graph);
    let skipped: Vec<_> = queue
        .take_skipped()
        .iter()
        .map(|skipped| name(&graph, skipped.node))
        .collect();
    assert_eq!(skipped, ["ConfigMap/d"]);
    assert_eq!(name(&graph, queue.pop().unwrap()), "ConfigMap/e");
    assert_eq!((queue.pop(), queue.waiting()), (None, 0));
}

#[test]
fn a_wave_against_a_dependency_names_both() {
    let text = "
apiVersion: v1
kind: ConfigMap
metadata:
  name: early
  annotations: {argocd.argoproj.io/sync-wave: '0', config.kubernetes.io/depends-on: /ConfigMap/late}
"
    .to_owned()
        + &config_map("late", "argocd.argoproj.io/sync-wave", "1");
    assert_eq!(
        problems(&text),
        [
            "failed to order ConfigMap/early, ConfigMap/late: ConfigMap/early waits for ConfigMap/late (annotation \
          config.kubernetes.io/depends-on), which waits for ConfigMap/early (phase and wave)"
        ]
    );
}

#[test]
fn two_dialects_that_disagree_are_both_named() {
    let text = "
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  namespace: shop
  annotations: {argocd.argoproj.io/hook: PreSync, kluctl.io/hook: post-deploy}
";
    assert_eq!(
        problems(text),
        [
            "failed to order ConfigMap/a in namespace shop: annotations argocd.argoproj.io/hook: \"PreSync\" and \
          kluctl.io/hook: \"post-deploy\" contradict one another"
        ]
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    for (annotation, value) in [
        ("argocd.argoproj.io/sync-wave", "first"),
        ("argocd.argoproj.io/hook", "Presync"),
        ("helm.sh/hook", "pre-instal"),
        ("kluctl.io/hook", "predeploy"),
        ("kluctl.io/wait-readiness", "yes"),
        ("config.kubernetes.io/depends-on", "ConfigMap/b"),
        ("config.kubernetes.io/apply-time-mutation", "nonsense"),
        ("kapp.k14s.io/change-rule", "upsert after example.com/db"),
        ("kapp.k14s.io/change-group", "{colour}"),
    ] {
        let found = problems(&config_map("a", annotation, value));
        let start = format!("failed to read annotation {annotation} of ConfigMap/a: expected ");
        assert!(
            found.len() == 1 && found[0].starts_with(&start),
            "{annotation}: {found:?}"
        );
    }
}

#[test]
fn what_is_missing_or_double_is_named() {
    assert_eq!(
        problems(&config_map(
            "a",
            "config.kubernetes.io/depends-on",
            "apps/namespaces/shop/Deployment/db"
        )),
        [
            "failed to order ConfigMap/a: annotation config.kubernetes.io/depends-on names Deployment/db in namespace \
          shop, which is not in the set"
        ]
    );
    let twice = problems(&(config_map("a", "b", "c") + &config_map("a", "d", "e")));
    let start = "failed to order ConfigMap/a: it is given twice, in test.yaml (document 1, ";
    assert!(twice.len() == 1 && twice[0].starts_with(start), "{twice:?}");
}
