use std::{fmt, time::Duration};

use bytes::Bytes;
use manifest::Tree;
use serde_json::Value;

/// A git repository at a revision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GitReference {
    /// What git would clone: `https://github.com/org/repo`, `git@host:org/repo.git`.
    pub repository: String,
    /// A branch, tag or commit; empty for the default branch.
    pub revision: String,
    /// Whether submodules are wanted.
    pub submodules: bool,
    /// How long the kustomization lets it take.
    pub timeout: Duration,
}

/// Why a file of the web was not got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The server answered with this status.
    Status(u16),
    /// There was no answer, for this reason.
    Other(String),
}

/// Gets what lies outside of the tree. The caller decides what may be reached, how long it may take, and what is
/// kept; equal references may be answered from a cache.
pub trait Resolver {
    /// The files of a repository.
    fn git(&self, reference: &GitReference) -> Result<Tree, String>;
    /// A file of the web.
    fn file(&self, url: &str) -> Result<Bytes, FetchError>;
}

/// A chart in a repository of charts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChartReference {
    /// The URL of the repository, `oci://` included.
    pub repository: String,
    /// The chart.
    pub name: String,
    /// Its version; empty for the newest.
    pub version: String,
    /// Whether versions of development count.
    pub devel: bool,
}

/// What is to be rendered from a chart.
#[derive(Clone)]
pub struct ChartRequest {
    /// The chart: its files from the root on.
    pub chart: Tree,
    /// The directory of the chart in that tree.
    pub path: manifest::TreePath,
    /// Name of the release; empty when one is to be made.
    pub release: String,
    /// Namespace of the release.
    pub namespace: String,
    /// A template for the name of the release.
    pub name_template: String,
    /// Values, the later ones winning.
    pub values: Vec<Value>,
    /// API versions beyond the known ones.
    pub api_versions: Vec<String>,
    /// The version of Kubernetes to pretend.
    pub kube_version: String,
    /// Whether the folder `crds` is printed too.
    pub include_crds: bool,
    /// Whether hooks are left out.
    pub skip_hooks: bool,
    /// Whether tests are left out.
    pub skip_tests: bool,
}

impl fmt::Debug for ChartRequest {
    /// Without the values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChartRequest({} in {})", self.release, self.path)
    }
}

/// Renders charts.
pub trait Charts {
    /// The files of a chart that is not in the tree; its directory is the root.
    fn fetch(&self, reference: &ChartReference) -> Result<Tree, String>;
    /// The manifests, as `helm template` prints them.
    fn render(&self, request: &ChartRequest) -> Result<String, ChartFailure>;
}

/// Why a chart cannot be rendered.
pub struct ChartFailure {
    /// In Helm's words, which quote values.
    pub message: String,
    /// The same without what values and files hold.
    pub outline: String,
}

impl From<String> for ChartFailure {
    fn from(message: String) -> Self {
        Self {
            outline: message.clone(),
            message,
        }
    }
}

/// Runs functions (containers or programs) that transform objects.
pub trait Functions {
    /// Gives a `ResourceList` to the function that `config` names, and returns the one it answers.
    fn run(&self, config: &Value, resource_list: Value) -> Result<Value, String>;
}
