use std::{fs, path::PathBuf};

use engine::{
    Application, Cluster, InventoryId,
    inventory::import::Source,
    take_over::{self, ForeignInventory, Outcome, TakeOver},
};
use manifest::{Object, ResourceKey, stream};
use serde_json::Value;

use crate::{
    cli::Output,
    error::{CommandError, Context as _, Exit, Result},
    print::{
        json::{key, lines},
        table::table,
    },
    prune::TypedKey,
    source::read_stdin,
    sync::InventoryArgs,
    ui::Ui,
};

/// Take over what Flux, Argo CD, cli-utils (GitLab's agent, kpt, Config Sync) or kapp have applied.
///
/// Without --yes nothing is written. With it, the objects enter our inventory and carry our mark, and the fields that the
/// other tool owned are ours; nothing is created, deleted or given another value. What belongs to somebody else stays
/// with them.
#[derive(clap::Args, Debug)]
pub(super) struct ImportArgs {
    /// What holds the other inventory: Kustomization/apps:flux-system, HelmRelease/web:shop, Application/web:argocd,
    /// ResourceGroup/inventory:shop, or the ConfigMap of cli-utils or kapp; -n says the namespace when this does not.
    #[arg(value_name = "KIND/NAME[:NAMESPACE]", required_unless_present = "file")]
    from: Option<TypedKey>,
    /// Read that object from a file, or from - for standard input: for an Argo CD that is kept in another cluster.
    #[arg(long, env = "GLOPS_FILE", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    inventory: InventoryArgs,
    /// Take it over.
    #[arg(short, long, env = "GLOPS_YES")]
    yes: bool,
    /// Only show what would be taken over; so it is without --yes, too.
    #[arg(long, env = "GLOPS_DRY_RUN")]
    dry_run: bool,
}

impl ImportArgs {
    /// Whether it is taken over, and not only shown: of two variables that contradict each other, the careful one counts.
    fn is_confirmed(&self) -> bool {
        self.yes && !self.dry_run
    }
}

pub(super) async fn run(
    ui: &Ui,
    cluster: &Cluster,
    namespace: &str,
    args: &ImportArgs,
    output: Output,
) -> Result<Exit> {
    let foreign = find(cluster, namespace, args).await?;
    let application = Application::new(InventoryId::new(namespace, args.inventory.name()));
    ui.status(&format!(
        "{} of {} records {} objects",
        foreign.parent.key(),
        foreign.tool,
        foreign.objects.len()
    ));
    let result = take_over::take_over(cluster, &application, &foreign, !args.is_confirmed()).await?;
    ui.data(match output {
        Output::Json => lines(
            result
                .objects
                .iter()
                .map(|entry| record(entry, args.is_confirmed())),
        ),
        Output::Name => taken(&result).map(|key| format!("{key}\n")).collect(),
        _ => text(&result, args.is_confirmed()),
    })?;
    for warning in &result.warnings {
        ui.warning(warning);
    }
    next(ui, &foreign, &application, args, &result);
    match result.count(|outcome| matches!(outcome, Outcome::Failed(_))) {
        0 => Ok(Exit::Done),
        count => Err(
            CommandError::new(format!("{count} objects could not be taken over, see above"))
                .hint("run it again: it goes on where it stopped"),
        ),
    }
}

async fn find(cluster: &Cluster, namespace: &str, args: &ImportArgs) -> Result<ForeignInventory> {
    if let (None, Some(file)) = (&args.from, &args.file) {
        return Ok(take_over::read(cluster, object(file)?).await?);
    }
    let typed = args.from.as_ref().map(|typed| typed.0.clone());
    let mut wanted = typed.ok_or_else(|| CommandError::new("no inventory to take over was named"))?;
    if wanted.namespace.is_empty() {
        namespace.clone_into(&mut wanted.namespace);
    }
    let found = take_over::find(cluster, &wanted).await;
    found.map_err(|error| {
        let hint = match &error {
            take_over::Error::NotFound(_) => Some("the namespace follows the name: Kustomization/apps:flux-system"),
            take_over::Error::NotServed(_) => {
                Some("kinds other than those of Flux, Argo CD and the core need their group: Kind.group/name")
            }
            take_over::Error::Elsewhere { .. } => Some(
                "connect to that cluster, and hand the Application over: kubectl get application NAME -o yaml | \
                 glops inventory import --file -",
            ),
            take_over::Error::Import(_) => Some(
                "it is kept in a Kustomization, a HelmRelease, an Application, a ResourceGroup, or the ConfigMap of \
                 cli-utils or kapp",
            ),
            _ => None,
        };
        let failure = CommandError::from(error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

/// The one object of a file.
fn object(file: &PathBuf) -> Result<Object> {
    let name = file.display().to_string();
    let bytes = if name == "-" {
        read_stdin()?
    } else {
        fs::read(file).context(format!("failed to read {name}"))?
    };
    let mut objects = stream::read(&name, &bytes).into_iter();
    match (objects.next().transpose()?, objects.next()) {
        (Some(object), None) => Ok(object),
        (None, _) => Err(CommandError::new(format!("{name} holds no object"))),
        (Some(_), Some(_)) => Err(CommandError::new(format!("{name} holds more than one object"))
            .hint("hand over the one object that is the inventory")),
    }
}

fn taken(result: &TakeOver) -> impl Iterator<Item = &ResourceKey> {
    let taken = result
        .objects
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::TakenOver);
    taken.map(|(key, _)| key)
}

/// The word of an outcome, in JSON as in the table, and why.
fn describe(outcome: &Outcome, written: bool) -> (&'static str, String) {
    match outcome {
        Outcome::TakenOver if written => ("taken-over", String::new()),
        Outcome::TakenOver => ("take-over", String::new()),
        Outcome::AlreadyOurs => ("ours", "it is in this inventory".to_owned()),
        Outcome::Gone => ("gone", "it does not exist any more".to_owned()),
        Outcome::Foreign(owner) => ("left", format!("it belongs to {owner}")),
        Outcome::Failed(failure) => ("failed", failure.message.clone()),
    }
}

fn text(result: &TakeOver, written: bool) -> String {
    let rows = result.objects.iter().map(|(key, outcome)| {
        let (word, why) = describe(outcome, written);
        let object = format!("{}/{}", key.kind, key.name);
        [word.to_owned(), key.namespace.clone(), object, why]
    });
    let table = table(["RESULT", "NAMESPACE", "OBJECT", "WHY"], rows);
    let taken = taken(result).count();
    let all = result.objects.len();
    let verb = if written { "taken over" } else { "to take over" };
    format!("{table}{taken} of {all} {verb}\n")
}

fn record((object, outcome): &(ResourceKey, Outcome), written: bool) -> Value {
    let (word, why) = describe(outcome, written);
    let mut record = key(object);
    record.insert("result".into(), word.into());
    record.insert(
        "reason".into(),
        if why.is_empty() { Value::Null } else { why.into() },
    );
    Value::Object(record)
}

/// Says what to do next, so that the other tool neither deletes nor fights what it has lost.
fn next(
    ui: &Ui,
    foreign: &ForeignInventory,
    application: &Application,
    args: &ImportArgs,
    result: &TakeOver,
) {
    if !args.is_confirmed() {
        if !args.dry_run && taken(result).next().is_some() {
            ui.hint("nothing was written; --yes takes them over");
        }
        return;
    }
    ui.hint(&farewell(foreign));
    let InventoryId { namespace, name } = &application.inventory;
    ui.hint(&format!(
        "then `glops apply PATH -n {namespace} --inventory {name}` goes on from here"
    ));
}

/// How the other tool is taken away without what it applied.
fn farewell(foreign: &ForeignInventory) -> String {
    let (name, namespace) = (foreign.parent.name(), foreign.parent.namespace());
    match foreign.tool {
        Source::Flux => format!(
            "what Flux applied stays when it is suspended before it is deleted: \
             flux suspend kustomization {name} -n {namespace}"
        ),
        Source::FluxHelm => format!(
            "the release stays when it is suspended before it is deleted: \
             flux suspend helmrelease {name} -n {namespace}"
        ),
        Source::Argo => {
            format!("delete the Application without its objects: argocd app delete {name} --cascade=false")
        }
        Source::CliUtils => format!(
            "stop what applies with it, then delete its inventory: kubectl delete configmap {name} -n {namespace}"
        ),
        Source::ResourceGroup => {
            format!("stop what applies with it, then delete {}", foreign.parent.key())
        }
        Source::Kapp => {
            format!("delete its ConfigMap, not the app: kubectl delete configmap {name} -n {namespace}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_reads_the_same_in_text_and_json() {
        let web = ResourceKey::new("apps", "Deployment", "shop", "web");
        let old = ResourceKey::new("", "Service", "shop", "old");
        let result = TakeOver {
            objects: vec![
                (web.clone(), Outcome::TakenOver),
                (old, Outcome::Foreign("Flux Kustomization a/b".into())),
            ],
            warnings: Vec::new(),
        };
        let shown = text(&result, false);
        assert!(
            shown.contains("take-over   shop        Deployment/web"),
            "{shown}"
        );
        assert!(shown.contains("it belongs to Flux Kustomization a/b"), "{shown}");
        assert!(shown.ends_with("1 of 2 to take over\n"), "{shown}");
        assert_eq!(
            record(&(web, Outcome::TakenOver), true),
            json!({"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web",
                "result": "taken-over", "reason": null})
        );
    }
}
