use std::time::Duration;

use engine::{Application, ObjectStatus, wait::Status};
use serde_json::{Value, json};

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    error::{CommandError, Exit, Result},
    print::{
        json::{key, lines},
        table::table,
    },
    sync::InventoryArgs,
    ui::Ui,
};

const WATCH_PERIOD: Duration = Duration::from_secs(2);

/// Show how everything that an inventory records is doing.
#[derive(clap::Args, Debug)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    inventory: InventoryArgs,
    /// Show it again whenever it changes, until everything is healthy.
    #[arg(short, long)]
    watch: bool,
    /// Tell by the exit code: 0 everything is healthy, 2 something is not.
    #[arg(long, env = "GLOPS_EXIT_CODE", alias = "detailed-exitcode")]
    exit_code: bool,
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &StatusArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json])?;
    let connection = Connection::open(global).await?;
    let application = connection.application(args.inventory.name());
    let mut shown = Vec::new();
    loop {
        let found = engine::status(&connection.cluster, &application).await?;
        let statuses = found.ok_or_else(|| missing(&application))?;
        let is_healthy = statuses
            .iter()
            .all(|status| status.verdict.status == Status::Current);
        if statuses != shown {
            ui.data(match output {
                Output::Json => lines(statuses.iter().map(record)),
                _ => text(&statuses),
            })?;
            shown = statuses;
        }
        if is_healthy || !args.watch {
            return Ok(if args.exit_code && !is_healthy {
                Exit::Changes
            } else {
                Exit::Done
            });
        }
        tokio::time::sleep(WATCH_PERIOD).await;
    }
}

/// The error for an inventory that does not exist.
pub(crate) fn missing(application: &Application) -> CommandError {
    CommandError::new(format!("there is no inventory {}", application.inventory))
        .hint("is the namespace right (-n)? `glops inventory list` shows those that exist")
}

fn text(statuses: &[ObjectStatus]) -> String {
    let rows = statuses.iter().map(|status| {
        let owner = if status.is_ours {
            ""
        } else {
            " (no longer marked as ours)"
        };
        [
            status.verdict.status.to_string(),
            status.key.namespace.clone(),
            format!("{}/{}", status.key.kind, status.key.name),
            format!("{}{owner}", status.verdict.message),
        ]
    });
    let healthy = statuses
        .iter()
        .filter(|status| status.verdict.status == Status::Current)
        .count();
    let table = table(["STATUS", "NAMESPACE", "OBJECT", "MESSAGE"], rows);
    format!("{table}{healthy} of {} healthy\n", statuses.len())
}

fn record(status: &ObjectStatus) -> Value {
    let mut record = key(&status.key);
    record.insert("status".into(), status.verdict.status.to_string().into());
    record.insert("message".into(), json!(status.verdict.message));
    record.insert("ours".into(), status.is_ours.into());
    Value::Object(record)
}
