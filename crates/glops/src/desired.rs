//! What a command is to work on: the objects that the files of a PATH make.

use engine::{Desired, render};

use crate::{
    error::{CommandError, Result},
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

/// Tells on stderr what could not be rendered.
pub(crate) fn tell_problems(ui: &Ui, desired: &Desired) {
    for problem in &desired.problems {
        ui.error(&CommandError::of(problem));
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
