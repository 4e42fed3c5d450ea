//! Charts and overlays against a real control plane: what is made up stays, what lies elsewhere is fetched, and
//! what the cluster serves is seen.

use serde_json::Value;
use testkit::charts::chart_archive;
use testkit::web::{Reply, WebServer};
use testkit::{Commit, ControlPlane, GitServer};

use crate::shell::Shell;

const CHART: &str = "apiVersion: v2\nname: cache\nversion: 0.1.0\n";
const SECRET: &str = "apiVersion: v1
kind: Secret
metadata: {name: cache}
stringData:
  password: {{ randAlphaNum 24 | quote }}
  user: {{ .Values.user }}
---
{{- $authority := genCA \"cache\" 30 }}
apiVersion: v1
kind: Secret
metadata: {name: cache-tls}
type: kubernetes.io/tls
data:
  tls.crt: {{ $authority.Cert | b64enc }}
  tls.key: {{ $authority.Key | b64enc }}
";
const MAP: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: cache}
data: {size: {{ .Values.size | quote }}}
";

/// A shell in a namespace, with a chart in a repository.
fn shell(namespace: &str) -> Shell {
    let shell = Shell::on_control_plane()
        .with("GLOPS_NAMESPACE", namespace)
        .file("cache/Chart.yaml", CHART)
        .file("cache/values.yaml", "user: bot\nsize: 1\n")
        .file("cache/templates/secret.yaml", SECRET)
        .file("cache/templates/map.yaml", MAP);
    shell.git("init --quiet --initial-branch=main .");
    commit(&shell);
    shell
}

fn commit(shell: &Shell) {
    shell.git("add .");
    shell.git("commit --quiet --message=commit");
}

fn data(shell: &Shell, namespace: &str, object: &str) -> Value {
    let text = shell.kubectl(&format!("get {object} -n {namespace} -o json"), "");
    let object: Value = serde_json::from_str(&text).expect("an object");
    object["data"].clone()
}

#[tokio::test]
async fn what_a_chart_makes_up_stays_as_it_is() {
    let namespace = ControlPlane::shared().namespace("chart-generated").await;
    let shell = shell(namespace.name());
    let first = shell.glops("apply cache --inventory release");
    assert_eq!(first.code, Some(0), "{first}");
    let generated = |ran: &str| {
        assert!(
            ran.contains("generated, and kept once it is live: /stringData/password"),
            "{ran}"
        );
        assert!(
            ran.contains("kept once it is live: /data/tls.crt /data/tls.key"),
            "{ran}"
        );
    };
    generated(&first.stderr);
    let live = || {
        ["secret/cache", "secret/cache-tls", "configmap/cache"]
            .map(|object| data(&shell, namespace.name(), object))
    };
    let before = live();
    assert_eq!(before[0]["user"], "Ym90");

    let second = shell.glops("apply cache --inventory release");
    assert_eq!(second.code, Some(0), "{second}");
    assert!(second.stdout.contains("3 unchanged"), "{second}");
    assert_eq!(live(), before);
    let diff = shell.glops("diff cache --inventory release --exit-code");
    assert_eq!(diff.code, Some(0), "{diff}");

    // a branch that changes something else
    shell.git("checkout --quiet -b change");
    shell.write("cache/values.yaml", "user: bot\nsize: 2\n");
    commit(&shell);
    let preview = shell.glops("preview cache --base main --inventory release");
    assert_eq!(preview.code, Some(0), "{preview}");
    generated(&preview.stdout);
    let third = shell.glops("apply cache --inventory release");
    assert_eq!(third.code, Some(0), "{third}");
    let after = live();
    assert_eq!(after[..2], before[..2]);
    assert_eq!(after[2]["size"], "2");
}

#[tokio::test]
async fn a_dependency_comes_from_a_chart_repository() {
    let namespace = ControlPlane::shared().namespace("chart-dependency").await;
    let base = [
        ("Chart.yaml", "apiVersion: v2\nname: base\nversion: 1.2.0\n"),
        ("values.yaml", "size: 7\n"),
        ("templates/map.yaml", &*MAP.replace("name: cache", "name: base")),
    ];
    let archive = chart_archive("base", &base).expect("an archive");
    let server = WebServer::start(move |request| match request.path() {
        "/charts/index.yaml" => Reply::ok(
            "apiVersion: v1\nentries:\n  base:\n  - {name: base, version: 1.2.0, urls: [base-1.2.0.tgz]}\n",
        ),
        "/charts/base-1.2.0.tgz" => Reply::ok(archive.clone()),
        _ => Reply::status(404),
    })
    .expect("a server");
    let shell = shell(namespace.name());
    let dependency = format!(
        "{CHART}dependencies:\n- {{name: base, version: ^1, repository: \"{}/charts\"}}\n",
        server.url()
    );
    shell.write("cache/Chart.yaml", &dependency);
    let refused = shell.glops("diff cache");
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("--allow-remote HOST"), "{refused}");
    let allowed = format!("--allow-remote {}", server.host());
    let diff = shell.glops(&format!("diff cache {allowed} --exit-code"));
    assert_eq!(diff.code, Some(2), "{diff}");
    assert!(diff.stdout.contains("ConfigMap/base"), "{diff}");
    let applied = shell.glops(&format!("apply cache --inventory release {allowed}"));
    assert_eq!(applied.code, Some(0), "{applied}");
    assert_eq!(data(&shell, namespace.name(), "configmap/base")["size"], "7");
    let diff = shell.glops(&format!("diff cache {allowed} --exit-code"));
    assert_eq!(diff.code, Some(0), "{diff}");
}

#[tokio::test]
async fn a_base_comes_from_a_git_server() {
    let namespace = ControlPlane::shared().namespace("overlay-remote").await;
    let server = GitServer::start().expect("a server");
    let bases = server.create("team/bases").expect("a repository");
    let base = Commit::new("base")
        .write("base/kustomization.yaml", "resources: [map.yaml]\n")
        .write(
            "base/map.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: fast}\n",
        );
    bases.commit("main", &base).expect("a commit");
    let shell = Shell::on_control_plane()
        .with("GLOPS_NAMESPACE", namespace.name())
        .file(
            "overlay/kustomization.yaml",
            &format!(
                "namePrefix: my-\nresources: [\"{}//base?ref=main\"]\n",
                bases.url()
            ),
        );
    let host = bases.url().split('/').nth(2).expect("a host");
    let applied = shell.glops(&format!("apply overlay --inventory web --allow-remote {host}"));
    assert_eq!(applied.code, Some(0), "{applied}");
    let live = data(&shell, namespace.name(), "configmap/my-settings");
    assert_eq!(live["mode"], "fast");
    let diff = shell.glops(&format!("diff overlay --exit-code --allow-remote {host}"));
    assert_eq!(diff.code, Some(0), "{diff}");
}

#[tokio::test]
async fn a_chart_sees_what_the_cluster_serves_and_nothing_else() {
    let namespace = ControlPlane::shared().namespace("chart-capabilities").await;
    let shell = shell(namespace.name());
    let template = "apiVersion: v1
kind: ConfigMap
metadata: {name: cache}
data:
  version: {{ .Capabilities.KubeVersion.Version }}
  known:
{{- range list \"apps/v1\" \"apps/v1/Deployment\" \"apps/v1beta1\" \"batch/v1beta1\" \"example.com/v1\" }}
    {{- if $.Capabilities.APIVersions.Has . }} {{ . }}{{ end }}
{{- end }}
";
    shell.write("cache/templates/map.yaml", template);
    let applied = shell.glops("apply cache --inventory release");
    assert_eq!(applied.code, Some(0), "{applied}");
    let live = data(&shell, namespace.name(), "configmap/cache");
    // Helm alone would take the two older versions for granted
    assert_eq!(live["known"], "apps/v1 apps/v1/Deployment");
    let version = shell.kubectl("version -o json", "");
    let version: Value = serde_json::from_str(&version).expect("versions");
    assert_eq!(live["version"], version["serverVersion"]["gitVersion"]);
}
