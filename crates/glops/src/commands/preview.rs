use std::path::{Path, PathBuf};

use engine::{Cluster, Desired, PruneOptions, Reach, SyncOptions, drift::DriftPolicy, render};
use git::Repository;

use crate::{
    cli::{GlobalArgs, Output},
    cluster::Connection,
    commands::diff::LookArgs,
    desired::{in_background, seeded, tell_charts, tell_problems},
    error::{CommandError, Context as _, Exit, Result},
    gate::GateArgs,
    print::{
        diff::Answers,
        json::lines,
        markdown,
        preview::{Headline, records, text},
    },
    remote::RemoteArgs,
    settings,
    sync::{OwnershipArgs, looked_at},
    ui::Ui,
};

/// Branches that are the target of a merge request when nothing is said, the likeliest first.
const TARGETS: [&str; 4] = ["origin/HEAD", "origin/main", "main", "master"];

/// Show what a branch changes, and what the cluster would make of it, as a merge request shows it.
///
/// Three states are compared: where the branch began (base), the branch (head), and the cluster (live). So a change
/// of the branch is told apart from what somebody changed in the cluster meanwhile. Nothing is changed, and with
/// --mode read-only (or --offline) no right to change anything is needed.
#[derive(clap::Args, Debug)]
pub(crate) struct PreviewArgs {
    /// Directories or files in the repository, seen from here.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Branch, tag or commit to merge into; what is compared is where the head left it.
    #[arg(long, env = "GLOPS_BASE", value_name = "REV")]
    base: Option<String>,
    /// Branch, tag or commit to preview.
    #[arg(long, env = "GLOPS_HEAD", value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Name of the inventory that records what was applied, to tell what would be deleted; without it, the one that
    /// the live objects name.
    #[arg(long, env = "GLOPS_INVENTORY", value_name = "NAME")]
    inventory: Option<String>,
    /// Do not look at a cluster.
    #[arg(long, env = "GLOPS_OFFLINE")]
    offline: bool,
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

/// The two sides of a preview, and how they are called.
struct Sides {
    base: Desired,
    head: Desired,
    revisions: String,
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &PreviewArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Markdown, Output::Json])?;
    let (cluster, namespace) = if args.offline {
        let namespace = global.namespace.as_deref().unwrap_or("default");
        (None, namespace.to_owned())
    } else {
        let connection = Connection::open(global).await;
        let Connection { cluster, namespace } = connection.hint("--offline needs no cluster")?;
        (Some(cluster), namespace)
    };
    let sides = sides(args, &namespace, cluster.as_ref()).await?;
    for side in [&sides.base, &sides.head] {
        tell_problems(ui, side);
    }
    ui.status(&sides.revisions);
    let preview = match cluster {
        None => engine::preview_offline(&sides.base, &sides.head),
        Some(cluster) => {
            let name = args.inventory.as_deref();
            let states = [&sides.base, &sides.head];
            let looked_at = looked_at(ui, &cluster, &namespace, name, &states).await?;
            let options = SyncOptions {
                policy: args.ownership.policy(),
                conflicts: args.ownership.conflicts(),
                // what somebody wrote over an applied field is shown as drift, not as a manager's own
                drift: DriftPolicy::Correct,
                prune: PruneOptions {
                    enabled: looked_at.is_known,
                    ..PruneOptions::default()
                },
                ..SyncOptions::default()
            };
            // the paths may be a part of what an inventory that was found records
            let reach = if looked_at.is_named {
                Reach::Inventory
            } else {
                Reach::Described
            };
            engine::preview(
                &cluster,
                &looked_at.application,
                &sides.base,
                &sides.head,
                &options,
                args.look.mode(),
                reach,
            )
            .await?
        }
    };
    let answers = Answers::of(
        preview
            .objects
            .iter()
            .filter_map(|object| object.cluster.as_ref()),
    );
    if let Some(warning) = answers.warning() {
        ui.status(&warning);
    }
    let detail = args.look.detail();
    ui.data(match output {
        Output::Json => lines(records(&preview)),
        Output::Markdown => markdown::text(&preview, &sides.revisions, detail.context),
        _ => text(&preview, detail, ui.style()),
    })?;
    let headline = Headline::of(&preview);
    // a side that could not be read whole must not pass for "no change"
    if !(sides.base.problems.is_empty() && sides.head.problems.is_empty()) {
        return Err(CommandError::new(
            "a part of the manifests could not be rendered, see above",
        ));
    }
    if headline.refused > 0 {
        return Err(CommandError::new(format!(
            "the cluster would refuse {} objects, see above",
            headline.refused
        )));
    }
    if let Some(exit) = args.gate.check_preview(ui, &preview) {
        return Ok(exit);
    }
    Ok(if args.exit_code && headline.any_change() {
        Exit::Changes
    } else {
        Exit::Done
    })
}

async fn sides(args: &PreviewArgs, namespace: &str, cluster: Option<&Cluster>) -> Result<Sides> {
    let here = std::env::current_dir().context("failed to find the current directory")?;
    let repository = Repository::discover(&here).hint("run this in a Git repository")?;
    let head = repository.resolve(&args.head)?;
    let target = target(&repository, args.base.as_deref())?;
    let from = repository.resolve(&target)?;
    let base = repository.merge_base(from, head)?.ok_or_else(|| {
        CommandError::new(format!("{target} and {} have no common history", args.head))
            .hint("a shallow clone may lack it: fetch more, in GitLab CI by GIT_DEPTH: 0")
    })?;
    let mut options = render::Options {
        paths: paths(&repository, &here, &args.paths)?,
        default_namespace: namespace.to_owned(),
        remote: args.remote.remote(),
        ..render::Options::default()
    };
    // both sides get the same random numbers, so that only the branch makes a difference
    options.charts.randomness = seeded(repository.commit(head)?.committed_at);
    let (base_tree, head_tree) = (repository.tree(base)?, repository.tree(head)?);
    if let Some(cluster) = cluster {
        tell_charts(&mut options, &[&base_tree, &head_tree], cluster).await?;
    }
    let before = in_background(base_tree, options.clone()).await?;
    let after = in_background(head_tree, options).await?;
    let revisions = format!(
        "base {} (where {} left {target}), head {}",
        short(&base),
        args.head,
        short(&head)
    );
    Ok(Sides {
        base: before.into_desired(base.to_string()),
        head: after.into_desired(head.to_string()),
        revisions,
    })
}

/// The branch to merge into: as given, as GitLab says, or the likeliest that exists.
fn target(repository: &Repository, given: Option<&str>) -> Result<String> {
    let said = settings::variable("CI_MERGE_REQUEST_DIFF_BASE_SHA").filter(|sha| !sha.is_empty());
    if let Some(target) = given.map(str::to_owned).or(said) {
        return Ok(target);
    }
    let likely = TARGETS.iter().find(|target| repository.resolve(target).is_ok());
    likely.map(|target| (*target).to_owned()).ok_or_else(|| {
        CommandError::new("the branch to merge into cannot be told").hint("give it by --base REV")
    })
}

/// Paths as typed, seen from the root of the repository.
fn paths(repository: &Repository, here: &Path, typed: &[PathBuf]) -> Result<Vec<String>> {
    let root = repository.work_directory().ok_or_else(|| {
        CommandError::new("a bare repository has no directory to see paths from").hint("run this in a clone")
    })?;
    let root = root
        .canonicalize()
        .context("failed to find the root of the repository")?;
    let here = here
        .canonicalize()
        .context("failed to find the current directory")?;
    let inside = here.strip_prefix(&root).unwrap_or_else(|_| Path::new(""));
    typed
        .iter()
        .map(|path| {
            let relative = if path.is_absolute() {
                path.strip_prefix(&root).unwrap_or(path).to_owned()
            } else {
                inside.join(path)
            };
            let text = relative
                .to_str()
                .ok_or_else(|| CommandError::new(format!("{} is no UTF-8", path.display())))?;
            Ok(manifest::TreePath::new(text)?.as_str().to_owned())
        })
        .collect()
}

fn short(commit: &impl ToString) -> String {
    commit.to_string().chars().take(10).collect()
}
