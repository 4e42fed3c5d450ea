use kustomize::Reorder;
use manifest::{Object, Origin, Tree, TreePath};

use super::{ChartOptions, Error, Options, Remote, inflate::Inflation};

/// Builds a kustomization. It is one whole: when it fails, none of it is known.
pub(super) fn kustomization(tree: &Tree, path: &TreePath, options: &Options) -> Vec<Result<Object, Error>> {
    let failed = |source| Error::Build {
        what: "kustomization",
        path: path.clone(),
        source,
    };
    let charts = Inflation {
        charts: &options.charts,
        remote: &options.remote,
    };
    let build = kustomize::Options {
        load_restrictions: options.kustomize.load_restrictions(),
        resolver: options.remote.bases(),
        charts: options.kustomize.enable_helm.then_some(&charts as _),
        ..kustomize::Options::default()
    };
    let built = match kustomize::build(tree, path, &build) {
        Ok(built) => built,
        Err(error) => return vec![Err(failed(Box::new(error.without_contents())))],
    };
    let objects = built.into_values().into_iter().enumerate().map(|(index, value)| {
        let origin = Origin {
            file: path.relative().to_owned(),
            document: index + 1,
            line: 0,
        };
        Object::new(value, origin).map_err(|error| failed(Box::new(error)))
    });
    objects.collect()
}

/// What a kustomization builds, as `kustomize build` prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct KustomizeOutput {
    /// The same bytes. What they hold may be secret.
    pub yaml: String,
    /// What is worth telling, such as fields that have a newer spelling.
    pub warnings: Vec<String>,
}

/// How a kustomization is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KustomizeOptions {
    /// Let it read files outside of its own directory.
    pub unrestricted_loads: bool,
    /// The order of what it builds, unless it says otherwise.
    pub reorder: Reorder,
    /// Let it inflate charts. No program is run for that, so that it may unless somebody says no.
    pub enable_helm: bool,
}

impl Default for KustomizeOptions {
    fn default() -> Self {
        Self {
            unrestricted_loads: false,
            reorder: Reorder::default(),
            enable_helm: true,
        }
    }
}

impl KustomizeOptions {
    fn load_restrictions(self) -> kustomize::LoadRestrictions {
        if self.unrestricted_loads {
            kustomize::LoadRestrictions::None
        } else {
            kustomize::LoadRestrictions::RootOnly
        }
    }
}

/// Builds the kustomization in a directory of a tree that is the root of this machine, byte for byte.
pub fn kustomize(
    tree: &Tree,
    path: &TreePath,
    options: KustomizeOptions,
    charts: &ChartOptions,
    remote: &Remote,
) -> Result<KustomizeOutput, kustomize::Error> {
    let inflation = Inflation { charts, remote };
    let options = kustomize::Options {
        load_restrictions: options.load_restrictions(),
        reorder: options.reorder,
        paths: kustomize::Paths::Below(String::new()),
        resolver: remote.bases(),
        charts: options.enable_helm.then_some(&inflation as _),
        ..kustomize::Options::default()
    };
    let built = kustomize::build(tree, path, &options)?;
    Ok(KustomizeOutput {
        yaml: built.to_yaml(),
        warnings: built.warnings().to_vec(),
    })
}
