//! The engine's benchmark: each step a fresh process, each repetition a fresh control plane, medians at the end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use testkit::{ControlPlane, Options};

use super::process::cpu_seconds;
use crate::repository;
use crate::terminal::line;

const STEPS: [&str; 8] = [
    "create", "noop", "change", "edit", "drift", "diff", "prune", "delete",
];
/// Controllers settle between steps.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many objects, namespaces not counted
    #[arg(long, default_value_t = 1000)]
    objects: u32,
    /// How often, each time on a fresh control plane
    #[arg(long, default_value_t = 5)]
    repetitions: u32,
}

/// What one step of one repetition cost.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    wall: f64,
    cpu: f64,
    peak_mib: f64,
    requests: f64,
    server_cpu: f64,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let program = build()?;
    let mut costs: BTreeMap<&str, Vec<Cost>> = BTreeMap::new();
    for repetition in 1..=arguments.repetitions {
        line(format!("repetition {repetition} of {}", arguments.repetitions));
        let plane = ControlPlane::start(&Options {
            nodes: 5,
            ..Options::default()
        })?;
        for step in STEPS {
            thread::sleep(PAUSE);
            let cost = measure(&program, &plane, step, arguments.objects)?;
            costs.entry(step).or_default().push(cost);
        }
    }
    line(table(&costs));
    Ok(())
}

fn build() -> Result<PathBuf> {
    let arguments = [
        "build",
        "--release",
        "--locked",
        "--package",
        "bench-engine",
        "--message-format=json",
    ];
    let output = Command::new("cargo")
        .current_dir(repository::root())
        .args(arguments)
        .output();
    let output = output.context("failed to run cargo")?;
    if !output.status.success() {
        bail!(
            "failed to build bench-engine: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut executables = messages.lines().filter_map(|message| {
        let message: Value = serde_json::from_str(message).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    executables.next_back().context("cargo built no bench-engine")
}

fn measure(program: &PathBuf, plane: &ControlPlane, step: &str, objects: u32) -> Result<Cost> {
    let server = plane
        .process_ids()
        .into_iter()
        .find(|(name, _)| name == "kube-apiserver")
        .map_or(0, |(_, id)| id);
    let before = cpu_seconds(server);
    let output = Command::new(program)
        .args(["--step", step, "--objects", &objects.to_string()])
        .env("KUBECONFIG", plane.kubeconfig())
        .output()
        .with_context(|| format!("failed to run the step {step}"))?;
    if !output.status.success() {
        bail!(
            "the step {step} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    line(format!("  {step}: {}", text.trim()));
    let result: Value =
        serde_json::from_str(&text).with_context(|| format!("failed to parse the step {step}"))?;
    let number = |key: &str| result[key].as_f64().unwrap_or_default();
    Ok(Cost {
        wall: number("wall"),
        cpu: number("cpu"),
        peak_mib: number("peak_mib"),
        requests: number("requests"),
        server_cpu: cpu_seconds(server) - before,
    })
}

fn table(costs: &BTreeMap<&str, Vec<Cost>>) -> String {
    let mut table = "| step | wall s | client CPU s | peak MiB | requests | API server CPU s |\n|---|---|---|---|---|---|\n".to_owned();
    for step in STEPS.iter().filter(|step| **step != "edit") {
        let Some(costs) = costs.get(step) else { continue };
        let of = |figure: fn(&Cost) -> f64| median(costs.iter().map(figure).collect());
        let (wall, cpu, peak) = (
            of(|cost| cost.wall),
            of(|cost| cost.cpu),
            of(|cost| cost.peak_mib),
        );
        let (requests, server) = (of(|cost| cost.requests), of(|cost| cost.server_cpu));
        table =
            format!("{table}| {step} | {wall:.2} | {cpu:.2} | {peak:.0} | {requests:.0} | {server:.2} |\n");
    }
    table
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(Vec::new())).abs() < f64::EPSILON);
    }
}
