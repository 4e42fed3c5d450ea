use clap::Subcommand;
use engine::{Application, Cluster, InventoryId};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, ResourceExt as _, api::ListParams};
use serde_json::{Value, json};

use crate::{
    cli::{GlobalArgs, Output},
    cluster,
    commands::{status::missing, unsupported_output},
    error::{Context as _, Exit, Result},
    print::{
        json::{key, lines},
        table::table,
    },
    sync::InventoryArgs,
    ui::Ui,
};

/// The label that names an ApplySet's parent.
const APPLY_SET_ID: &str = "applyset.kubernetes.io/id";
/// The annotation that names the tool whose ApplySet it is.
const TOOLING: &str = "applyset.kubernetes.io/tooling";

/// Look at the inventories in a cluster.
#[derive(clap::Args, Debug)]
pub(crate) struct InventoryCommandArgs {
    #[command(subcommand)]
    action: InventoryAction,
}

#[derive(Debug, Subcommand)]
enum InventoryAction {
    /// List the inventories of a namespace.
    List {
        /// Those of all namespaces.
        #[arg(short = 'A', long)]
        all_namespaces: bool,
    },
    /// List the objects that an inventory records.
    Show(InventoryArgs),
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &InventoryCommandArgs) -> Result<Exit> {
    let output = global.output.unwrap_or(Output::Text);
    if !matches!(output, Output::Text | Output::Json | Output::Name) {
        return Err(unsupported_output(
            output,
            &[Output::Text, Output::Json, Output::Name],
        ));
    }
    let config = cluster::config(global).await?;
    let namespace = global
        .namespace
        .clone()
        .unwrap_or_else(|| config.default_namespace.clone());
    let cluster = Cluster::connect(config)?;
    let text = match &args.action {
        InventoryAction::List { all_namespaces } => {
            list(
                &cluster,
                if *all_namespaces { None } else { Some(&namespace) },
                output,
            )
            .await?
        }
        InventoryAction::Show(inventory) => {
            show(
                &cluster,
                &Application::new(InventoryId::new(&namespace, inventory.name())),
                output,
            )
            .await?
        }
    };
    ui.data(text)?;
    Ok(Exit::Done)
}

async fn list(cluster: &Cluster, namespace: Option<&str>, output: Output) -> Result<String> {
    let client = cluster.client().clone();
    let secrets: Api<Secret> = match namespace {
        Some(namespace) => Api::namespaced(client, namespace),
        None => Api::all(client),
    };
    let found = secrets
        .list_metadata(&ListParams::default().labels(APPLY_SET_ID))
        .await;
    let found = found.context("failed to list inventories")?;
    let rows = found.iter().filter(|secret| {
        secret
            .annotations()
            .get(TOOLING)
            .is_some_and(|tooling| tooling.starts_with("glops"))
    });
    let rows = rows.map(|secret| (secret.namespace().unwrap_or_default(), secret.name_any()));
    Ok(match output {
        Output::Json => lines(rows.map(|(namespace, name)| json!({"namespace": namespace, "name": name}))),
        Output::Name => rows.map(|(_, name)| format!("{name}\n")).collect(),
        _ => table(
            ["NAMESPACE", "NAME"],
            rows.map(|(namespace, name)| [namespace, name]),
        ),
    })
}

async fn show(cluster: &Cluster, application: &Application, output: Output) -> Result<String> {
    let statuses = engine::status(cluster, application)
        .await?
        .ok_or_else(|| missing(application))?;
    let keys = statuses.iter().map(|status| &status.key);
    Ok(match output {
        Output::Json => lines(keys.map(|object| Value::Object(key(object)))),
        Output::Name => keys.map(|object| format!("{object}\n")).collect(),
        _ => table(
            ["GROUP", "KIND", "NAMESPACE", "NAME"],
            keys.map(|key| {
                [
                    key.group.clone(),
                    key.kind.clone(),
                    key.namespace.clone(),
                    key.name.clone(),
                ]
            }),
        ),
    })
}
