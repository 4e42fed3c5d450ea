use std::{fmt, sync::Arc};

use helm::{Randomness, remote::Repositories};

use super::KustomizeOptions;

/// What of a tree is rendered, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files, directories and patterns (`**/*.yaml`), each from the root of the tree; empty means all of it.
    pub paths: Vec<String>,
    /// The namespace of namespaced objects that name none.
    pub default_namespace: String,
    /// How kustomizations are built.
    pub kustomize: KustomizeOptions,
    /// How charts are rendered.
    pub charts: ChartOptions,
    /// Who gets what lies elsewhere.
    pub remote: Remote,
}

/// How charts are rendered. What is empty here is looked for in `.glops.yaml`.
#[derive(Clone, Default)]
pub struct ChartOptions {
    /// Name of the release; the directory's when nobody says one.
    pub release_name: String,
    /// Namespace of the release; the default one when nobody says one.
    pub namespace: String,
    /// Values files from the root of the tree; later ones win.
    pub values_files: Vec<String>,
    /// `key=value`, as `--set` takes it. They may be secret.
    pub set: Vec<String>,
    /// Whether `crds/` is rendered too.
    pub include_crds: bool,
    /// Whether hooks that are tests are left out.
    pub skip_tests: bool,
    /// Whether all hooks are left out.
    pub no_hooks: bool,
    /// The cluster to render for; without it, what Helm takes for granted.
    pub cluster: Option<Capabilities>,
    /// The version of Kubernetes to render for, if not that of the cluster.
    pub kube_version: String,
    /// `group/version` and `group/version/Kind` besides those of the cluster.
    pub api_versions: Vec<String>,
    /// Where random numbers and the time come from.
    pub randomness: Randomness,
}

/// What charts are told of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Its version, as it says it.
    pub kube_version: String,
    /// `group/version` and `group/version/Kind` of all that it serves, sorted.
    pub api_versions: Vec<String>,
}

impl fmt::Debug for ChartOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChartOptions")
            .field("release_name", &self.release_name)
            .field("values_files", &self.values_files)
            .field("set", &format_args!("({} redacted)", self.set.len()))
            .finish_non_exhaustive()
    }
}

/// Gets what a tree names and does not hold; without it that is an error.
#[derive(Clone, Default)]
pub struct Remote {
    /// Bases and files of kustomizations.
    pub bases: Option<Arc<dyn kustomize::Resolver + Send + Sync>>,
    /// Charts of kustomizations and of charts.
    pub charts: Option<Arc<dyn Repositories + Send + Sync>>,
}

impl Remote {
    /// One that gets everything.
    pub fn new<R: kustomize::Resolver + Repositories + Send + Sync + 'static>(resolver: Arc<R>) -> Self {
        Self {
            bases: Some(Arc::<R>::clone(&resolver)),
            charts: Some(resolver),
        }
    }

    pub(super) fn bases(&self) -> Option<&dyn kustomize::Resolver> {
        self.bases.as_deref().map(|bases| bases as _)
    }

    pub(super) fn charts(&self) -> Option<&dyn Repositories> {
        self.charts.as_deref().map(|charts| charts as _)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Remote(bases: {}, charts: {})",
            self.bases.is_some(),
            self.charts.is_some()
        )
    }
}
