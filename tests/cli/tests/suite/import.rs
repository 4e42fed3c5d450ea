//! `glops inventory import`: what other tools have applied becomes ours, and nothing else changes.

use testkit::ControlPlane;
use testkit::control_plane::TestNamespace;

use crate::shell::Shell;

/// A kind whose objects may hold anything, status included.
fn definition(group: &str, version: &str, kind: &str, plural: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: {kind}, plural: {plural}}}
  versions:
  - name: {version}
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
"
    )
}

struct Place {
    shell: Shell,
    namespace: TestNamespace<'static>,
}

impl Place {
    async fn new(purpose: &str) -> Self {
        Self {
            shell: Shell::on_control_plane(),
            namespace: ControlPlane::shared().namespace(purpose).await,
        }
    }

    fn name(&self) -> &str {
        self.namespace.name()
    }

    fn define(&self, group: &str, version: &str, kind: &str, plural: &str) {
        self.shell.kubectl(
            "apply --server-side -f -",
            &definition(group, version, kind, plural),
        );
        let wait = format!("wait --for=condition=Established crd/{plural}.{group}");
        self.shell.kubectl(&wait, "");
    }

    /// Applies as another tool does, under its manager's name.
    fn apply_as(&self, manager: &str, text: &str) {
        let line = format!(
            "apply --server-side --field-manager={manager} -n {} -f -",
            self.name()
        );
        self.shell.kubectl(&line, &text.replace("NS", self.name()));
    }

    fn glops(&self, line: &str) -> crate::shell::Ran {
        self.shell.glops(&format!("{line} -n {}", self.name()))
    }

    fn config_map(&self, name: &str) -> serde_json::Value {
        let line = format!(
            "get configmap {name} -n {} -o json --show-managed-fields",
            self.name()
        );
        serde_json::from_str(&self.shell.kubectl(&line, "")).expect("JSON")
    }

    /// Words and objects of an import, sorted by object.
    fn outcomes(&self, line: &str) -> Vec<(String, String)> {
        let ran = self.glops(&format!("inventory import {line} -o json"));
        assert_eq!(ran.code, Some(0), "{ran}");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        ran.json_lines()
            .iter()
            .map(|entry| (text(&entry["name"]), text(&entry["result"])))
            .collect()
    }
}

fn flux(name: &str, owner: &str) -> String {
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  labels: {{kustomize.toolkit.fluxcd.io/name: {owner}, kustomize.toolkit.fluxcd.io/namespace: NS}}
data: {{a: '1', b: '2'}}
---
"
    )
}

const KUSTOMIZATION: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps}
spec: {suspend: false, prune: true}
status:
  inventory:
    entries:
    - {id: NS_ours__ConfigMap, v: v1}
    - {id: NS_theirs__ConfigMap, v: v1}
    - {id: NS_gone__ConfigMap, v: v1}
";

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, word): &(&str, &str)| ((*name).to_owned(), (*word).to_owned());
    expected.iter().map(owned).collect()
}

#[tokio::test]
async fn flux_hands_over_its_objects_and_their_fields() {
    let place = Place::new("import-flux").await;
    place.define(
        "kustomize.toolkit.fluxcd.io",
        "v1",
        "Kustomization",
        "kustomizations",
    );
    place.apply_as(
        "kustomize-controller",
        &(flux("ours", "apps") + &flux("theirs", "infra")),
    );
    place.apply_as("flux", KUSTOMIZATION);
    let import = "Kustomization/apps --inventory web";

    let dry = place.glops(&format!("inventory import {import}"));
    assert_eq!(dry.code, Some(0), "{dry}");
    assert!(dry.stdout.contains("take-over"), "{dry}");
    assert!(
        dry.stderr.contains("is not suspended: it goes on applying"),
        "{dry}"
    );
    assert!(
        dry.stderr.contains("nothing was written; --yes takes them over"),
        "{dry}"
    );
    assert_eq!(place.glops("inventory list -o name").stdout, "");

    assert_eq!(
        place.outcomes(&format!("{import} --yes")),
        pairs(&[("gone", "gone"), ("ours", "taken-over"), ("theirs", "left")])
    );
    // again is no harm
    assert_eq!(
        place.outcomes(&format!("{import} --yes")),
        pairs(&[("gone", "gone"), ("ours", "ours"), ("theirs", "left")])
    );
    let shown = place.glops("inventory show web -o name");
    assert_eq!(
        shown.stdout,
        format!("ConfigMap/ours in namespace {}\n", place.name())
    );

    // a field that leaves the manifests leaves the cluster, and so do the marks of Flux
    place.shell.write(
        "app/ours.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ours}\ndata: {a: '1'}\n",
    );
    let applied = place.glops("apply app --inventory web");
    assert_eq!(applied.code, Some(0), "{applied}");
    let live = place.config_map("ours");
    assert_eq!(live["data"], serde_json::json!({"a": "1"}));
    assert!(
        live["metadata"]["labels"]
            .get("kustomize.toolkit.fluxcd.io/name")
            .is_none(),
        "{live}"
    );
    assert!(
        !live["metadata"]["managedFields"]
            .to_string()
            .contains("kustomize-controller"),
        "{live}"
    );
    // what is not ours is as it was
    assert_eq!(
        place.config_map("theirs")["data"],
        serde_json::json!({"a": "1", "b": "2"})
    );

    place.shell.write("app/ours.yaml", "");
    let pruned = place.glops("apply app --inventory web --prune --allow-empty");
    assert!(pruned.stdout.contains("deleted    ConfigMap/ours"), "{pruned}");
}

#[tokio::test]
async fn argo_applications_of_this_cluster_only() {
    let place = Place::new("import-argo").await;
    place.define("argoproj.io", "v1alpha1", "Application", "applications");
    place.apply_as(
        "argocd-controller",
        "apiVersion: v1
kind: ConfigMap
metadata: {name: a, annotations: {argocd.argoproj.io/tracking-id: 'web:/ConfigMap:NS/a'}}
",
    );
    let application = |destination: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: NS}}
spec: {{destination: {{server: '{destination}'}}}}
status:
  resources:
  - {{version: v1, kind: ConfigMap, namespace: NS, name: a}}
  - {{version: v1, kind: Job, group: batch, namespace: NS, name: migrate, hook: true}}
"
        )
        .replace("NS", place.name())
    };
    place.apply_as("argocd", &application("https://spoke:6443"));
    let elsewhere = place.glops("inventory import Application/web --inventory web");
    assert_eq!(elsewhere.code, Some(1), "{elsewhere}");
    assert!(
        elsewhere
            .stderr
            .contains("deploys to another cluster, https://spoke:6443"),
        "{elsewhere}"
    );
    // from a file it is taken at its word: this is that cluster
    place
        .shell
        .write("application.yaml", &application("https://spoke:6443"));
    assert_eq!(
        place.outcomes("--file application.yaml --inventory web --yes"),
        pairs(&[("a", "taken-over")])
    );
    assert_eq!(
        place.config_map("a")["metadata"]["managedFields"][0]["operation"],
        "Apply"
    );
}

#[tokio::test]
async fn cli_utils_and_kapp() {
    let place = Place::new("import-others").await;
    place.apply_as(
        "agentk",
        "apiVersion: v1
kind: ConfigMap
metadata: {name: inventory-7-42, labels: {cli-utils.sigs.k8s.io/inventory-id: 7-42}}
data: {NS_a__ConfigMap: ''}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, annotations: {config.k8s.io/owning-inventory: 7-42}}
",
    );
    assert_eq!(
        place.outcomes("ConfigMap/inventory-7-42 --inventory first --yes"),
        pairs(&[("a", "taken-over")])
    );
    place.apply_as(
        "kapp",
        "apiVersion: v1
kind: ConfigMap
metadata: {name: web, labels: {kapp.k14s.io/is-app: ''}}
data:
  spec: '{\"labelKey\":\"kapp.k14s.io/app\",\"labelValue\":\"NS\",\"usedGKs\":[{\"Group\":\"\",\"Kind\":\"ConfigMap\"}]}'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b, labels: {kapp.k14s.io/app: NS}}
",
    );
    assert_eq!(
        place.outcomes("ConfigMap/web --inventory second --yes"),
        pairs(&[("b", "taken-over")])
    );
    // what the first has is not the second's to take
    assert_eq!(
        place.outcomes("ConfigMap/inventory-7-42 --inventory second --yes"),
        pairs(&[("a", "left")])
    );
}

#[tokio::test]
async fn what_is_no_inventory_is_refused() {
    let place = Place::new("import-wrong").await;
    place.apply_as("me", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n");
    let ran = |line: &str| {
        let ran = place.glops(&format!("inventory import {line} --inventory web --yes"));
        assert_eq!(ran.code, Some(1), "{ran}");
        assert!(ran.stderr.contains("hint:"), "{ran}");
        ran.stderr
    };
    assert!(ran("ConfigMap/plain").contains("it is none that is known"));
    assert!(ran("ConfigMap/absent").contains("there is none in the cluster"));
    assert!(ran("Nonsense/web").contains("does not serve this kind"));
    assert_eq!(place.glops("inventory list -o name").stdout, "");
}
