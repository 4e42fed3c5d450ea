//! The manifests in `deploy/`: rendered by our own renderer, taken by a real API server, and enough to work with.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::installation::{Agentk, Kas};
use testkit::{Commit, ControlPlane, GitServer, Options, settings};

use crate::shell::Shell;

const FOLDERS: [&str; 4] = [
    "agentk/cluster-wide",
    "agentk/namespaced",
    "agentk/read-only",
    "kas",
];

fn shell() -> Shell {
    let shell = Shell::new();
    let copied = Command::new("cp")
        .arg("-R")
        .arg(settings::repository_root().join("deploy"))
        .arg(shell.home())
        .status();
    assert!(copied.expect("cp runs").success());
    shell
}

fn objects(shell: &Shell, folder: &str) -> Vec<Value> {
    let ran = shell.glops(&format!("render deploy/{folder} -o json"));
    assert_eq!(ran.code, Some(0), "{ran}");
    ran.json_lines()
}

#[test]
fn they_render_as_recorded() {
    let shell = shell();
    for folder in FOLDERS {
        let name = folder.replace('/', "_");
        shell
            .glops(&format!("render --kustomize deploy/{folder}"))
            .assert_golden(&format!("deploy_{name}"));
    }
}

#[test]
fn every_object_says_what_it_must() {
    let shell = shell();
    for folder in FOLDERS {
        for object in objects(&shell, folder) {
            let problems = problems(&object);
            assert!(
                problems.is_empty(),
                "{folder}: {}: {problems:?}",
                object["metadata"]
            );
        }
    }
}

/// What a careful operator would ask to be changed.
fn problems(object: &Value) -> Vec<String> {
    const CLUSTER_SCOPED: [&str; 3] = ["Namespace", "ClusterRole", "ClusterRoleBinding"];
    let mut problems = Vec::new();
    let mut need = |holds: bool, what: &str| {
        if !holds {
            problems.push(what.to_owned());
        }
    };
    let kind = object["kind"].as_str().unwrap_or_default();
    let is_namespaced = !CLUSTER_SCOPED.contains(&kind);
    need(
        object["metadata"]["namespace"].is_string() == is_namespaced,
        "a namespace where there is one",
    );
    let pod = &object["spec"]["template"]["spec"];
    if pod.is_null() {
        return problems;
    }
    need(
        pod["securityContext"]["runAsNonRoot"] == true,
        "a user that is not root",
    );
    need(
        pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault",
        "a seccomp profile",
    );
    for container in pod["containers"].as_array().into_iter().flatten() {
        let image = container["image"].as_str().unwrap_or_default();
        need(
            image.contains(':') && !image.ends_with(":latest"),
            "an image with its tag",
        );
        need(
            container["securityContext"]["readOnlyRootFilesystem"] == true,
            "a read-only file system",
        );
        need(
            container["securityContext"]["allowPrivilegeEscalation"] == false,
            "no escalation",
        );
        need(
            container["securityContext"]["capabilities"]["drop"][0] == "ALL",
            "no capabilities",
        );
        for probe in ["livenessProbe", "readinessProbe"] {
            need(container[probe].is_object(), probe);
        }
        for bound in [
            "/resources/requests/cpu",
            "/resources/requests/memory",
            "/resources/limits/memory",
        ] {
            need(container.pointer(bound).is_some(), bound);
        }
    }
    problems
}

/// agentk in front of a control plane of its own, as the ServiceAccount that a folder of `deploy/` makes.
struct Deployed {
    shell: Shell,
    agentk: Agentk,
    _kas: Kas,
    _git: GitServer,
}

impl Deployed {
    async fn new(plane: &ControlPlane, folder: &str, configuration: &str, manifests: &str) -> Self {
        let shell = shell().with("KUBECONFIG", &plane.kubeconfig().to_string_lossy());
        for namespace in ["glops-agent", "shop"] {
            let text = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n");
            shell.kubectl("apply --server-side -f -", &text);
        }
        let account = plane
            .service_account("glops-agent", "agentk")
            .await
            .expect("a token");
        let rendered = shell.glops(&format!("render --kustomize deploy/{folder}")).stdout;
        let apply = "apply --server-side --force-conflicts --validate=strict -f -";
        shell.kubectl(apply, &rendered);

        let git = GitServer::start().expect("a Git server");
        let repository = git.create("team/shop").expect("a repository");
        let first = Commit::new("first")
            .write(".gitlab/agents/production/config.yaml", configuration)
            .write("app/all.yaml", manifests);
        repository.commit("main", &first).expect("a commit");
        let kas = Kas::start(&[&repository], "info").expect("kas");
        let token = kas.create_agent("production", "team/shop").expect("an agent");
        let agentk = Agentk::start(
            &kas.agent_address(),
            &token,
            account.kubeconfig(),
            "glops-agent",
            "info",
        )
        .expect("agentk");
        Self {
            shell,
            agentk,
            _kas: kas,
            _git: git,
        }
    }

    /// Waits until the log of agentk says something.
    async fn until_logged(&mut self, words: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.agentk.service().log().contains(words) {
            assert!(
                Instant::now() < deadline,
                "agentk does not say {words:?}:\n{}",
                self.agentk.service().log_tail(40)
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// That nothing was missing which agentk needs for itself.
    fn assert_own_rights_suffice(&mut self) {
        let log = self.agentk.service().log();
        for complaint in ["a right is missing", "failed to take part in the leader election"] {
            assert!(!log.contains(complaint), "{log}");
        }
        let leases = self.shell.kubectl("-n glops-agent get leases -o name", "");
        assert!(leases.contains("lease"), "{leases}");
    }

    fn has(&self, what: &str) -> bool {
        !self
            .shell
            .kubectl(&format!("get --ignore-not-found -o name {what}"), "")
            .trim()
            .is_empty()
    }
}

fn plane() -> ControlPlane {
    ControlPlane::shared()
        .isolated(&Options::default())
        .expect("a control plane")
}

const MANIFESTS: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'registry.example.com/web:1'}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop-reader}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
";

fn configuration(namespace: &str, more: &str) -> String {
    format!(
        "gitops:
  manifest_projects:
  - default_namespace: {namespace}
    reconcile_timeout: 0s
    paths: [{{glob: /app/*.yaml}}]
{more}"
    )
}

#[tokio::test]
async fn cluster_wide_rights_suffice_for_everything() {
    let plane = plane();
    let configuration = configuration("glops-agent", "");
    let mut deployed = Deployed::new(&plane, "agentk/cluster-wide", &configuration, MANIFESTS).await;
    deployed.until_logged("sync ended").await;
    // the server takes what kas needs, too, and knows every field of it
    let kas = deployed.shell.glops("render --kustomize deploy/kas").stdout;
    deployed
        .shell
        .kubectl("apply --server-side --validate=strict -f -", &kas);
    assert!(
        deployed.has("clusterrole/shop-reader"),
        "{}",
        deployed.agentk.service().log_tail(20)
    );
    assert!(deployed.has("-n shop deployment/web"));
    deployed.assert_own_rights_suffice();
}

#[tokio::test]
async fn namespaced_rights_suffice_for_one_namespace_and_name_what_is_beyond() {
    let plane = plane();
    let configuration = configuration("shop", "");
    let mut deployed = Deployed::new(&plane, "agentk/namespaced", &configuration, MANIFESTS).await;
    deployed.until_logged("sync ended").await;
    assert!(
        deployed.has("-n shop configmap/settings"),
        "{}",
        deployed.agentk.service().log_tail(20)
    );
    assert!(
        deployed.has("-n shop deployment/web"),
        "{}",
        deployed.agentk.service().log_tail(20)
    );
    assert!(!deployed.has("clusterrole/shop-reader"));
    deployed.assert_own_rights_suffice();
}

#[tokio::test]
async fn read_only_rights_suffice_to_compare() {
    let plane = plane();
    let configuration = configuration("glops-agent", "    dry_run_strategy: client\n");
    let mut deployed = Deployed::new(&plane, "agentk/read-only", &configuration, MANIFESTS).await;
    deployed.until_logged("sync ended").await;
    assert!(!deployed.has("-n shop configmap/settings"));
    assert!(!deployed.has("clusterrole/shop-reader"));
    deployed.assert_own_rights_suffice();
}

#[test]
fn the_container_file_names_every_program_and_no_root() {
    let text = std::fs::read_to_string(Path::new(&settings::repository_root()).join("deploy/Containerfile"));
    let text = text.expect("a container file");
    for program in ["agentk", "kas", "glops"] {
        assert!(
            text.contains(&format!(" AS {program}\n")),
            "{program} has an image"
        );
        assert!(
            text.contains(&format!("ENTRYPOINT [\"/{program}\"]")),
            "{program} is started"
        );
    }
    assert!(text.contains("USER 65532:65532"));
}
