use std::path::PathBuf;

use clap::ValueEnum;
use engine::{
    PruneOptions, SyncOptions,
    diff::{DiffMode, ObjectChange, ObjectDiff},
    render,
};

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    desired::{complete, desired_for, seeded},
    error::{CommandError, Exit, Result},
    gate::GateArgs,
    print::{
        diff::{Answers, Counts, Detail, text},
        json,
    },
    remote::RemoteArgs,
    source::Source,
    sync::{OwnershipArgs, looked_at},
    ui::Ui,
};

/// Show what an apply would change in the cluster, and whose change each field is.
///
/// Nothing is changed. Values of Secrets are never shown: equal values have equal numbers.
#[derive(clap::Args, Debug)]
pub(crate) struct DiffArgs {
    /// A file, a directory, or - for standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Name of the inventory, to tell what an apply with --prune would delete; without it, the one that the live
    /// objects name.
    #[arg(long, env = "GLOPS_INVENTORY", value_name = "NAME")]
    inventory: Option<String>,
    #[command(flatten)]
    ownership: OwnershipArgs,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    gate: GateArgs,
    #[command(flatten)]
    remote: RemoteArgs,
    /// Tell by the exit code: 0 nothing changes, 2 something does.
    #[arg(long, env = "GLOPS_EXIT_CODE", alias = "detailed-exitcode")]
    exit_code: bool,
}

/// How the state after an apply is found out, and how much of it is shown.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct LookArgs {
    /// How the state after an apply is found out.
    #[arg(long, env = "GLOPS_MODE", value_enum, default_value_t = Mode::Filtered)]
    mode: Mode,
    /// Equal lines to show around a change.
    #[arg(
        short = 'U',
        long,
        env = "GLOPS_CONTEXT_LINES",
        value_name = "LINES",
        default_value_t = 3
    )]
    unified: usize,
    /// Show which fields differ and whose change that is, but not the lines.
    #[arg(long, env = "GLOPS_SUMMARY")]
    summary: bool,
    /// Tell of each field that changes who owns it, who will own it, and what happens to it.
    #[arg(long, env = "GLOPS_EXPLAIN")]
    explain: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// The server is asked about every object, by a dry run.
    Exact,
    /// It is predicted, and the server asked only about what that leaves in doubt.
    Filtered,
    /// The server is only read, and what cannot be predicted is called unknown; needs no right to write.
    ReadOnly,
}

impl LookArgs {
    pub(crate) fn mode(self) -> DiffMode {
        match self.mode {
            Mode::Exact => DiffMode::Exact,
            Mode::Filtered => DiffMode::Filtered,
            Mode::ReadOnly => DiffMode::ReadOnly,
        }
    }

    pub(crate) fn detail(self) -> Detail {
        Detail {
            context: self.unified,
            summary: self.summary,
            explain: self.explain,
        }
    }
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &DiffArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json, Output::Name])?;
    let Connection { cluster, namespace } = Connection::open(global).await?;
    let mut render = render::Options {
        default_namespace: namespace.clone(),
        remote: args.remote.remote(),
        ..render::Options::default()
    };
    render.charts.randomness = seeded(0);
    let desired = desired_for(ui, &Source::from_path(&args.path)?, render, &cluster).await?;
    let options = SyncOptions {
        policy: args.ownership.policy(),
        conflicts: args.ownership.conflicts(),
        prune: PruneOptions {
            enabled: args.inventory.is_some(),
            ..PruneOptions::default()
        },
        ..SyncOptions::default()
    };
    let name = args.inventory.as_deref();
    let looked_at = looked_at(ui, &cluster, &namespace, name, &[&desired]).await?;
    let diffs = engine::diff(
        &cluster,
        &looked_at.application,
        &desired,
        &options,
        args.look.mode(),
    )
    .await?;
    if let Some(warning) = Answers::of(&diffs).warning() {
        ui.status(&warning);
    }
    let changed = || diffs.iter().filter(|diff| diff.change != ObjectChange::None);
    ui.data(match output {
        Output::Json => json::lines(diffs.iter().map(json::diff)),
        Output::Name => changed().map(|diff| format!("{}\n", diff.key)).collect(),
        _ => text(&diffs, args.look.detail(), ui.style()),
    })?;
    // what could not be read or would be refused must not pass for "no change"
    complete(&desired)?;
    refused(&diffs)?;
    if let Some(exit) = args.gate.check_diff(ui, &diffs) {
        return Ok(exit);
    }
    Ok(if args.exit_code && Counts::of(&diffs).any_change() {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// An error when the server would refuse something.
pub(crate) fn refused(diffs: &[ObjectDiff]) -> Result<()> {
    match Counts::of(diffs).refused {
        0 => Ok(()),
        1 => Err(CommandError::new(
            "the cluster would refuse one object, see above",
        )),
        count => Err(CommandError::new(format!(
            "the cluster would refuse {count} objects, see above"
        ))),
    }
}
