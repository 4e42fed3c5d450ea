//! What the demo shows, in order.

use anyhow::{Context, Result};
use serde_json::Value;
use testkit::Commit;

use super::events::{self, Scene};
use super::narrator;
use super::sample;
use super::stage::{AGENT, PROJECT, Stage};

const CONFIGURATION: &str = ".gitlab/agents/demo/config.yaml";

/// Tells the whole story.
pub(super) fn tell(stage: &mut Stage) -> Result<()> {
    stage.show("kubectl", &["get", "nodes"])?;
    git(stage)?;
    programs(stage)?;
    first_sync(stage)?;
    health(stage)?;
    drift(stage)?;
    preview(stage)?;
    merge(stage)?;
    prune(stage)?;
    status(stage)
}

fn git(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("A Git repository: an agent's configuration, a shop as plain manifests, its storefront as an overlay, its cache as a chart");
    let commit = stage
        .repository
        .commit("main", &sample::commit("main", "Open the shop")?)?;
    narrator::say(&format!(
        "commit {} of {} holds",
        &commit[..8],
        stage.repository.url()
    ));
    narrator::output(&stage.repository.git(&["ls-tree", "-r", "--name-only", "main"])?);
    narrator::say(&format!("and {CONFIGURATION} says"));
    narrator::output(&sample::text(CONFIGURATION)?);
    Ok(())
}

fn programs(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("kas beside Git, agentk in the cluster; agentk dials out, the cluster opens no port");
    stage.start_kas()?;
    stage.start_agentk()
}

fn first_sync(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("The sync as it goes: the Job first with what it needs, web after api, the chart's hook and release at the end");
    let done = |stage: &mut Stage| {
        let is_ready = |name, replicas| ready(stage, name) == Some(replicas);
        is_ready("web", 3)
            && is_ready("storefront", 2)
            && is_ready("cache", 1)
            && has(stage, "configmap/release")
            && stage.agentk_log().contains("sync ended")
    };
    let time = events::follow(stage, Scene::default(), "the first sync", done)?;
    narrator::say(&format!("in sync after {:.1} s", time.as_secs_f64()));
    stage.show("glops", &["agent", "list"])?;
    Ok(())
}

fn health(stage: &mut Stage) -> Result<()> {
    stage.narrator.chapter("Everything is healthy");
    stage.show(
        "kubectl",
        &["-n", "shop", "get", "deployments,jobs,services,promotions"],
    )?;
    Ok(())
}

fn drift(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("Somebody edits the cluster by hand; agentk sees it and puts it back");
    stage.show(
        "kubectl",
        &[
            "-n",
            "shop",
            "set",
            "image",
            "deployment/api",
            "api=registry.example.com/shop/api:hotfix",
        ],
    )?;
    let undone =
        |stage: &Stage| image(stage, "api").as_deref() == Some("registry.example.com/shop/api:1.4.0");
    let time = stage.until("the edit is undone", undone)?;
    narrator::say(&format!(
        "the image is 1.4.0 again after {:.1} s, and the log of agentk names who it was:",
        time.as_secs_f64()
    ));
    // the log comes once the sync is over, which is after the image is back
    let mut log = stage.agentk_log();
    for _ in 0..100 {
        if log.contains(" drift ") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        log = stage.agentk_log();
    }
    narrator::output(
        log.lines()
            .rfind(|line| line.contains(" drift "))
            .unwrap_or_default(),
    );
    stage.show("kubectl", &["-n", "shop", "delete", "service/web"])?;
    let time = stage.until("the Service is back", |stage| has(stage, "service/web"))?;
    narrator::say(&format!("Service/web is back after {:.1} s", time.as_secs_f64()));
    Ok(())
}

fn preview(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("A merge request: its change, told apart from what drifted in the cluster");
    narrator::say("a commit tells the agent to report drift and leave it; no restart");
    let watch_only = format!("{}  defaults:\n    drift: warn\n", sample::text(CONFIGURATION)?);
    stage.repository.commit(
        "main",
        &Commit::new("Only report drift").write(CONFIGURATION, watch_only),
    )?;
    stage.repository.reset("new-api", "main")?;
    stage.repository.commit(
        "new-api",
        &sample::commit("change", "API 1.5.0, a better promotion, winter, a larger cache")?,
    )?;
    stage.tell_of_push()?;
    let begin = stage.agentk_log().matches("project started").count();
    for _ in 0..100 {
        if stage.agentk_log().matches("project started").count() > begin {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let hotfix = "web=registry.example.com/shop/web:hotfix";
    stage.show(
        "kubectl",
        &["-n", "shop", "set", "image", "deployment/web", hotfix],
    )?;
    let (url, clone) = (stage.repository.url().to_owned(), stage.clone_directory());
    stage.show("git", &["clone", "--quiet", &url, &clone.to_string_lossy()])?;
    let inventory = inventory(stage)?;
    let arguments = [
        "preview",
        "shop",
        "storefront/production",
        "cache",
        "--base",
        "origin/main",
        "--head",
        "origin/new-api",
        "--inventory",
        &inventory,
        "-U1",
    ];
    stage.show("glops", &arguments)?;
    stage.take_picture(&arguments)
}

fn merge(stage: &mut Stage) -> Result<()> {
    stage.narrator.chapter("The branch is merged");
    let before = events::look(stage);
    stage.repository.reset("main", "new-api")?;
    stage.tell_of_push()?;
    let done = |stage: &mut Stage| {
        let status = deployment(stage, "api").unwrap_or_default()["status"].clone();
        let newest = image(stage, "api").as_deref() == Some("registry.example.com/shop/api:1.5.0");
        newest && status["updatedReplicas"] == 4 && status["readyReplicas"] == 4
    };
    events::follow(stage, before, "the sync of the merge", done)?;
    stage.show("kubectl", &["-n", "shop", "get", "deployment/api", "-o", "wide"])?;
    Ok(())
}

fn prune(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("A file leaves Git, and its objects leave the cluster");
    let before = events::look(stage);
    stage
        .repository
        .commit("main", &Commit::new("Close the web page").remove("shop/web.yaml"))?;
    stage.tell_of_push()?;
    let done = |stage: &mut Stage| !has(stage, "deployment/web") && !has(stage, "service/web");
    events::follow(stage, before, "the deletion", done)?;
    let inventory = inventory(stage)?;
    stage.until("the inventory is without them", |stage| {
        has_forgotten(stage, &inventory, "web")
    })?;
    narrator::say("and the inventory is without them");
    Ok(())
}

fn status(stage: &mut Stage) -> Result<()> {
    stage.narrator.chapter("What is deployed now");
    let inventory = inventory(stage)?;
    stage.show("glops", &["status", "--inventory", &inventory])?;
    stage.show("glops", &["agent", "show", AGENT])?;
    Ok(())
}

/// The name of the one inventory that the agent keeps.
fn inventory(stage: &Stage) -> Result<String> {
    let listed = stage.ask("glops", &["inventory", "list", "-o", "json"])?;
    let first = listed
        .lines()
        .next()
        .with_context(|| format!("{PROJECT} has no inventory"))?;
    let first: Value = serde_json::from_str(first).context("failed to parse the list of inventories")?;
    Ok(first["name"]
        .as_str()
        .context("an inventory has no name")?
        .to_owned())
}

/// Whether an inventory holds no object of this name.
fn has_forgotten(stage: &Stage, inventory: &str, name: &str) -> bool {
    let statuses = stage.ask("glops", &["status", "--inventory", inventory, "-o", "json"]);
    statuses.is_ok_and(|statuses| {
        let mut objects = statuses.lines().map(serde_json::from_str::<Value>);
        objects.all(|object| object.is_ok_and(|object| object["name"] != name))
    })
}

fn deployment(stage: &Stage, name: &str) -> Option<Value> {
    let text = stage
        .ask(
            "kubectl",
            &["-n", "shop", "get", "deployment", name, "-o", "json"],
        )
        .ok()?;
    serde_json::from_str(&text).ok()
}

fn ready(stage: &Stage, name: &str) -> Option<u64> {
    deployment(stage, name)?["status"]["readyReplicas"].as_u64()
}

fn image(stage: &Stage, name: &str) -> Option<String> {
    let found = &deployment(stage, name)?["spec"]["template"]["spec"]["containers"][0]["image"];
    Some(found.as_str()?.to_owned())
}

fn has(stage: &Stage, object: &str) -> bool {
    stage.ask("kubectl", &["-n", "shop", "get", object]).is_ok()
}
