use std::{fmt, time::Duration};

use crate::{
    gitlab::agent::gitops::rpc as gitops,
    glops::{manifests::v1 as manifests, reports::v1 as reports},
    source::Reference,
};

/// Whether changes are made, or only tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// They are made.
    #[default]
    None,
    /// They are planned without asking the server.
    Client,
    /// The server checks them and stores nothing.
    Server,
}

/// What becomes of the objects that a deleted object owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They stay.
    Orphan,
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    #[default]
    Foreground,
}

/// Which existing objects may be taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InventoryPolicy {
    /// Those that belong to this inventory.
    #[default]
    MustMatch,
    /// Also those that belong to none.
    AdoptIfNoInventory,
    /// All.
    AdoptAll,
}

/// What to do about changes that others make in the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drift {
    /// Nothing.
    Off,
    /// Report them.
    Warn,
    /// Report and undo them.
    #[default]
    Correct,
}

/// Names an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectReference {
    /// Empty for the core group.
    pub group: String,
    /// As in manifests.
    pub kind: String,
    /// Empty for cluster-scoped objects.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
}

/// When deleting stops and asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PruneGuards {
    /// The largest share of the inventory that may go at once, from 0 to 1; the agent decides when absent.
    pub max_share: Option<f64>,
    /// Up to this many deletions the share is not looked at; the agent decides when absent.
    pub always_allowed: Option<u32>,
    /// Whether nothing at all may be desired.
    pub allow_empty: bool,
    /// All deletions are confirmed.
    pub confirm_all: bool,
    /// Deletions that are confirmed.
    pub confirmed: Vec<ObjectReference>,
}

/// How kustomizations are built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KustomizeOptions {
    /// Let a kustomization read files outside of its own directory.
    pub unrestricted_loads: bool,
    /// Whether a kustomization may inflate charts; it may when nothing is said.
    pub enable_helm: Option<bool>,
}

/// How charts are rendered. `Debug` shows no value of `set`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HelmOptions {
    /// The directory's name when empty.
    pub release_name: String,
    /// The project's default namespace when empty.
    pub namespace: String,
    /// Files of the same project, later ones win.
    pub values_files: Vec<String>,
    /// `key=value`, as `--set` takes it.
    pub set: Vec<String>,
    /// Added to what the cluster serves.
    pub api_versions: Vec<String>,
    /// The cluster's own when empty.
    pub kube_version: String,
    /// Render `crds/` too.
    pub include_crds: bool,
    /// Leave out test hooks.
    pub skip_tests: bool,
    /// Leave out all hooks.
    pub no_hooks: bool,
}

impl fmt::Debug for HelmOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HelmOptions")
            .field("release_name", &self.release_name)
            .field("values_files", &self.values_files)
            .field("set", &format_args!("({} redacted)", self.set.len()))
            .finish_non_exhaustive()
    }
}

/// How objects are made from files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderOptions {
    /// Directories that are rendered as what is found there; from the root, without slashes at the ends.
    pub directories: Vec<String>,
    /// For kustomizations.
    pub kustomize: KustomizeOptions,
    /// For charts.
    pub helm: HelmOptions,
}

/// Tells the manifest projects of one agent apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectKey {
    /// Full path of the project.
    pub project_id: String,
    /// Where its inventory is.
    pub default_namespace: String,
}

impl fmt::Display for ProjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in namespace {}", self.project_id, self.default_namespace)
    }
}

impl From<ProjectKey> for reports::Project {
    fn from(key: ProjectKey) -> Self {
        Self {
            project_id: key.project_id,
            default_namespace: key.default_namespace,
        }
    }
}

/// One project that the cluster is kept equal to.
#[derive(Clone, Debug, PartialEq)]
pub struct ManifestProject {
    /// Full path of the project, and where its inventory is.
    pub key: ProjectKey,
    /// Which commit.
    pub reference: Reference,
    /// Globs of plain manifests; empty when only directories are rendered.
    pub paths: Vec<String>,
    /// How objects are made from files.
    pub render: RenderOptions,
    /// How long to wait until applied objects are healthy; `None` is not at all.
    pub reconcile_timeout: Option<Duration>,
    /// Whether changes are made.
    pub dry_run: DryRun,
    /// Whether objects that left Git are deleted.
    pub prune: bool,
    /// How long to wait until deleted objects are gone; `None` is not at all.
    pub prune_timeout: Option<Duration>,
    /// What becomes of dependents.
    pub propagation: Propagation,
    /// When deleting stops and asks.
    pub prune_guards: PruneGuards,
    /// Which existing objects may be taken over.
    pub inventory_policy: InventoryPolicy,
    /// What to do about changes by others.
    pub drift: Drift,
    /// Take fields that other managers own.
    pub force_conflicts: bool,
    /// Managers whose fields are taken in any case; a `*` at the end matches any rest.
    pub overwrite_managers: Vec<String>,
    /// Delete and create again what has a changed immutable field.
    pub recreate_immutable: bool,
}

impl ManifestProject {
    /// The request that watches this project's manifests, when `known_commit_id` is held already.
    pub fn watch_request(&self, known_commit_id: impl Into<String>) -> manifests::WatchRequest {
        use manifests::selector::Selector;
        let globs = self.paths.iter().cloned().map(Selector::Glob);
        // a kustomization or chart may read anything that the project holds, so that all of it is needed
        let everything = (!self.render.directories.is_empty()).then(|| Selector::Directory(String::new()));
        let selectors = match everything {
            Some(everything) => vec![everything],
            None => globs.collect(),
        };
        manifests::WatchRequest {
            project_id: self.key.project_id.clone(),
            reference: self.reference.clone().into(),
            selectors: selectors
                .into_iter()
                .map(|selector| manifests::Selector {
                    selector: Some(selector),
                })
                .collect(),
            known_commit_id: known_commit_id.into(),
        }
    }

    /// The request for this project's manifests as GitLab's kas takes it.
    pub fn gitlab_request(&self, known_commit_id: impl Into<String>) -> gitops::ObjectsToSynchronizeRequest {
        // one glob alone where everything is needed: a file that two of them match is an error there
        let globs = if self.render.directories.is_empty() {
            self.paths.clone()
        } else {
            vec!["**/*".to_owned()]
        };
        let path = |glob| gitops::PathCf {
            path: Some(gitops::path_cf::Path::Glob(glob)),
        };
        gitops::ObjectsToSynchronizeRequest {
            project_id: self.key.project_id.clone(),
            commit_id: known_commit_id.into(),
            paths: globs.into_iter().map(path).collect(),
            r#ref: self.reference.clone().into(),
        }
    }
}
