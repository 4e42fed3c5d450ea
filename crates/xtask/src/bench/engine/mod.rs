//! The engine's benchmark: each cold step a process of its own, each repetition on a control plane of its own, medians at
//! the end; beside it, in the same run, whatever peers were built.

mod agent;
mod cache;
mod ours;
mod peers;
mod programs;
mod record;
mod table;

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use testkit::{ControlPlane, Options};

use self::peers::Peers;
use self::programs::Programs;
use self::record::Records;
use crate::terminal::{heading, line};

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
    /// How often the peers
    #[arg(long, default_value_t = 3)]
    peer_repetitions: u32,
    /// A directory with the peers' drivers: peer-flux, peer-kubectl with gen, peer-argo, peer-raw
    #[arg(long, env = "GLOPS_BENCH_PEERS")]
    peers: Option<PathBuf>,
    /// A directory with bench-engine, glops, agentk and kas, to measure these instead of building them
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Everything that was measured, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// The table of the medians
    #[arg(long)]
    markdown: Option<PathBuf>,
}

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Every step, with as many objects as asked for
    Steps,
    /// The requests of every step, as the API server counts them
    Requests,
    /// Five times as many objects
    Large,
    /// A cache of 20,000 objects
    Cache,
    /// agentk at rest, and from a push to the applied object
    Agent,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let programs = match &arguments.programs {
        Some(directory) => Programs::find(directory)?,
        None => Programs::build()?,
    };
    let peers = arguments.peers.as_deref().map(Peers::find).transpose()?;
    let mut records = Records::default();
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    if wanted(Part::Steps) {
        steps(arguments, &programs, peers.as_ref(), &mut records)?;
    }
    if wanted(Part::Requests) {
        heading("requests, as the API server counts them");
        ours::count_requests(&programs, arguments.objects, &mut records)?;
    }
    if wanted(Part::Large) {
        heading("five times as many objects");
        ours::large(
            &programs,
            arguments.objects * 5,
            arguments.repetitions,
            &mut records,
        )?;
    }
    if wanted(Part::Cache) {
        heading("a cache of 20,000 objects");
        cache::run(&programs, peers.as_ref(), &mut records)?;
    }
    if wanted(Part::Agent) {
        heading("agentk");
        agent::run(&programs, &mut records)?;
    }
    let table = table::markdown(&records);
    line(format!("\n{table}"));
    if let Some(path) = &arguments.markdown {
        fs::write(path, table).with_context(|| format!("failed to write {}", path.display()))?;
    }
    if let Some(path) = &arguments.json {
        let json = format!("{:#}\n", records.to_json());
        fs::write(path, json).with_context(|| format!("failed to write {}", path.display()))?;
    }
    Ok(())
}

fn steps(
    arguments: &Arguments,
    programs: &Programs,
    peers: Option<&Peers>,
    records: &mut Records,
) -> Result<()> {
    let peer_repetitions = if peers.is_some() {
        arguments.peer_repetitions
    } else {
        0
    };
    for repetition in 1..=arguments.repetitions.max(peer_repetitions) {
        heading(&format!("repetition {repetition}"));
        if repetition <= arguments.repetitions {
            ours::steps(programs, &fresh()?, arguments.objects, records)?;
        }
        if let Some(peers) = peers.filter(|_| repetition <= peer_repetitions) {
            peers.steps(programs, arguments.objects, records)?;
        }
    }
    Ok(())
}

/// A control plane that nothing was asked of yet.
fn fresh() -> Result<ControlPlane> {
    let plane = ControlPlane::start(&Options {
        nodes: 5,
        ..Options::default()
    })?;
    pause();
    Ok(plane)
}

fn pause() {
    thread::sleep(PAUSE);
}
