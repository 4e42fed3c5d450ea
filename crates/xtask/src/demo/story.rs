//! What the demo shows, in order.

use anyhow::{Context, Result};
use serde_json::Value;
use testkit::Commit;

use super::events;
use super::narrator;
use super::sample;
use super::stage::{PROJECT, Stage};

const WATCHED_FILE: &str = "shop/web.yaml";
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
        .chapter("A Git repository: an agent's configuration, and a small shop as plain manifests");
    let commit = stage
        .repository
        .commit("main", &sample::commit("main", "Open the shop")?)?;
    narrator::say(&format!("commit {} of {}:", &commit[..8], stage.repository.url()));
    narrator::output(
        &stage
            .repository
            .git(&["ls-tree", "-r", "--name-only", "main", ".gitlab", "shop"])?,
    );
    narrator::output(&sample::text(CONFIGURATION)?);
    Ok(())
}

fn programs(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("kas beside Git, agentk in the cluster; agentk dials out, no port of the cluster is open");
    stage.start_kas()?;
    stage.start_agentk()
}

fn first_sync(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("The sync as it goes: the Job first with what it needs, web after api, release at the end");
    let time = events::follow(stage, "the first sync", |stage| {
        Ok(ready(stage, "web") == Some(3) && has(stage, "configmap/release"))
    })?;
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
        .chapter("Somebody edits the cluster by hand; agentk sees it by its watch and puts it back");
    stage.show(
        "kubectl",
        &["-n", "shop", "scale", "deployment/api", "--replicas=1"],
    )?;
    stage.until(
        "the edit is undone",
        |stage| Ok(replicas(stage, "api") == Some(2)),
    )?;
    stage.show("kubectl", &["-n", "shop", "get", "deployment/api"])?;
    stage.show("kubectl", &["-n", "shop", "delete", "service/web"])?;
    stage.until("the Service is back", |stage| Ok(has(stage, "service/web")))?;
    stage.show("kubectl", &["-n", "shop", "get", "service/web"])?;
    Ok(())
}

fn preview(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("A merge request: its change, told apart from what drifted in the cluster");
    narrator::say("the agent is told by Git to report drift instead of undoing it; no restart");
    let watch_only = format!("{}    drift: warn\n", sample::text(CONFIGURATION)?);
    stage.repository.commit(
        "main",
        &Commit::new("Only report drift").write(CONFIGURATION, watch_only),
    )?;
    stage.repository.reset("new-api", "main")?;
    stage.repository.commit(
        "new-api",
        &sample::commit("change", "API 1.5.0, a better summer promotion")?,
    )?;
    stage.until("the new configuration is in force", |stage| {
        Ok(stage.log("agentk").matches("project started").count() > 1)
    })?;
    stage.show(
        "kubectl",
        &["-n", "shop", "scale", "deployment/web", "--replicas=5"],
    )?;
    stage.show(
        "git",
        &[
            "clone",
            "--quiet",
            stage.repository.url(),
            &stage.file("shop").to_string_lossy(),
        ],
    )?;
    stage.show(
        "glops",
        &[
            "preview",
            "shop",
            "--base",
            "origin/main",
            "--head",
            "origin/new-api",
        ],
    )?;
    Ok(())
}

fn merge(stage: &mut Stage) -> Result<()> {
    stage.narrator.chapter("The branch is merged");
    stage.repository.reset("main", "new-api")?;
    let image = "registry.example.com/shop/api:1.5.0";
    events::follow(stage, "the sync of the merge", |stage| {
        let api = deployment(stage, "api").unwrap_or_default();
        let newest = api["spec"]["template"]["spec"]["containers"][0]["image"] == image;
        Ok(newest && api["status"]["updatedReplicas"] == 4 && ready(stage, "api") == Some(4))
    })?;
    stage.show("kubectl", &["-n", "shop", "get", "deployment/api", "-o", "wide"])?;
    Ok(())
}

fn prune(stage: &mut Stage) -> Result<()> {
    stage
        .narrator
        .chapter("A file leaves Git, and its objects leave the cluster; nobody else's do");
    let gone = Commit::new("Close the web page").remove(WATCHED_FILE);
    stage.repository.commit("main", &gone)?;
    events::follow(stage, "the deletion", |stage| {
        Ok(!has(stage, "deployment/web") && !has(stage, "service/web"))
    })?;
    Ok(())
}

fn status(stage: &mut Stage) -> Result<()> {
    stage.narrator.chapter("What is deployed now");
    let inventory = inventory(stage)?;
    stage.show("glops", &["status", "-n", "default", "--inventory", &inventory])?;
    stage.show("glops", &["agent", "show", "demo"])?;
    Ok(())
}

/// The name of the one inventory that the agent keeps.
fn inventory(stage: &Stage) -> Result<String> {
    let listed = stage.ask("glops", &["inventory", "list", "-n", "default", "-o", "json"])?;
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

fn replicas(stage: &Stage, name: &str) -> Option<u64> {
    deployment(stage, name)?["spec"]["replicas"].as_u64()
}

fn has(stage: &Stage, object: &str) -> bool {
    stage.ask("kubectl", &["-n", "shop", "get", object]).is_ok()
}
