//! `glops render --helm`: the same bytes as `helm template`.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::ValueEnum;
use helm::{
    Compatibility, Hooks, KubeVersion,
    remote::{ChartReference, Repositories},
};
use manifest::{Tree, TreePath};

use crate::{
    cli::GlobalArgs,
    error::{CommandError, Exit, Result},
    remote::{RemoteArgs, advised},
    source::read_stdin,
    ui::Ui,
};

/// Flags of `helm template`.
#[derive(clap::Args, Clone, Default)]
#[command(next_help_heading = "Options of --helm")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct HelmArgs {
    /// Render this chart and print the same bytes as `helm template`: a directory, an archive, or oci://….
    #[arg(long, value_name = "CHART", conflicts_with_all = ["path", "kustomize"])]
    helm: Option<String>,
    /// Name of the release.
    #[arg(long, env = "GLOPS_RELEASE", value_name = "NAME")]
    release: Option<String>,
    /// Values file, URL, or - for standard input; may be given several times, later ones win.
    #[arg(
        short = 'f',
        long,
        value_name = "FILE",
        value_delimiter = ',',
        requires = "helm"
    )]
    values: Vec<String>,
    /// Set values: key=value,other.key=value.
    #[arg(long, value_name = "VALUES", requires = "helm")]
    set: Vec<String>,
    /// Set values that are texts.
    #[arg(long, value_name = "VALUES", requires = "helm")]
    set_string: Vec<String>,
    /// Set values from JSON: key=json, or an object.
    #[arg(long, value_name = "VALUES", requires = "helm")]
    set_json: Vec<String>,
    /// Set values from files: key=path.
    #[arg(long, value_name = "VALUES", requires = "helm")]
    set_file: Vec<String>,
    /// Set a text as it is.
    #[arg(long, value_name = "VALUE", requires = "helm")]
    set_literal: Vec<String>,
    /// Version of Kubernetes for .Capabilities.KubeVersion.
    #[arg(long, env = "GLOPS_KUBE_VERSION", value_name = "VERSION")]
    kube_version: Option<String>,
    /// Further entries of .Capabilities.APIVersions.
    #[arg(
        short = 'a',
        long,
        env = "GLOPS_API_VERSIONS",
        value_name = "VERSION",
        value_delimiter = ','
    )]
    api_versions: Vec<String>,
    /// Print the definitions in crds/ too.
    #[arg(long, requires = "helm")]
    include_crds: bool,
    /// Leave out tests.
    #[arg(long, requires = "helm")]
    skip_tests: bool,
    /// Leave out hooks.
    #[arg(long, requires = "helm")]
    no_hooks: bool,
    /// Set .Release.IsUpgrade instead of .Release.IsInstall.
    #[arg(long, requires = "helm")]
    is_upgrade: bool,
    /// Print only what these templates make.
    #[arg(short = 's', long, value_name = "TEMPLATE", requires = "helm")]
    show_only: Vec<String>,
    /// Which Helm to follow where versions differ.
    #[arg(long, env = "GLOPS_HELM_COMPAT", value_enum, default_value_t)]
    helm_compat: HelmCompat,
    /// Do not check values by the schemas of charts.
    #[arg(long, requires = "helm")]
    skip_schema_validation: bool,
    /// Fetch dependencies that the chart does not hold; nothing is written beside it.
    #[arg(long, requires = "helm")]
    dependency_update: bool,
    /// URL of the repository of the chart.
    #[arg(long, value_name = "URL", requires = "helm")]
    repo: Option<String>,
    /// Version of a chart that is fetched, or a constraint.
    #[arg(long, value_name = "VERSION", requires = "helm")]
    chart_version: Option<String>,
    /// Count prereleases when no version is given.
    #[arg(long, requires = "helm")]
    devel: bool,
}

impl fmt::Debug for HelmArgs {
    /// Without values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HelmArgs({:?})", self.helm)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum HelmCompat {
    /// 4.2
    #[default]
    #[value(name = "4")]
    Helm4,
    /// 3.x
    #[value(name = "3")]
    Helm3,
}

impl HelmArgs {
    /// The chart, when this is what was asked for.
    pub(crate) fn chart(&self) -> Option<&str> {
        self.helm.as_deref()
    }
}

pub(crate) fn run(
    ui: &Ui,
    global: &GlobalArgs,
    args: &HelmArgs,
    chart: &str,
    remote: &RemoteArgs,
) -> Result<Exit> {
    let remote = remote.remote_or_any();
    let repositories = remote.charts.as_deref().map(|charts| charts as &dyn Repositories);
    let options = options(global, args, &remote)?;
    let (mut tree, path) = locate(args, chart, repositories)?;
    if args.dependency_update {
        tree = helm::remote::complete(&tree, &path, repositories)?;
    }
    let rendered =
        helm::template(&tree, &path, &options).map_err(|error| CommandError::new(error.helm_text()))?;
    for warning in &rendered.warnings {
        ui.status(&format!("warning: {warning}"));
    }
    ui.data(rendered.text)?;
    Ok(Exit::Done)
}

/// The chart as it lies on this machine, or as it is fetched.
fn locate(args: &HelmArgs, chart: &str, repositories: Option<&dyn Repositories>) -> Result<(Tree, TreePath)> {
    let is_url = ["oci://", "https://", "http://"]
        .iter()
        .any(|scheme| chart.starts_with(scheme));
    if args.repo.is_none() && !is_url {
        let real = Path::new(chart)
            .canonicalize()
            .map_err(|_| CommandError::new(format!("path {chart:?} not found")))?;
        let text = real
            .to_str()
            .ok_or_else(|| CommandError::new(format!("{} is no UTF-8", real.display())))?;
        return Ok((Tree::directory("/"), TreePath::new(text)?));
    }
    let reference = ChartReference {
        repository: args.repo.clone().unwrap_or_default(),
        name: chart.to_owned(),
        version: args.chart_version.clone().unwrap_or_default(),
        devel: args.devel,
    };
    let archive = repositories
        .ok_or_else(|| CommandError::new("nothing can be fetched here"))?
        .chart(&reference)
        .map_err(|error| advised(CommandError::of(&*error)))?;
    let files = helm::chart::unpack(&archive)?;
    let files = files.into_iter().map(|file| (file.name, file.data));
    Ok((Tree::from_files(files)?, TreePath::root()))
}

fn options(global: &GlobalArgs, args: &HelmArgs, remote: &engine::render::Remote) -> Result<helm::Options> {
    let mut options = helm::Options {
        read_file: Some(Arc::new(|name: &str| {
            std::fs::read(name).map_err(|error| open_error(name, &error))
        })),
        kube_version: args.kube_version.as_deref().map(KubeVersion::parse).transpose()?,
        api_versions: args.api_versions.clone(),
        include_crds: args.include_crds,
        hooks: match (args.no_hooks, args.skip_tests) {
            (true, _) => Hooks::Objects,
            (false, true) => Hooks::HooksWithoutTests,
            (false, false) => Hooks::Hooks,
        },
        show_only: args.show_only.clone(),
        skip_schema_validation: args.skip_schema_validation,
        compatibility: match args.helm_compat {
            HelmCompat::Helm4 => Compatibility::Helm4,
            HelmCompat::Helm3 => Compatibility::Helm3,
        },
        ..helm::Options::default()
    };
    let release = &mut options.release;
    if let Some(name) = &args.release {
        release.name.clone_from(name);
    }
    if let Some(namespace) = &global.namespace {
        release.namespace.clone_from(namespace);
    }
    release.is_upgrade = args.is_upgrade;
    let values = &mut options.values;
    for file in &args.values {
        values.files.push((file.clone(), read_values(file, remote)?));
    }
    values.set.clone_from(&args.set);
    values.set_string.clone_from(&args.set_string);
    values.set_json.clone_from(&args.set_json);
    values.set_file.clone_from(&args.set_file);
    values.set_literal.clone_from(&args.set_literal);
    Ok(options)
}

fn read_values(file: &str, remote: &engine::render::Remote) -> Result<Vec<u8>> {
    if file.trim() == "-" {
        return read_stdin();
    }
    if file.starts_with("https://") || file.starts_with("http://") {
        let bases = remote
            .bases
            .as_deref()
            .ok_or_else(|| CommandError::new("nothing can be fetched here"))?;
        return match bases.file(file) {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(kustomize::FetchError::Status(status)) => Err(CommandError::new(format!(
                "failed to fetch {file}: status {status}"
            ))),
            Err(kustomize::FetchError::Other(problem)) => Err(advised(CommandError::new(problem))),
        };
    }
    std::fs::read(PathBuf::from(file)).map_err(|error| CommandError::new(open_error(file, &error)))
}

/// In Go's words, which are Helm's.
fn open_error(file: &str, error: &std::io::Error) -> String {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => return format!("read {file}: is a directory"),
        _ => error.to_string(),
    };
    format!("open {file}: {reason}")
}
