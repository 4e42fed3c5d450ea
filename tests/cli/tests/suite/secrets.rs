//! Two hundred secret values are planted where users put them; nothing that glops, kas and agentk say or keep holds one.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use testkit::control_plane::TestNamespace;
use testkit::installation::Installation;
use testkit::{Commit, ControlPlane, product};

use crate::planted::{Planted, secret};

/// Everything that was said, by who said it.
#[derive(Default)]
struct Heard(Vec<(String, Vec<u8>)>);

impl Heard {
    fn add(&mut self, who: impl Into<String>, what: impl Into<Vec<u8>>) {
        self.0.push((who.into(), what.into()));
    }

    fn run(&mut self, mut command: Command) {
        let who = format!("glops {:?}", command.get_args().collect::<Vec<_>>());
        let output = command.output().expect("glops runs");
        for stream in [&output.stdout, &output.stderr] {
            assert!(!stream.contains(&0x1b), "{who} colours what no terminal shows");
        }
        self.add(format!("stdout of {who}"), output.stdout);
        self.add(format!("stderr of {who}"), output.stderr);
    }

    #[track_caller]
    fn holds(&self, text: &str) {
        let is_there = |(_, what): &(String, Vec<u8>)| String::from_utf8_lossy(what).contains(text);
        assert!(self.0.iter().any(is_there), "nobody says {text:?}");
    }

    #[track_caller]
    fn holds_none_of(&self, planted: &Planted) {
        assert!(!self.0.is_empty());
        for (who, what) in &self.0 {
            let found = planted.found_in(what);
            assert!(
                found.is_empty(),
                "{} of {} values seen in {who}",
                found.len(),
                planted.len()
            );
        }
    }
}

/// Secrets of all kinds: good ones, one that the server refuses, one that is no YAML from its middle on.
fn manifests(namespace: &str, planted: &Planted, begin: usize) -> Vec<(String, String)> {
    let mut files: Vec<_> = (0..8)
        .map(|index| {
            let name = format!("good-{index}");
            (
                format!("app/{name}.yaml"),
                secret(&name, namespace, planted.slice(begin + 10 * index, 10)),
            )
        })
        .collect();
    let refused = secret("refused", namespace, planted.slice(begin + 80, 10))
        .replace("data:\n", "data:\n  bad: \"%%\"\n");
    files.push(("app/refused.yaml".to_owned(), refused));
    let broken = secret("broken", namespace, planted.slice(begin + 90, 10)) + "  unclosed: [\n";
    files.push(("app/broken.yaml".to_owned(), broken));
    files
}

/// Charts that fail with values in Helm's words, each at another step, and an overlay with such a chart.
fn failing_charts(planted: &Planted, begin: usize) -> Vec<(String, String)> {
    let templates = [
        "{{ fail (printf \"refused: %s\" .Values.password) }}",
        "{{ required .Values.password .Values.nothing }}",
        "{{ tpl .Values.password . | atoi | div 0 | index .Values.password }}",
        "{{ index .Values.users .Values.password | upper }}",
        "kind: Secret\nstringData: {password: *{{ .Values.password }}}\n",
        "{{ range .Values.password }}x{{ end }}",
        "{{ include .Values.password . }}",
        "{{ fromJson .Values.password | toYaml | fail }}",
    ];
    let mut files = Vec::new();
    let mut chart = |name: &str, value: &str, template: &str| {
        files.push((
            format!("app/{name}/Chart.yaml"),
            format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n"),
        ));
        files.push((
            format!("app/{name}/values.yaml"),
            format!("password: {value}\nusers: {{}}\n"),
        ));
        files.push((format!("app/{name}/templates/secret.yaml"), template.to_owned()));
    };
    for (index, template) in templates.iter().enumerate() {
        chart(
            &format!("chart-{index}"),
            &planted.slice(begin + index, 1)[0],
            template,
        );
    }
    let [inline, of_schema, literal] = planted.slice(begin + templates.len(), 3) else {
        unreachable!("three values")
    };
    chart("chart-schema", of_schema, "");
    chart("chart-literal", "x", &format!("{{{{ fail \"{literal}\" }}}}"));
    files.push((
        "app/chart-schema/values.schema.json".to_owned(),
        r#"{"properties": {"password": {"pattern": "^[0-9]+$"}}}"#.to_owned(),
    ));
    files.push((
        "app/overlay/kustomization.yaml".to_owned(),
        format!(
            "helmGlobals: {{chartHome: ../}}\nhelmCharts: [{{name: chart-0, valuesInline: {{password: {inline}}}}}]\n"
        ),
    ));
    files
}

fn write(directory: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        let file = directory.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        fs::write(file, text).expect("written");
    }
}

fn glops(home: &Path, namespace: &str, arguments: &[&str]) -> Command {
    let mut command = product::command("glops", home);
    command
        .args(arguments)
        .args(["-n", namespace, "-vv"])
        .env("KUBECONFIG", ControlPlane::shared().kubeconfig());
    command
}

fn kubectl(arguments: &[&str]) -> Vec<u8> {
    let plane = ControlPlane::shared();
    let kubectl = plane
        .programs()
        .and_then(testkit::control_plane::Programs::kubectl)
        .expect("a kubectl");
    let output = Command::new(kubectl)
        .args(arguments)
        .env("KUBECONFIG", plane.kubeconfig())
        .output();
    output.expect("kubectl runs").stdout
}

#[tokio::test]
async fn charts_that_fail_tell_no_value() {
    let planted = Planted::new(200);
    let namespace = ControlPlane::shared().namespace("secrets-charts").await;
    let shell = crate::shell::Shell::on_control_plane().with("GLOPS_NAMESPACE", namespace.name());
    for (path, text) in failing_charts(&planted, 0) {
        shell.write(&path, &text);
    }
    shell.git("init --quiet --initial-branch=main .");
    shell.git("add app");
    shell.git("commit --quiet --message=commit");
    let mut heard = Heard::default();
    for line in [
        "render app",
        "diff app",
        "diff app -o json",
        "preview app --base main -o markdown",
        "preview app --base main --offline -o json",
        "apply app --inventory web -o json",
        "inventory show web",
    ] {
        let ran = shell.glops(&format!("{line} -vv"));
        assert!(line.starts_with("inventory") || ran.code == Some(1), "{line}");
        // what failed is told
        if !line.starts_with("inventory") {
            assert!(
                ran.stderr
                    .contains("template: chart-0/templates/secret.yaml:1:3: executing"),
                "{line}"
            );
        }
        heard.add(format!("glops {line}"), ran.to_string());
    }
    heard.holds_none_of(&planted);
    // who asks for Helm's own words gets them
    let ran = shell.glops("render --helm app/chart-0");
    assert!(
        ran.stderr
            .contains(&format!("refused: {}", planted.slice(0, 1)[0])),
        "Helm's words"
    );
}

/// What somebody does by hand to a Secret of ours.
fn edit(namespace: &TestNamespace<'_>) {
    let patch = r#"{"data":{"encoded-0":"ZWRpdGVk"}}"#;
    kubectl(&[
        "-n",
        namespace.name(),
        "patch",
        "secret",
        "good-0",
        "--type=merge",
        "-p",
        patch,
    ]);
}

#[tokio::test]
async fn glops_says_no_secret_value() {
    let planted = Planted::new(200);
    let namespace = ControlPlane::shared().namespace("secrets-glops").await;
    let home = tempfile::tempdir().expect("a directory");
    let mut heard = Heard::default();
    for begin in [0, 100] {
        write(home.path(), &manifests(namespace.name(), &planted, begin));
        for output in ["text", "json"] {
            heard.run(glops(
                home.path(),
                namespace.name(),
                &["diff", "app", "--inventory", "app", "-o", output],
            ));
        }
        for output in ["text", "json"] {
            // what somebody edited by hand is taken back
            let apply = [
                "apply",
                "app",
                "--inventory",
                "app",
                "--force-conflicts",
                "-o",
                output,
            ];
            heard.run(glops(home.path(), namespace.name(), &apply));
        }
        until_secret_holds(&namespace, planted.slice(begin + 5, 1)).await;
        edit(&namespace);
        for command in ["drift", "status"] {
            heard.run(glops(
                home.path(),
                namespace.name(),
                &[command, "--inventory", "app", "-o", "json"],
            ));
        }
    }
    heard.run(glops(
        home.path(),
        namespace.name(),
        &["inventory", "show", "app", "-o", "json"],
    ));
    heard.add(
        "events",
        kubectl(&["-n", namespace.name(), "get", "events", "-o", "json"]),
    );
    heard.holds_none_of(&planted);
}

/// Secrets, and the other places where values end up that should have been in one: variables of containers, URLs,
/// annotations, and a `ConfigMap` with a copy.
fn scattered(namespace: &str, planted: &Planted, begin: usize) -> Vec<(String, String)> {
    let mut files: Vec<_> = (0..8)
        .map(|index| {
            let name = format!("good-{index}");
            let values = planted.slice(begin + 10 * index, 10);
            (format!("app/{name}.yaml"), secret(&name, namespace, values))
        })
        .collect();
    let value = |index: usize| &planted.slice(begin + 80 + index, 1)[0];
    let named = [
        "DB_PASSWORD",
        "API_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "CLIENT_SECRET",
        "PRIVATE_KEY",
        "SMTP_PASSWD",
    ];
    let variables: String = named
        .iter()
        .enumerate()
        .map(|(index, name)| format!("        - {{name: {name}, value: {}}}\n", value(index)))
        .collect();
    let deployment = format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {namespace}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:{begin}
        env:
{variables}        - {{name: DATABASE_URL, value: 'postgres://app:{}@db:5432/app'}}
",
        value(6)
    );
    files.push(("app/web.yaml".to_owned(), deployment));
    let copies: String = (0..3)
        .map(|index| format!("  copy-{index}: '{}'\n", planted.slice(begin + index, 1)[0]))
        .collect();
    files.push((
        "app/copies.yaml".to_owned(),
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: copies, namespace: {namespace}}}\ndata:\n  revision: '{begin}'\n{copies}"),
    ));
    let annotated = secret("annotated", namespace, planted.slice(begin + 87, 6));
    let applied = format!(
        "metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{{\"data\":{{\"a\":\"{}\"}}}}'\n",
        crate::planted::base64(value(13))
    );
    files.push((
        "app/annotated.yaml".to_owned(),
        annotated.replace("metadata:\n", &applied),
    ));
    files
}

#[tokio::test]
async fn previews_and_diffs_say_no_secret_value() {
    let planted = Planted::new(200);
    let namespace = ControlPlane::shared().namespace("secrets-preview").await;
    let shell = crate::shell::Shell::on_control_plane().with("GLOPS_NAMESPACE", namespace.name());
    let mut heard = Heard::default();
    let commit = |begin: usize| {
        for (path, text) in scattered(namespace.name(), &planted, begin) {
            shell.write(&path, &text);
        }
        shell.git("add app");
        shell.git("commit --quiet --message=commit");
    };
    let mut hear = |line: &str| {
        let ran = shell.glops(&format!("{line} -vv"));
        heard.add(format!("glops {line}"), ran.to_string());
        ran
    };
    shell.git("init --quiet --initial-branch=main .");
    commit(0);
    let applied = hear("apply app --inventory web");
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    shell.git("checkout --quiet -b change");
    commit(100);
    edit(&namespace);
    for output in ["text", "markdown", "json"] {
        hear(&format!("preview app --base main --offline -o {output}"));
        let live = hear(&format!("preview app --base main --inventory web -o {output}"));
        // the change is seen, its values are not
        assert!(live.stdout.contains("good-0"), "{}", live.stderr);
    }
    for mode in ["exact", "filtered", "read-only"] {
        for output in ["text", "json"] {
            let diff = hear(&format!("diff app --inventory web --mode {mode} -o {output}"));
            assert!(diff.stdout.contains("good-0"), "{}", diff.stderr);
        }
    }
    hear("drift app --inventory web");
    hear("apply app --inventory web --dry-run -o json");
    // a server that quotes what it refuses
    shell.write(
        "app/web.yaml",
        &scattered(namespace.name(), &planted, 100)[8]
            .1
            .replace("replicas: 0", "replicas: -1"),
    );
    hear("diff app --inventory web");
    hear("apply app --inventory web");
    let theirs = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs, labels: {cli-utils.sigs.k8s.io/inventory-id: x}}\n\
                  data: {NS_good-0__Secret: ''}\n";
    shell.write("theirs.yaml", &theirs.replace("NS", namespace.name()));
    hear("inventory import --file theirs.yaml --inventory other --yes");
    heard.holds_none_of(&planted);
}

#[tokio::test]
async fn kas_and_agentk_keep_and_log_no_secret_value() {
    let planted = Planted::new(200);
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("secrets-agent").await;
    let commit = |begin: usize| {
        let mut files = manifests(namespace.name(), &planted, begin);
        // what fails in the first commit is rendered, too
        files.extend(failing_charts(&planted, begin + 80));
        files
            .into_iter()
            .fold(Commit::new("secrets"), |commit, (path, text)| {
                commit.write(path, text)
            })
    };
    let settings = "glops:\n  defaults:\n    render: {directories: [app]}\n";
    let mut installed =
        Installation::start(plane, &namespace, commit(0), settings, "trace").expect("all of it");
    until_secret_holds(&namespace, planted.slice(5, 1)).await;
    edit(&namespace);
    until_secret_holds(&namespace, planted.slice(5, 1)).await;
    installed.push(&commit(100)).expect("pushed");
    until_secret_holds(&namespace, planted.slice(105, 1)).await;

    let mut heard = Heard::default();
    for arguments in ["agent list -o json", "agent show test -o json", "agent show test"] {
        let mut command = installed.kas.glops();
        command.args(arguments.split(' '));
        heard.run(command);
    }
    let Installation { agentk, kas, .. } = &mut installed;
    assert!(
        agentk.service().stop().expect("stopped"),
        "agentk ended with an error"
    );
    assert!(kas.service().stop().expect("stopped"), "kas ended with an error");
    let logs = format!("{}{}", agentk.service().log(), kas.service().log());
    let files = fs::read_dir(kas.directory())
        .expect("a directory")
        .flatten()
        .map(|entry| entry.path());
    for file in files.filter(|path| path.is_file()) {
        heard.add(format!("{}", file.display()), fs::read(&file).expect("read"));
    }
    for kind in ["events", "leases"] {
        heard.add(
            kind,
            kubectl(&["-n", namespace.name(), "get", kind, "-o", "json"]),
        );
    }
    assert!(
        !logs.contains('\u{1b}'),
        "a log that no terminal shows has colours"
    );
    assert!(!logs.contains(installed.token()), "the agent's token is in a log");
    heard.add("the logs of agentk and kas", logs);
    // what failed is told
    heard.holds("chart-0/templates/secret.yaml:1:3: executing");
    heard.holds_none_of(&planted);
}

/// Waits until Secret good-0 holds `values` under its keys in `data`.
async fn until_secret_holds(namespace: &TestNamespace<'_>, values: &[String]) {
    let deadline = Instant::now() + Duration::from_mins(1);
    let path = "jsonpath={.data.encoded-0}";
    loop {
        let shown = kubectl(&["-n", namespace.name(), "get", "secret", "good-0", "-o", path]);
        let shown = String::from_utf8_lossy(&shown).into_owned();
        if values
            .iter()
            .all(|value| shown.contains(&crate::planted::base64(value)))
        {
            return;
        }
        assert!(Instant::now() < deadline, "the Secret does not come");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
