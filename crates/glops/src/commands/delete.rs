use engine::SyncOptions;

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    error::{Exit, Result},
    interrupt,
    print::{changes, json},
    progress::{Lines, Progress},
    prune::PruneArgs,
    sync::{InventoryArgs, Patience},
    ui::Ui,
};

/// Delete everything that an inventory records, in the reverse of the order in which it was created.
///
/// What is guarded (namespaces, definitions, volumes, stateful sets) stays until it is confirmed.
#[derive(clap::Args, Debug)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    inventory: InventoryArgs,
    #[command(flatten)]
    prune: PruneArgs,
    /// How long to wait until everything is gone.
    #[arg(long, env = "GLOPS_WAIT", value_name = "DURATION", default_value = "5m")]
    wait: Patience,
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &DeleteArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json])?;
    let connection = Connection::open(global).await?;
    let application = connection.application(args.inventory.name());
    let progress = Progress::new(ui, Lines::of(output));
    let options = SyncOptions {
        prune: args.prune.options(),
        wait: Some(args.wait.duration()),
        ..SyncOptions::default()
    };
    let stop = interrupt::token(ui);
    let set = engine::delete(
        &connection.cluster,
        &application,
        &options,
        &progress.events(),
        &stop,
    )
    .await;
    progress.finish();
    let set = set?;
    ui.data(match output {
        Output::Json => json::lines([json::change_set(&set)]),
        _ => changes::summary(&set, false, ui.style()),
    })?;
    changes::exit(&set)
}
