//! The configuration file as it is written. An unknown key is an error; keys of newer GitLab versions, and of modules that
//! are not here, are understood and have no effect.

use serde::{Deserialize, de::IgnoredAny};

use crate::settings::ProtoDuration;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    pub(super) gitops: Option<Gitops>,
    pub(super) observability: Option<Observability>,
    pub(super) ci_access: Option<CiAccess>,
    pub(super) glops: Option<Glops>,
    // authorises users, at kas
    pub(super) user_access: Option<IgnoredAny>,
    pub(super) container_scanning: Option<IgnoredAny>,
    pub(super) remote_development: Option<IgnoredAny>,
    pub(super) flux: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Gitops {
    pub(super) manifest_projects: Vec<ManifestProject>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ManifestProject {
    pub(super) id: Option<String>,
    pub(super) default_namespace: Option<String>,
    pub(super) paths: Vec<Path>,
    pub(super) reconcile_timeout: Option<ProtoDuration>,
    pub(super) dry_run_strategy: Option<String>,
    pub(super) prune: Option<bool>,
    pub(super) prune_timeout: Option<ProtoDuration>,
    pub(super) prune_propagation_policy: Option<String>,
    pub(super) inventory_policy: Option<String>,
    #[serde(rename = "ref")]
    pub(super) reference: Option<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Path {
    pub(super) glob: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Reference {
    pub(super) tag: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) commit: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Observability {
    pub(super) logging: Option<Logging>,
    pub(super) google_profiler: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Logging {
    pub(super) level: Option<LogLevel>,
    pub(super) grpc_level: Option<LogLevel>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LogLevel {
    Info,
    Debug,
    Warn,
    Error,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CiAccess {
    pub(super) projects: Vec<CiAccessEntry>,
    pub(super) groups: Vec<CiAccessEntry>,
    pub(super) instance: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CiAccessEntry {
    pub(super) id: String,
    #[serde(default)]
    pub(super) default_namespace: Option<String>,
    #[serde(default)]
    pub(super) access_as: Option<AccessAs>,
    #[serde(default)]
    pub(super) environments: Vec<String>,
    #[serde(default)]
    pub(super) protected_branches_only: Option<bool>,
    #[serde(default)]
    pub(super) resource_management: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AccessAs {
    pub(super) agent: Option<Empty>,
    pub(super) impersonate: Option<Impersonate>,
    pub(super) ci_job: Option<Empty>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Impersonate {
    pub(super) username: String,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) uid: Option<String>,
    #[serde(default)]
    pub(super) extra: Vec<ExtraKeyVal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtraKeyVal {
    pub(super) key: String,
    pub(super) val: Vec<String>,
}

/// What GitLab does not have.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Glops {
    /// For all manifest projects.
    pub(super) defaults: ProjectSettings,
    /// For those with this id and, when given, this namespace.
    pub(super) projects: Vec<NamedSettings>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedSettings {
    pub(super) id: String,
    #[serde(default)]
    pub(super) default_namespace: Option<String>,
    #[serde(default)]
    pub(super) drift: Option<Drift>,
    #[serde(default)]
    pub(super) force_conflicts: Option<bool>,
    #[serde(default)]
    pub(super) overwrite_managers: Option<Vec<String>>,
    #[serde(default)]
    pub(super) recreate_immutable: Option<bool>,
    #[serde(default)]
    pub(super) prune: Option<Prune>,
    #[serde(default)]
    pub(super) render: Option<Render>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProjectSettings {
    pub(super) drift: Option<Drift>,
    pub(super) force_conflicts: Option<bool>,
    pub(super) overwrite_managers: Option<Vec<String>>,
    pub(super) recreate_immutable: Option<bool>,
    pub(super) prune: Option<Prune>,
    pub(super) render: Option<Render>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Drift {
    Off,
    Warn,
    Correct,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Prune {
    pub(super) max_share: Option<f64>,
    pub(super) always_allowed: Option<u32>,
    pub(super) allow_empty: bool,
    pub(super) confirm_all: bool,
    pub(super) confirmed: Vec<Object>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Object {
    #[serde(default)]
    pub(super) group: String,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) namespace: String,
    pub(super) name: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Render {
    pub(super) directories: Vec<String>,
    pub(super) kustomize: Kustomize,
    pub(super) helm: Helm,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Kustomize {
    pub(super) unrestricted_loads: bool,
    pub(super) enable_helm: Option<bool>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Helm {
    pub(super) release_name: String,
    pub(super) namespace: String,
    pub(super) values_files: Vec<String>,
    pub(super) set: Vec<String>,
    pub(super) api_versions: Vec<String>,
    pub(super) kube_version: String,
    pub(super) include_crds: bool,
    pub(super) skip_tests: bool,
    pub(super) no_hooks: bool,
}

impl std::fmt::Debug for Helm {
    // `set` may hold a password
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Helm")
            .field("release_name", &self.release_name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../../docs/reference/agent-configuration.md");

    #[test]
    fn every_key_is_documented() {
        let missing = testkit::reference::undocumented(include_str!("file.rs"), PAGE);
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn the_documented_example_is_understood() {
        let example = testkit::reference::example(PAGE);
        let read = serde_yaml::from_str::<File>(&example);
        assert!(read.is_ok(), "{:?}", read.err());
    }
}
