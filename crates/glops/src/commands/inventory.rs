mod import;

use clap::Subcommand;
use engine::{
    Application, Cluster,
    cluster::{ListScope, Resource},
};
use manifest::GroupVersionKind;
use serde_json::{Value, json};

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    commands::status::missing,
    error::{Context as _, Exit, Result},
    print::{
        json::{key, lines},
        table::table,
    },
    ui::Ui,
};

/// The label that names an ApplySet's parent.
const APPLY_SET_ID: &str = "applyset.kubernetes.io/id";
/// Where the tool is named whose ApplySet it is.
const TOOLING: &str = "/metadata/annotations/applyset.kubernetes.io~1tooling";

/// Look at the inventories in a cluster, and take over those of other tools.
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
    Show(ShowArgs),
    Import(import::ImportArgs),
}

#[derive(clap::Args, Debug)]
struct ShowArgs {
    /// Name of the inventory.
    #[arg(value_name = "NAME", required_unless_present = "inventory")]
    name: Option<String>,
    /// Name of the inventory, as other commands take it.
    #[arg(long, env = "GLOPS_INVENTORY", value_name = "NAME")]
    inventory: Option<String>,
}

impl ShowArgs {
    /// What is typed without a flag wins over the variable.
    fn name(&self) -> &str {
        self.name
            .as_ref()
            .or(self.inventory.as_ref())
            .map_or("", String::as_str)
    }
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &InventoryCommandArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json, Output::Name])?;
    let connection = Connection::open(global).await?;
    let Connection { cluster, namespace } = &connection;
    let text = match &args.action {
        InventoryAction::List { all_namespaces } => {
            let namespace = (!*all_namespaces).then_some(namespace.as_str());
            list(cluster, namespace, output).await?
        }
        InventoryAction::Import(args) => {
            return import::run(ui, cluster, namespace, args, output).await;
        }
        InventoryAction::Show(inventory) => {
            show(cluster, &connection.application(inventory.name()), output).await?
        }
    };
    ui.data(text)?;
    Ok(Exit::Done)
}

async fn list(cluster: &Cluster, namespace: Option<&str>, output: Output) -> Result<String> {
    let scope = ListScope {
        namespace: namespace.unwrap_or_default(),
        labels: APPLY_SET_ID,
        metadata_only: true,
    };
    let found = cluster.list(&secrets(), scope).await;
    let found = found.context("failed to list inventories")?.items;
    let text = |secret: &Value, pointer: &str| {
        let found = secret.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let rows = found
        .iter()
        .filter(|secret| text(secret, TOOLING).starts_with("glops"))
        .map(|secret| {
            (
                text(secret, "/metadata/namespace"),
                text(secret, "/metadata/name"),
            )
        });
    Ok(match output {
        Output::Json => lines(rows.map(|(namespace, name)| json!({"namespace": namespace, "name": name}))),
        Output::Name => rows.map(|(_, name)| format!("{name}\n")).collect(),
        _ => table(
            ["NAMESPACE", "NAME"],
            rows.map(|(namespace, name)| [namespace, name]),
        ),
    })
}

/// Inventories are kept in Secrets.
fn secrets() -> Resource {
    Resource {
        gvk: GroupVersionKind::from_api_version("v1", "Secret"),
        plural: "secrets".to_owned(),
        namespaced: true,
        listable: true,
    }
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
