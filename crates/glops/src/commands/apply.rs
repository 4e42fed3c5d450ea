use std::path::PathBuf;

use engine::{Mode, PruneOptions, Recreate, SyncOptions, render};

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    desired::desired_for,
    error::{Exit, Result},
    interrupt,
    print::{changes, json},
    progress::{Lines, Progress},
    prune::PruneArgs,
    remote::RemoteArgs,
    source::Source,
    sync::{InventoryArgs, OwnershipArgs, Patience},
    ui::Ui,
};

/// Bring a cluster to what files, a kustomization or a chart describe.
///
/// What was applied is recorded in an inventory, so that a later run knows what to prune. Fields of other
/// managers are reported and left, unless --force-conflicts is given.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ApplyArgs {
    /// A file, a directory, or - for standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    inventory: InventoryArgs,
    #[command(flatten)]
    ownership: OwnershipArgs,
    #[command(flatten)]
    prune: PruneArgs,
    /// Delete objects of the inventory that are no longer described.
    #[arg(long = "prune", env = "GLOPS_PRUNE")]
    prune_enabled: bool,
    /// Wait until everything is healthy, at most so long (5m when no duration is given).
    #[arg(long, env = "GLOPS_WAIT", value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "5m")]
    wait: Option<Patience>,
    /// Let the server check every change and store none.
    #[arg(long, env = "GLOPS_DRY_RUN")]
    dry_run: bool,
    /// Check everything first, and change nothing when anything is refused.
    #[arg(long, env = "GLOPS_ATOMIC")]
    atomic: bool,
    /// Delete and create again what has a changed immutable field.
    #[arg(long, env = "GLOPS_RECREATE")]
    recreate: bool,
    #[command(flatten)]
    remote: RemoteArgs,
    /// Also list what is unchanged.
    #[arg(long)]
    all: bool,
}

impl ApplyArgs {
    fn options(&self) -> SyncOptions {
        SyncOptions {
            mode: match (self.dry_run, self.atomic) {
                (true, _) => Mode::DryRun,
                (_, true) => Mode::Atomic,
                _ => Mode::Apply,
            },
            policy: self.ownership.policy(),
            conflicts: self.ownership.conflicts(),
            recreate: if self.recreate {
                Recreate::WhenImmutable
            } else {
                Recreate::Never
            },
            prune: PruneOptions {
                enabled: self.prune_enabled,
                ..self.prune.options()
            },
            wait: self.wait.map(Patience::duration),
            ..SyncOptions::default()
        }
    }
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &ApplyArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json])?;
    let connection = Connection::open(global).await?;
    let application = connection.application(args.inventory.name());
    let Connection { cluster, namespace } = connection;
    let render = render::Options {
        default_namespace: namespace,
        remote: args.remote.remote(),
        ..render::Options::default()
    };
    // what is generated here is kept from then on, so that it may as well be random
    let desired = desired_for(ui, &Source::from_path(&args.path)?, render, &cluster).await?;

    let progress = Progress::new(ui, Lines::of(output));
    let stop = interrupt::token(ui);
    let set = engine::sync(
        &cluster,
        &application,
        &desired,
        &args.options(),
        &progress.events(),
        &stop,
    )
    .await;
    progress.finish();
    let set = set?;
    ui.data(match output {
        Output::Json => json::lines([json::change_set(&set)]),
        _ => changes::summary(&set, args.all, ui.style()),
    })?;
    changes::exit(&set)
}
