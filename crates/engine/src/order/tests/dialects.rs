use std::fmt::Write as _;

use super::*;

/// ConfigMaps, each with the annotations given for it.
fn config_maps(annotated: &[(&str, &[(&str, &str)])]) -> String {
    let mut text = String::new();
    for (name, annotations) in annotated {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations:\n"
        );
        for (annotation, value) in *annotations {
            let _ = writeln!(text, "    {annotation}: {value:?}");
        }
    }
    text
}

fn run_config_maps(annotated: &[(&str, &[(&str, &str)])]) -> Vec<String> {
    run(&install(&config_maps(annotated)))
}

#[test]
fn argo_waves_and_hooks() {
    let order = run_config_maps(&[
        ("a-late", &[("argocd.argoproj.io/sync-wave", "2")]),
        ("b-plain", &[]),
        ("c-early", &[("argocd.argoproj.io/sync-wave", "-1")]),
        ("d-after", &[("argocd.argoproj.io/hook", "PostSync")]),
        ("e-before", &[("argocd.argoproj.io/hook", "PreSync")]),
        (
            "f-both",
            &[
                ("argocd.argoproj.io/hook", "PreSync,PostSync"),
                ("argocd.argoproj.io/sync-wave", "5"),
            ],
        ),
        ("g-skip", &[("argocd.argoproj.io/hook", "Skip")]),
        ("h-fail", &[("argocd.argoproj.io/hook", "SyncFail")]),
    ]);
    assert_eq!(
        order,
        [
            "ConfigMap/e-before PreSync",
            "ConfigMap/f-both PreSync",
            "ConfigMap/c-early",
            "ConfigMap/b-plain",
            "ConfigMap/a-late",
            "ConfigMap/d-after PostSync",
            "ConfigMap/f-both PostSync",
        ]
    );
}

#[test]
fn a_wave_waits_until_the_one_before_it_is_healthy() {
    let graph = install(&config_maps(&[
        ("a", &[]),
        ("b", &[("argocd.argoproj.io/sync-wave", "1")]),
    ]));
    let mut queue = Queue::new(&graph);
    let first = queue.pop().unwrap();
    queue.applied(first);
    assert_eq!(queue.pop(), None);
    assert!(queue.is_awaited(first));
    queue.ready(first);
    assert_eq!(name(&graph, queue.pop().unwrap()), "ConfigMap/b");
}

#[test]
fn helm_hooks_have_their_own_occasions_and_weights() {
    let text = config_maps(&[
        (
            "a-first",
            &[("helm.sh/hook", "pre-install"), ("helm.sh/hook-weight", "1")],
        ),
        (
            "b-always",
            &[
                ("helm.sh/hook", "pre-install, pre-upgrade"),
                ("helm.sh/hook-weight", "-1"),
            ],
        ),
        ("c-plain", &[("helm.sh/hook-weight", "-7")]),
        ("d-test", &[("helm.sh/hook", "test")]),
        ("e-after", &[("helm.sh/hook", "post-upgrade")]),
        ("f-crd", &[("helm.sh/hook", "crd-install")]),
    ]);
    let on = |occasion| run(&Graph::apply(&objects(&text), occasion));
    assert_eq!(
        on(Occasion::Install),
        [
            "ConfigMap/b-always PreSync",
            "ConfigMap/a-first PreSync",
            "ConfigMap/c-plain",
            "ConfigMap/f-crd"
        ]
    );
    assert_eq!(
        on(Occasion::Upgrade),
        [
            "ConfigMap/b-always PreSync",
            "ConfigMap/c-plain",
            "ConfigMap/f-crd",
            "ConfigMap/e-after PostSync"
        ]
    );
    let idle = Graph::apply(&objects(&text), Occasion::Install).idle().to_vec();
    assert_eq!(idle, [3, 4]);
}

#[test]
fn kluctl_hooks() {
    let text = config_maps(&[
        (
            "a",
            &[
                ("kluctl.io/hook", "post-deploy-initial"),
                ("kluctl.io/hook-wait", "false"),
            ],
        ),
        (
            "b",
            &[("kluctl.io/hook", "pre-deploy"), ("kluctl.io/hook-timeout", "2m")],
        ),
        ("c", &[]),
        ("d", &[("kluctl.io/hook", "pre-deploy-upgrade")]),
    ]);
    let graph = install(&text);
    assert_eq!(
        run(&graph),
        ["ConfigMap/b PreSync", "ConfigMap/c", "ConfigMap/a PostSync"]
    );
    let hook = graph
        .node(id(&graph, "ConfigMap/b PreSync"))
        .unwrap()
        .hook
        .clone()
        .unwrap();
    assert_eq!(hook.timeout, Some(std::time::Duration::from_mins(2)));
    assert_eq!(
        hook.delete_policies.into_iter().collect::<Vec<_>>(),
        [DeletePolicy::BeforeHookCreation]
    );
}

#[test]
fn delete_policies_of_all_dialects_are_the_same() {
    for (hook, annotation, value) in [
        (
            "argocd.argoproj.io/hook",
            "argocd.argoproj.io/hook-delete-policy",
            "HookSucceeded,HookFailed",
        ),
        (
            "argocd.argoproj.io/hook",
            "helm.sh/hook-delete-policy",
            "hook-succeeded,hook-failed",
        ),
    ] {
        let graph = install(&config_maps(&[("a", &[(hook, "PreSync"), (annotation, value)])]));
        let hook = graph
            .node(id(&graph, "ConfigMap/a PreSync"))
            .unwrap()
            .hook
            .clone()
            .unwrap();
        let policies: Vec<_> = hook.delete_policies.into_iter().collect();
        assert_eq!(policies, [DeletePolicy::HookSucceeded, DeletePolicy::HookFailed]);
    }
}

#[test]
fn cli_utils_dependencies() {
    let order = run_config_maps(&[
        (
            "a",
            &[("config.kubernetes.io/depends-on", "/ConfigMap/c,/ConfigMap/b")],
        ),
        ("b", &[("config.kubernetes.io/depends-on", "/ConfigMap/c")]),
        ("c", &[]),
        (
            "d",
            &[(
                "config.kubernetes.io/apply-time-mutation",
                "[{sourceRef: {kind: ConfigMap, name: e}, sourcePath: $.data.a, targetPath: $.data.b}]",
            )],
        ),
        ("e", &[("config.kubernetes.io/depends-on", "/ConfigMap/a")]),
    ]);
    assert_eq!(
        order,
        [
            "ConfigMap/c",
            "ConfigMap/b",
            "ConfigMap/a",
            "ConfigMap/e",
            "ConfigMap/d"
        ]
    );
}

#[test]
fn kapp_groups_and_rules() {
    let order = run_config_maps(&[
        (
            "a",
            &[(
                "kapp.k14s.io/change-rule",
                "upsert after upserting example.com/db",
            )],
        ),
        ("b", &[("kapp.k14s.io/change-group", "example.com/db")]),
        ("c", &[("kapp.k14s.io/change-group.x", "example.com/db")]),
        (
            "d",
            &[(
                "kapp.k14s.io/change-rule.y",
                "upsert before upserting example.com/db",
            )],
        ),
        (
            "e",
            &[(
                "kapp.k14s.io/change-rule",
                "upsert before upserting example.com/{name}-nobody",
            )],
        ),
    ]);
    assert_eq!(
        order,
        [
            "ConfigMap/d",
            "ConfigMap/b",
            "ConfigMap/c",
            "ConfigMap/a",
            "ConfigMap/e"
        ]
    );
}

#[test]
fn kapp_groups_of_its_own() {
    let text = "
apiVersion: v1
kind: ConfigMap
metadata:
  name: late
  annotations: {kapp.k14s.io/change-rule: upsert after upserting change-groups.kapp.k14s.io/rbac}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader, annotations: {argocd.argoproj.io/sync-wave: '0'}}
";
    assert_eq!(run(&install(text)), ["ClusterRole/reader", "ConfigMap/late"]);
}

#[test]
fn a_rule_that_wants_a_deletion_first_is_noticed() {
    let graph = install(&config_maps(&[(
        "a",
        &[("kapp.k14s.io/change-rule", "upsert after deleting example.com/db")],
    )]));
    let notices: Vec<_> = graph.notices().iter().map(ToString::to_string).collect();
    let expected =
        "ConfigMap/a asks for \"upsert after deleting example.com/db\", but deletions come after all writes";
    assert_eq!(notices, [expected]);
}

#[test]
fn an_object_without_a_position_goes_along_with_what_needs_it() {
    let order = run(&install(
        "
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: shop, annotations: {helm.sh/hook: 'pre-install'}}
spec: {template: {spec: {serviceAccountName: db, containers: [{name: a}]}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: db, namespace: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other, namespace: shop}
",
    ));
    assert_eq!(
        order,
        [
            "Namespace/shop PreSync",
            "ServiceAccount/db PreSync",
            "Job/migrate PreSync",
            "ConfigMap/other"
        ]
    );
}

#[test]
fn a_custom_resource_without_a_position_follows_its_definition() {
    let order = run(&install(
        "
apiVersion: example.com/v1
kind: Widget
metadata: {name: one}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com, annotations: {argocd.argoproj.io/sync-wave: '3'}}
spec: {group: example.com, names: {kind: Widget}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: last, annotations: {argocd.argoproj.io/sync-wave: '4'}}
",
    ));
    assert_eq!(
        order,
        [
            "CustomResourceDefinition/widgets.example.com",
            "Widget/one",
            "ConfigMap/last"
        ]
    );
}

#[test]
fn a_stated_wave_outweighs_a_mere_reference() {
    let order = run(&install(
        "
apiVersion: v1
kind: Pod
metadata: {name: web, annotations: {argocd.argoproj.io/sync-wave: '0'}}
spec: {containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, annotations: {argocd.argoproj.io/sync-wave: '1'}}
",
    ));
    assert_eq!(order, ["Pod/web", "ConfigMap/settings"]);
}

#[test]
fn something_may_come_after_a_webhook_configuration() {
    let order = run(&install(
        "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: checks}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: checked
  annotations:
    config.kubernetes.io/depends-on: admissionregistration.k8s.io/ValidatingWebhookConfiguration/checks
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
",
    ));
    assert_eq!(
        order,
        [
            "ConfigMap/other",
            "ValidatingWebhookConfiguration/checks",
            "ConfigMap/checked"
        ]
    );
}
