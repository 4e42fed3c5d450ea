//! What glops says without a cluster: texts, exit codes, and which stream they go to, as recorded in `golden/`.

use crate::shell::Shell;

/// One recorded run in a home that holds `shop/`, `broken/` and `good.yaml`.
fn assert_recorded(name: &str, line: &str) {
    shell().glops(line).assert_golden(name);
}

fn shell() -> Shell {
    Shell::new()
        .file("shop/config.yaml", CONFIG)
        .file("shop/web.yaml", WEB)
        .file(
            "broken/half.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: half\n",
        )
        .file("broken/whole.yaml", CONFIG)
        .file("broken/no-object.yaml", "just: data\n")
        .file(
            "overlay/kustomization.yaml",
            "resources: [config.yaml]\nnamePrefix: my-\n",
        )
        .file("overlay/config.yaml", CONFIG)
        .file("overlay-broken/kustomization.yaml", "resources: [absent.yaml]\n")
        .file("live.yaml", LIVE)
        .file("empty/.keep", "")
}

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  mode: fast\n";
const WEB: &str = "apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec: {ports: [{port: 80}]}
- apiVersion: v1
  kind: Namespace
  metadata: {name: shop}
";
const LIVE: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, generation: 2}
spec: {replicas: 3}
status: {observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 1, availableReplicas: 1}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
";

macro_rules! recorded {
    ($($name:ident: $line:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_recorded(stringify!($name), $line);
        }
    )*};
}

recorded! {
    no_command: "";
    unknown_command: "aply shop";
    unknown_flag: "diff shop --inventroy web";
    unknown_value: "diff shop --mode sloppy";
    unknown_gate: "diff shop --fail-on everything";
    missing_inventory: "apply shop";
    wrong_duration: "apply shop --inventory web --wait=5x";
    wrong_request_timeout: "status --inventory web --request-timeout soon";
    wrong_key: "delete --inventory web --confirm shop";
    help: "--help";
    version: "version";
    version_flag: "--version";
    version_json: "version -o json";
    version_yaml: "version -o yaml";
    version_markdown: "version -o markdown";

    render_directory: "render shop";
    render_json: "render shop -o json";
    render_names: "render shop -o name";
    render_in_namespace: "render shop/config.yaml -n shop";
    render_text: "render shop -o text";
    render_overlay: "render overlay";
    render_kustomize: "render --kustomize overlay";
    render_kustomize_broken: "render --kustomize overlay-broken";
    render_broken: "render broken";
    render_absent: "render nowhere";
    render_empty: "render empty";

    health_kstatus: "health live.yaml";
    health_argo: "health live.yaml --profile argo";
    health_json: "health live.yaml -o json";
    health_argo_json: "health live.yaml --profile argo -o json";
    health_exit_code: "health live.yaml --exit-code";
    health_broken: "health broken/half.yaml";
    health_absent: "health nowhere.yaml";

    no_cluster: "diff shop";
    no_cluster_status: "status --inventory web";
    no_kubeconfig_file: "diff shop --kubeconfig nowhere";
    no_cluster_context: "diff shop --context production";
    preview_outside_of_git: "preview shop --offline";
    preview_no_cluster: "preview shop";
    import_nothing: "inventory import --inventory web";
    import_twice: "inventory import Application/web --file a.yaml --inventory web";
    agent_without_kas: "agent list";
    agent_without_token: "agent list --kas-address grpc://127.0.0.1:1";
    agent_wrong_address: "agent list --kas-address http://127.0.0.1:1";
    completion_unknown_shell: "completion ksh";
}

#[test]
fn standard_input() {
    shell()
        .glops_with("render -", CONFIG)
        .assert_golden("render_stdin");
    shell().glops_with("health -", LIVE).assert_golden("health_stdin");
}

#[test]
fn a_kubeconfig_that_is_none() {
    let shell = shell().file("kubeconfig", "apiVersion: v1\nkind: Config\ncontexts: nonsense\n");
    shell
        .glops("diff shop --kubeconfig kubeconfig")
        .assert_golden("kubeconfig_broken");
}

#[test]
fn a_kubeconfig_without_a_current_context() {
    let context = |name: &str| format!("- {{name: {name}, context: {{cluster: {name}, user: {name}}}}}\n");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncontexts:\n{}{}",
        context("staging"),
        context("production")
    );
    let shell = shell().file("kubeconfig", &text);
    shell
        .glops("diff shop --kubeconfig kubeconfig")
        .assert_golden("kubeconfig_no_current_context");
    let wrong = shell.glops("diff shop --kubeconfig kubeconfig --context testing");
    wrong.assert_golden("kubeconfig_unknown_context");
}

#[test]
fn variables_stand_for_flags_and_flags_win() {
    let shell = shell()
        .with("GLOPS_OUTPUT", "name")
        .with("GLOPS_NAMESPACE", "from-variable");
    shell.glops("render shop/config.yaml").assert_golden("variable");
    shell
        .glops("render shop/config.yaml -n from-flag -o json")
        .assert_golden("variable_and_flag");
    let wrong = Shell::new().with("GLOPS_OUTPUT", "xml");
    wrong.glops("version").assert_golden("variable_wrong");
}

#[test]
fn called_as_a_plugin_of_kubectl() {
    let shell = shell();
    let plugin = shell.home().join("kubectl-glops");
    std::fs::copy(testkit::product::program("glops"), &plugin).expect("copied");
    let run = |line: &str| shell.run("kubectl-glops", plugin.as_os_str(), line, "");
    run("version").assert_golden("plugin_version");
    run("diff --nonsense").assert_golden("plugin_usage");
}

#[test]
fn completion_scripts_name_every_command() {
    let shell = Shell::new();
    let commands = [
        "render",
        "diff",
        "preview",
        "apply",
        "delete",
        "status",
        "health",
        "drift",
        "inventory",
        "agent",
        "completion",
        "version",
    ];
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = shell.glops(&format!("completion {name}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name}");
        for command in commands {
            assert!(ran.stdout.contains(command), "{name} lacks {command}");
        }
    }
    let bash = shell.glops("completion bash").stdout;
    assert!(bash.contains("--inventory-policy"), "flags are completed");
    let script = shell.home().join("glops.bash");
    std::fs::write(&script, bash).expect("written");
    let parsed = std::process::Command::new("bash").arg("-n").arg(&script).status();
    assert!(
        parsed.expect("bash runs").success(),
        "bash understands its script"
    );
}

#[test]
fn color_only_where_it_is_wanted() {
    let escape = '\u{1b}';
    let pipe = |shell: Shell, line: &str| {
        let ran = shell.glops(line);
        (ran.stdout.contains(escape), ran.stderr.contains(escape))
    };
    // an error is the one thing here that has a colour, and goes to stderr
    let line = "render nowhere";
    assert_eq!(pipe(shell(), line), (false, false), "a pipe");
    assert_eq!(pipe(shell(), "render nowhere --color always"), (false, true));
    assert_eq!(pipe(shell().with("CLICOLOR_FORCE", "1"), line), (false, true));
    assert_eq!(pipe(shell().with("GITLAB_CI", "true"), line), (false, true));
    assert_eq!(
        pipe(shell().with("GITLAB_CI", "true").with("NO_COLOR", "1"), line),
        (false, false)
    );
    let never = shell().with("GITLAB_CI", "true").with("GLOPS_COLOR", "never");
    assert_eq!(pipe(never, line), (false, false));
}

#[test]
fn quiet_leaves_errors() {
    let ran = shell().glops("render nowhere --quiet");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.starts_with("error: "), "{ran}");
}
