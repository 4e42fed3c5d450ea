//! Exit codes of preview and diff: 0 nothing, 2 changes, 1 an error, 3 what a gate refuses.

use testkit::ControlPlane;

use crate::shell::Shell;

const KEPT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\ndata: {mode: fast}\n";
const REMOVED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: removed}\n";

/// A repository whose branch `change` turns a value and removes a file.
fn repository(shell: Shell) -> Shell {
    let shell = shell
        .file("shop/kept.yaml", KEPT)
        .file("shop/removed.yaml", REMOVED);
    shell.git("init --quiet --initial-branch=main .");
    shell.git("add shop");
    shell.git("commit --quiet --message=base");
    shell.git("checkout --quiet -b change");
    shell.write("shop/kept.yaml", &KEPT.replace("fast", "slow"));
    shell.git("rm --quiet shop/removed.yaml");
    shell.git("add shop");
    shell.git("commit --quiet --message=change");
    shell
}

#[test]
fn a_preview_without_a_cluster() {
    let shell = repository(Shell::new());
    shell
        .glops("preview shop --offline --base main")
        .assert_golden("preview_offline");
    shell
        .glops("preview shop --offline --base main -o markdown")
        .assert_golden("preview_offline_markdown");
    shell
        .glops("preview shop --offline --base main -o json")
        .assert_golden("preview_offline_json");
    let code = |line: &str| {
        shell
            .glops(&format!("preview shop --offline --base main {line}"))
            .code
    };
    assert_eq!(code("--exit-code"), Some(2));
    assert_eq!(code("--exit-code --head main"), Some(0));
    assert_eq!(code("--exit-code --head nowhere"), Some(1));
    let gate = shell.glops("preview shop --offline --base main --summary --fail-on prune,drift");
    gate.assert_golden("preview_gate");
    assert_eq!(code("--fail-on drift,conflict"), Some(0));
}

#[test]
fn what_cannot_be_rendered_is_an_error_whatever_the_gate() {
    let shell = repository(Shell::new());
    shell.write("shop/kept.yaml", "half: [");
    shell.git("add shop");
    shell.git("commit --quiet --message=broken");
    let broken = shell.glops("preview shop --offline --base main --exit-code --fail-on prune");
    assert_eq!(broken.code, Some(1), "{broken}");
}

#[tokio::test]
async fn a_diff_against_a_cluster() {
    let namespace = ControlPlane::shared().namespace("gates").await;
    let shell = repository(Shell::on_control_plane().with("GLOPS_NAMESPACE", namespace.name()));
    let glops = |line: &str| shell.glops(&format!("{line} --inventory web"));
    shell.git("checkout --quiet main");
    let applied = glops("apply shop");
    assert_eq!(applied.code, Some(0), "{applied}");
    assert_eq!(glops("diff shop --exit-code").code, Some(0));
    assert_eq!(
        glops("diff shop --exit-code --fail-on prune,conflict,drift").code,
        Some(0)
    );

    shell.git("checkout --quiet change");
    assert_eq!(glops("diff shop --exit-code").code, Some(2));
    let pruned = glops("diff shop --exit-code --fail-on prune");
    assert_eq!(pruned.code, Some(3), "{pruned}");
    assert!(
        pruned.stderr.contains("refused: ConfigMap/removed in namespace"),
        "{pruned}"
    );
    assert!(
        pruned.stderr.contains("would be deleted (--fail-on prune)"),
        "{pruned}"
    );
    let dry = glops("apply shop --prune --dry-run");
    assert!(dry.stdout.contains("configured ConfigMap/kept"), "{dry}");
    assert!(dry.stdout.contains("deleted    ConfigMap/removed"), "{dry}");
    // the preview says the same of the branch
    let preview = glops("preview shop --base main --fail-on prune");
    assert_eq!(preview.code, Some(3), "{preview}");
    assert_eq!(
        glops("preview shop --base main --fail-on conflict,drift").code,
        Some(0)
    );

    // somebody writes the field that the branch changes
    let patch = format!(
        "patch configmap kept -n {} --type=merge -p {{\"data\":{{\"mode\":\"odd\"}}}}",
        namespace.name()
    );
    shell.kubectl(&patch, "");
    let conflict = glops("preview shop --base main --fail-on conflict");
    assert_eq!(conflict.code, Some(3), "{conflict}");
    shell.git("checkout --quiet main");
    let drift = glops("preview shop --base main --fail-on drift");
    assert_eq!(drift.code, Some(3), "{drift}");
    assert!(
        drift.stderr.contains("drifted in the cluster (--fail-on drift)"),
        "{drift}"
    );
}
