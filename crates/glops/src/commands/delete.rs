use engine::{Application, InventoryId, SyncOptions};

use crate::{
    cli::{GlobalArgs, Output},
    cluster,
    commands::unsupported_output,
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
    let output = global.output.unwrap_or(Output::Text);
    if !matches!(output, Output::Text | Output::Json) {
        return Err(unsupported_output(output, &[Output::Text, Output::Json]));
    }
    let config = cluster::config(global).await?;
    let namespace = global
        .namespace
        .clone()
        .unwrap_or_else(|| config.default_namespace.clone());
    let application = Application::new(InventoryId::new(namespace, args.inventory.name()));
    let progress = Progress::new(
        ui,
        if output == Output::Text {
            Lines::Data
        } else {
            Lines::None
        },
    );
    let cluster = cluster::connect(config)?;
    let options = SyncOptions {
        prune: args.prune.options(),
        wait: Some(args.wait.duration()),
        ..SyncOptions::default()
    };
    let stop = interrupt::token(ui);
    let set = engine::delete(&cluster, &application, &options, &progress.events(), &stop).await;
    progress.finish();
    let set = set?;
    ui.data(match output {
        Output::Json => json::lines([json::change_set(&set)]),
        _ => changes::summary(&set, false, ui.style()),
    })?;
    changes::exit(&set)
}
