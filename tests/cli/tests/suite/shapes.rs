//! `-o json` prints what docs/reference/output.md says.

use serde_json::Value;
use testkit::installation::Kas;
use testkit::{ControlPlane, GitServer, settings};

use crate::shell::{Ran, Shell};

/// The example below a heading of the page.
fn documented(command: &str) -> Value {
    let page = settings::repository_root().join("docs/reference/output.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let heading = format!("\n## glops {command}\n");
    let (_, section) = page
        .split_once(&heading)
        .unwrap_or_else(|| panic!("no section {command}"));
    let section = section.split("\n## ").next().unwrap_or_default();
    let example = section.lines().find_map(|line| line.strip_prefix("    {"));
    let example = example.unwrap_or_else(|| panic!("no example of {command}"));
    serde_json::from_str(&format!("{{{example}")).expect("JSON")
}

/// All keys, with those of the first value of a list below it.
fn keys(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| {
        keys(value)
            .into_iter()
            .map(|key| format!("{name}.{key}"))
            .collect::<Vec<_>>()
    };
    match value {
        Value::Object(map) => {
            let mut all: Vec<String> = map
                .iter()
                .flat_map(|(name, value)| std::iter::once(name.clone()).chain(below(name, value)))
                .collect();
            all.sort_unstable();
            all
        }
        Value::Array(list) => list.first().map(keys).unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[track_caller]
fn assert_as_documented(command: &str, ran: &Ran) {
    assert_eq!(ran.code, Some(0), "{ran}");
    let printed = ran.json_lines();
    let first = printed
        .first()
        .unwrap_or_else(|| panic!("nothing was printed: {ran}"));
    assert_eq!(keys(first), keys(&documented(command)), "glops {command}");
}

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: fast}\n";

#[tokio::test]
async fn of_commands_that_ask_a_cluster() {
    let namespace = ControlPlane::shared().namespace("shapes").await;
    let shell = Shell::on_control_plane()
        .with("GLOPS_NAMESPACE", namespace.name())
        .with("GLOPS_OUTPUT", "json")
        .file("app/config.yaml", CONFIG);
    assert_as_documented("apply", &shell.glops("apply app --inventory web"));
    assert_as_documented("status", &shell.glops("status --inventory web"));
    assert_as_documented("inventory list", &shell.glops("inventory list"));
    assert_as_documented("inventory show", &shell.glops("inventory show web"));
    shell.write("app/config.yaml", &CONFIG.replace("fast", "slow"));
    assert_as_documented("diff", &shell.glops("diff app --inventory web"));
    assert_as_documented("health", &shell.glops("health app/config.yaml"));
    assert_as_documented("version", &shell.glops("version"));
    let foreign = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs, labels: {cli-utils.sigs.k8s.io/inventory-id: x}}\n\
                   data: {NS_settings__ConfigMap: ''}\n";
    shell.write("theirs.yaml", &foreign.replace("NS", namespace.name()));
    assert_as_documented(
        "inventory import",
        &shell.glops("inventory import --file theirs.yaml --inventory other"),
    );
}

#[test]
fn of_a_preview() {
    let shell = Shell::new()
        .file("app/config.yaml", CONFIG)
        .with("GLOPS_OUTPUT", "json");
    shell.git("init --quiet --initial-branch=main .");
    shell.git("add app");
    shell.git("commit --quiet --message=base");
    shell.git("checkout --quiet -b change");
    shell.write("app/config.yaml", &CONFIG.replace("fast", "slow"));
    shell.git("commit --quiet --all --message=change");
    assert_as_documented("preview", &shell.glops("preview app --offline --base main"));
}

#[test]
fn of_an_agent() {
    let git = GitServer::start().expect("a Git server");
    let repository = git.create("team/shop").expect("a repository");
    let kas = Kas::start(&[&repository], "info").expect("kas");
    kas.create_agent("production", "team/shop").expect("an agent");
    let output = kas
        .glops()
        .args(["agent", "list", "-o", "json"])
        .output()
        .expect("glops runs");
    let printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(keys(&printed), keys(&documented("agent list")));
}
