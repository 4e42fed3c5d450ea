use std::path::PathBuf;

use engine::render;

use crate::{
    cli::{GlobalArgs, Output},
    commands::unsupported_output,
    desired::{complete, desired},
    error::{Exit, Result},
    print::json::lines,
    source::Source,
    ui::Ui,
};

/// Print the objects that files, a kustomization or a chart make.
///
/// What PATH is, is found out by what is there. Nothing is asked of a cluster.
#[derive(clap::Args, Debug)]
pub(crate) struct RenderArgs {
    /// A file, a directory, or - for standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
}

pub(crate) fn run(ui: &Ui, global: &GlobalArgs, args: &RenderArgs) -> Result<Exit> {
    let source = Source::from_path(&args.path)?;
    let options = render::Options {
        default_namespace: global.namespace.clone().unwrap_or_default(),
        ..render::Options::default()
    };
    let desired = desired(ui, &source, &options, "");
    complete(&desired)?;
    let text = match global.output.unwrap_or(Output::Yaml) {
        Output::Yaml => {
            let documents: Vec<String> = desired
                .objects
                .iter()
                .map(|object| yaml::to_string(object.value()))
                .collect();
            documents.join("---\n")
        }
        Output::Json => lines(desired.objects.iter().map(|object| object.value().clone())),
        Output::Name => desired
            .objects
            .iter()
            .map(|object| format!("{}\n", object.key()))
            .collect(),
        other => {
            return Err(unsupported_output(
                other,
                &[Output::Yaml, Output::Json, Output::Name],
            ));
        }
    };
    ui.data(text)?;
    Ok(Exit::Done)
}
