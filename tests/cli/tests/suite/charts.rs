//! Charts and overlays: as Helm and kustomize print them, as a repository releases them, and what is fetched for them.

use testkit::charts::{Registry, chart_archive};

use crate::shell::Shell;

const CHART: &str = "apiVersion: v2\nname: cache\nversion: 0.1.0\n";
const MAP: &str = "apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  size: {{ .Values.size | quote }}
";
const SCHEMA: &str = r#"{"properties": {"size": {"type": "integer", "minimum": 1}}}"#;

/// What the chart makes.
fn map(name: &str, namespace: &str, size: u32) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\ndata:\n  size: \"{size}\"\n"
    )
}

/// The same as glops prints objects: with sorted keys.
fn printed(name: &str, namespace: &str, size: u32) -> String {
    format!(
        "apiVersion: v1\ndata:\n  size: \"{size}\"\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
    )
}

fn shell() -> Shell {
    Shell::new()
        .file("shop/cache/Chart.yaml", CHART)
        .file("shop/cache/values.yaml", "size: 1\n")
        .file("shop/cache/values.schema.json", SCHEMA)
        .file("shop/cache/templates/map.yaml", MAP)
        .file("shop/large.yaml", "size: 7\n")
}

#[test]
fn a_chart_is_printed_as_helm_prints_it() {
    let ran = shell().glops("render --helm shop/cache --release rel -n ns -f shop/large.yaml --set size=9");
    let expected = format!("---\n# Source: cache/templates/map.yaml\n{}", map("rel", "ns", 9));
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), expected.as_str()),
        "{ran}"
    );
}

#[test]
fn variables_are_for_the_commands_that_know_them() {
    let shell = shell()
        .file("plain/map.yaml", &printed("plain", "shop", 1))
        .with("GLOPS_KUBE_VERSION", "1.30.0")
        .with("GLOPS_API_VERSIONS", "example.com/v1")
        .with("GLOPS_RELEASE", "rel")
        .with("GLOPS_HELM_COMPAT", "4")
        .with("GLOPS_LOAD_RESTRICTOR", "none")
        .with("GLOPS_REORDER", "legacy")
        .with("GLOPS_ENABLE_HELM", "true");
    let ran = shell.glops("render plain");
    assert_eq!(ran.stdout, printed("plain", "shop", 1), "{ran}");
    let ran = shell.glops("render --helm shop/cache");
    assert!(ran.stdout.contains("name: rel"), "{ran}");
    let ran = shell.glops("render plain --kube-version 1.31.0");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(
        ran.stderr
            .contains("'--kube-version <VERSION>' needs '--helm <CHART>'"),
        "{ran}"
    );
}

#[test]
fn what_helm_refuses_is_refused_in_its_words() {
    for (line, text) in [
        (
            "--set size=0",
            "values don't meet the specifications of the schema(s)",
        ),
        ("-f nowhere.yaml", "open nowhere.yaml: no such file or directory"),
        ("--set a=b,c", "failed parsing --set data: key \"c\" has no value"),
        ("-s nothing.yaml", "could not find template nothing.yaml in chart"),
    ] {
        let ran = shell().glops(&format!("render --helm shop/cache {line}"));
        assert_eq!(ran.code, Some(1), "{ran}");
        assert!(ran.stdout.is_empty() && ran.stderr.contains(text), "{ran}");
    }
    let ran = shell().glops("render --helm nowhere");
    assert!(ran.stderr.contains("path \"nowhere\" not found"), "{ran}");
}

#[test]
fn a_repository_says_how_its_chart_is_released() {
    let settings = "helm:\n  releaseName: main\n  namespace: shop\n  valuesFiles: [../large.yaml]\n";
    let shell = shell().file("shop/cache/.glops.yaml", settings);
    shell.git("init --quiet shop");
    let ran = shell.glops("render shop/cache");
    assert_eq!(ran.stdout, printed("main", "shop", 7), "{ran}");
    shell.write("secret.yaml", "size: 8\n");
    shell.write(
        "shop/cache/.glops.yaml",
        "helm: {valuesFiles: [../../secret.yaml]}\n",
    );
    let ran = shell.glops("render shop/cache");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stderr.contains("outside of the repository"), "{ran}");
    shell.write("shop/cache/.glops.yaml", "allowRemote: ['*']\n");
    let ran = shell.glops("render shop/cache");
    assert!(ran.stderr.contains("unknown field `allowRemote`"), "{ran}");
}

#[test]
fn an_overlay_inflates_the_chart_beside_it() {
    let shell = shell()
        .file("shop/overlay/kustomization.yaml", "namePrefix: my-\nhelmGlobals: {chartHome: ../}\nhelmCharts:\n- {name: cache, releaseName: rel, namespace: ns, valuesInline: {size: 3}}\n");
    let refused = shell.glops("render --kustomize shop/overlay");
    assert!(refused.stderr.contains("must specify --enable-helm"), "{refused}");
    let ran = shell.glops("render --kustomize shop/overlay --enable-helm");
    assert_eq!(ran.stdout, printed("my-rel", "ns", 3), "{ran}");
    // no program is run for it, so that elsewhere no flag is needed
    assert!(shell.glops("render shop/overlay").stdout.contains("name: my-rel"));
}

#[test]
fn only_hosts_that_are_named_are_fetched_from() {
    let registry = Registry::start().expect("a registry");
    let archive = chart_archive(
        "base",
        &[
            ("Chart.yaml", "apiVersion: v2\nname: base\nversion: 1.2.0\n"),
            ("templates/map.yaml", MAP),
            ("values.yaml", "size: 2\n"),
        ],
    );
    registry.push("charts/base", "1.2.0", &archive.expect("an archive"));
    let dependency = format!(
        "{CHART}dependencies:\n- {{name: base, version: ^1, repository: \"oci://{}/charts\"}}\n",
        registry.host()
    );
    let shell = Shell::new().file("app/Chart.yaml", &dependency);
    let refused = shell.glops("render app");
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(
        refused
            .stderr
            .contains(&format!("fetching from {} is not allowed here", registry.host())),
        "{refused}"
    );
    assert!(refused.stderr.contains("--allow-remote HOST"), "{refused}");
    assert!(registry.requests().is_empty());
    let ran = shell.glops(&format!("render app --allow-remote {}", registry.host()));
    assert_eq!(ran.stdout, printed("app", "default", 2), "{ran}");
    let missing = shell.glops("render --helm app");
    assert!(
        missing
            .stderr
            .contains("found in Chart.yaml, but missing in charts/ directory: base"),
        "{missing}"
    );
    let ran = shell.glops("render --helm app --dependency-update");
    assert!(
        ran.stdout
            .contains("# Source: cache/charts/base/templates/map.yaml"),
        "{ran}"
    );
    assert!(!shell.home().join("app/charts").exists());
}
