use std::path::PathBuf;

use engine::{
    SyncOptions,
    diff::{DiffMode, Label, ObjectChange, ObjectDiff},
    drift::DriftPolicy,
    render,
};

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    desired::{complete, desired_for, seeded},
    error::{Exit, Result},
    print::{
        diff::{Detail, object},
        json,
    },
    remote::RemoteArgs,
    source::Source,
    sync::InventoryArgs,
    ui::Ui,
};

/// Show what others changed in the cluster since these manifests were applied.
#[derive(clap::Args, Debug)]
pub(crate) struct DriftArgs {
    /// What was applied: a file, a directory, or - for standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    inventory: InventoryArgs,
    #[command(flatten)]
    remote: RemoteArgs,
    /// Tell by the exit code: 0 nothing drifted, 2 something did.
    #[arg(long, env = "GLOPS_EXIT_CODE", alias = "detailed-exitcode")]
    exit_code: bool,
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &DriftArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json])?;
    let connection = Connection::open(global).await?;
    let application = connection.application(args.inventory.name());
    let Connection { cluster, namespace } = connection;
    let mut render = render::Options {
        default_namespace: namespace,
        remote: args.remote.remote(),
        ..render::Options::default()
    };
    render.charts.randomness = seeded(0);
    let desired = desired_for(ui, &Source::from_path(&args.path)?, render, &cluster).await?;
    let options = SyncOptions {
        drift: DriftPolicy::Correct,
        ..SyncOptions::default()
    };
    let diffs = engine::diff(&cluster, &application, &desired, &options, DiffMode::ReadOnly).await?;
    let drifted: Vec<ObjectDiff> = diffs.into_iter().filter(has_drifted).collect();
    ui.data(match output {
        Output::Json => json::lines(drifted.iter().map(json::diff)),
        _ => text(&drifted, ui),
    })?;
    complete(&desired)?;
    Ok(if args.exit_code && !drifted.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// An object that an apply would create again was deleted by someone.
fn has_drifted(diff: &ObjectDiff) -> bool {
    let is_theirs =
        |label: &Label| matches!(label, Label::Drift | Label::Conflict | Label::ForeignManager(_));
    diff.change == ObjectChange::Create || diff.fields.iter().any(|field| is_theirs(&field.label))
}

fn text(drifted: &[ObjectDiff], ui: &Ui) -> String {
    let detail = Detail {
        context: 1,
        summary: false,
        explain: false,
    };
    let mut blocks: Vec<String> = drifted
        .iter()
        .map(|diff| object(diff, detail, ui.style()))
        .collect();
    blocks.push(match drifted.len() {
        0 => "nothing drifted\n".to_owned(),
        1 => "one object drifted\n".to_owned(),
        count => format!("{count} objects drifted\n"),
    });
    blocks.join("\n")
}
