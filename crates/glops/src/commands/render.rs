use std::path::{Path, PathBuf};

use clap::ValueEnum;
use engine::render;

use crate::{
    cli::{GlobalArgs, Output},
    commands::helm::{self, HelmArgs},
    desired::{complete, desired},
    error::{Context as _, Exit, Result},
    print::json::lines,
    remote::RemoteArgs,
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
    /// Build this kustomization and print the same bytes as `kustomize build`.
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    kustomize: Option<PathBuf>,
    /// Whether the kustomization may read files outside of its own directory.
    #[arg(long, env = "GLOPS_LOAD_RESTRICTOR", value_enum, default_value_t = LoadRestrictor::RootOnly)]
    load_restrictor: LoadRestrictor,
    /// Order of what the kustomization builds, when it says none.
    #[arg(long, env = "GLOPS_REORDER", value_enum)]
    reorder: Option<Reorder>,
    /// Let the kustomization inflate charts; glops renders them itself.
    #[arg(long, env = "GLOPS_ENABLE_HELM")]
    enable_helm: bool,
    #[command(flatten)]
    remote: RemoteArgs,
    #[command(flatten)]
    helm: Box<HelmArgs>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LoadRestrictor {
    /// Only files in and below its directory.
    #[value(alias = "LoadRestrictionsRootOnly")]
    RootOnly,
    /// Any file.
    #[value(alias = "LoadRestrictionsNone")]
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reorder {
    /// Namespaces and definitions first, webhooks last.
    Legacy,
    /// As they are read.
    None,
}

/// The same bytes as `kustomize build`.
fn kustomize(ui: &Ui, directory: &Path, args: &RenderArgs) -> Result<Exit> {
    let source = Source::built(directory)?;
    let options = render::KustomizeOptions {
        unrestricted_loads: args.load_restrictor == LoadRestrictor::None,
        reorder: match args.reorder {
            None => render::Reorder::Unspecified,
            Some(Reorder::Legacy) => render::Reorder::Legacy,
            Some(Reorder::None) => render::Reorder::None,
        },
        enable_helm: args.enable_helm,
    };
    let charts = render::ChartOptions::default();
    let remote = args.remote.remote_or_any();
    let built = render::kustomize(&source.tree, &source.path, options, &charts, &remote)
        .context(format!("failed to build {}", directory.display()))?;
    for warning in &built.warnings {
        ui.status(warning);
    }
    ui.data(built.yaml)?;
    Ok(Exit::Done)
}

pub(crate) fn run(ui: &Ui, global: &GlobalArgs, args: &RenderArgs) -> Result<Exit> {
    if let Some(directory) = &args.kustomize {
        return kustomize(ui, directory, args);
    }
    if let Some(chart) = args.helm.chart() {
        return helm::run(ui, global, &args.helm, chart, &args.remote);
    }
    let output = global.output_of(Output::Yaml, &[Output::Json, Output::Name])?;
    let source = Source::from_path(&args.path)?;
    let options = render::Options {
        default_namespace: global.namespace.clone().unwrap_or_default(),
        remote: args.remote.remote(),
        ..render::Options::default()
    };
    let desired = desired(ui, &source, &options, "");
    complete(&desired)?;
    let text = match output {
        Output::Json => lines(desired.objects.iter().map(|object| object.value().clone())),
        Output::Name => desired
            .objects
            .iter()
            .map(|object| format!("{}\n", object.key()))
            .collect(),
        _ => {
            let documents: Vec<String> = desired
                .objects
                .iter()
                .map(|object| yaml::to_string(object.value()))
                .collect();
            documents.join("---\n")
        }
    };
    ui.data(text)?;
    Ok(Exit::Done)
}
