//! What a command is to work on: the objects that the files of a PATH make.

use std::time::{Duration, SystemTime};

use engine::{Cluster, Desired, render};
use manifest::Tree;

use crate::{
    error::{CommandError, Result},
    remote::{advised, lacks_host},
    source::Source,
    ui::Ui,
};

/// Renders what was asked for; each document that gives no object is told on stderr.
pub(crate) fn desired(ui: &Ui, source: &Source, options: &render::Options, revision: &str) -> Desired {
    let options = render::Options {
        paths: vec![source.path.as_str().to_owned()],
        ..options.clone()
    };
    let desired = render::render(&source.tree, &options).into_desired(revision);
    tell_problems(ui, &desired);
    if desired.objects.is_empty() && desired.problems.is_empty() {
        ui.warning("no manifest was found");
    }
    desired
}

/// The same for a cluster, of which charts are told.
pub(crate) async fn desired_for(
    ui: &Ui,
    source: &Source,
    options: render::Options,
    cluster: &Cluster,
) -> Result<Desired> {
    let mut options = render::Options {
        paths: vec![source.path.as_str().to_owned()],
        ..options
    };
    tell_charts(&mut options, &[&source.tree], cluster).await?;
    let desired = in_background(source.tree.clone(), options)
        .await?
        .into_desired("");
    tell_problems(ui, &desired);
    tell_generated(ui, &desired);
    Ok(desired)
}

/// Tells charts what the cluster is and serves, if there are any.
pub(crate) async fn tell_charts(
    options: &mut render::Options,
    trees: &[&Tree],
    cluster: &Cluster,
) -> Result<()> {
    if trees.iter().any(|tree| render::has_charts(tree, &options.paths)) {
        options.charts.cluster = Some(cluster.capabilities().await?);
    }
    Ok(())
}

/// Renders where waiting for what lies elsewhere holds up nobody.
pub(crate) async fn in_background(tree: Tree, options: render::Options) -> Result<render::Rendered> {
    Ok(tokio::task::spawn_blocking(move || render::render(&tree, &options)).await?)
}

/// Random numbers that are the same each time, for what is shown and not applied.
pub(crate) fn seeded(seconds: i64) -> helm::Randomness {
    let since_1970 = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    helm::Randomness::Seeded {
        seed: 0,
        clock: SystemTime::UNIX_EPOCH + since_1970,
    }
}

/// Tells on stderr what could not be rendered.
pub(crate) fn tell_problems(ui: &Ui, desired: &Desired) {
    for problem in &desired.problems {
        let mut failure = advised(CommandError::of(problem));
        if !lacks_host(&failure) && matches!(problem, render::Error::Build { what: "chart", .. }) {
            failure =
                failure.hint("glops render --helm CHART shows the whole message, which may quote values");
        }
        ui.error(&failure);
    }
}

/// Tells on stderr what would be another value each time.
fn tell_generated(ui: &Ui, desired: &Desired) {
    for (key, pointers) in &desired.generated {
        ui.status(&format!(
            "{key}: generated, and kept once it is live: {}",
            pointers.join(" ")
        ));
    }
}

/// An error when some document gave no object: a result that lacks it must not pass for the whole.
pub(crate) fn complete(desired: &Desired) -> Result<()> {
    match desired.problems.len() {
        0 => Ok(()),
        1 => Err(CommandError::new(
            "one part of the manifests could not be rendered, see above",
        )),
        count => Err(CommandError::new(format!(
            "{count} parts of the manifests could not be rendered, see above"
        ))),
    }
}
