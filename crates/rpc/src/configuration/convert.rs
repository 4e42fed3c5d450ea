use std::time::Duration;

use super::{
    AgentConfiguration, DEFAULT_GLOB, DEFAULT_NAMESPACE, Drift, DryRun, HelmOptions, InventoryPolicy,
    KustomizeOptions, LogLevel, ManifestProject, ObjectReference, ProjectKey, Propagation, PruneGuards,
    RenderOptions,
};
use crate::{gitlab::agent::agentcfg, glops::configuration::v1 as wire};

const DEFAULT_TIMEOUT: Duration = Duration::from_hours(1);

/// Why a configuration cannot be followed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Invalid {
    /// The message has no configuration in it.
    #[error("the configuration is missing")]
    Missing,
    /// A key has a value that is not one of its own.
    #[error("{key} of {project} is {value:?}, not one of {allowed}")]
    UnknownValue {
        /// The key of the file.
        key: &'static str,
        /// The manifest project.
        project: String,
        /// What was found.
        value: String,
        /// What may stand there.
        allowed: String,
    },
    /// A duration is negative or too long.
    #[error("{key} of {project} is not a duration of 0 or more seconds")]
    Duration {
        /// The key of the file.
        key: &'static str,
        /// The manifest project.
        project: String,
    },
    /// A share is not between 0 and 1.
    #[error("prune.max_share of {project} is {share}, not between 0 and 1")]
    Share {
        /// The manifest project.
        project: String,
        /// What was found.
        share: f64,
    },
    /// Two manifest projects would share one inventory.
    #[error("two manifest projects are {0}; give each its own default_namespace")]
    SameProject(ProjectKey),
}

impl AgentConfiguration {
    /// From what any kas sends, without the settings that GitLab does not have.
    pub fn from_gitlab(commit_id: String, agent: agentcfg::AgentConfiguration) -> Result<Self, Invalid> {
        let configuration = wire::Configuration {
            commit_id,
            agent: Some(agent),
            ..Default::default()
        };
        Self::try_from(configuration)
    }
}

impl TryFrom<wire::Configuration> for AgentConfiguration {
    type Error = Invalid;

    fn try_from(configuration: wire::Configuration) -> Result<Self, Invalid> {
        let agent = configuration.agent.ok_or(Invalid::Missing)?;
        let mut settings = configuration.projects.into_iter();
        let mut projects: Vec<ManifestProject> = Vec::new();
        for project in agent.gitops.unwrap_or_default().manifest_projects {
            let project =
                manifest_project(project, settings.next().unwrap_or_default(), &agent.project_path)?;
            if projects.iter().any(|other| other.key == project.key) {
                return Err(Invalid::SameProject(project.key));
            }
            projects.push(project);
        }
        let logging = agent
            .observability
            .and_then(|observability| observability.logging)
            .unwrap_or_default();
        Ok(Self {
            commit_id: configuration.commit_id,
            agent_id: agent.agent_id,
            agent_name: configuration.agent_name,
            project_number: agent.project_id,
            project_id: agent.project_path,
            log_level: log_level(logging.level()),
            grpc_log_level: logging
                .grpc_level
                .map_or(LogLevel::Error, |_| log_level(logging.grpc_level())),
            projects,
            warnings: configuration.warnings,
        })
    }
}

fn log_level(level: agentcfg::LogLevelEnum) -> LogLevel {
    match level {
        agentcfg::LogLevelEnum::Info => LogLevel::Info,
        agentcfg::LogLevelEnum::Debug => LogLevel::Debug,
        agentcfg::LogLevelEnum::Warn => LogLevel::Warn,
        agentcfg::LogLevelEnum::Error => LogLevel::Error,
    }
}

fn manifest_project(
    project: agentcfg::ManifestProjectCf,
    settings: wire::ProjectSettings,
    configuration_project: &str,
) -> Result<ManifestProject, Invalid> {
    let drift = match settings.drift() {
        wire::project_settings::Drift::Off => Drift::Off,
        wire::project_settings::Drift::Warn => Drift::Warn,
        wire::project_settings::Drift::Correct | wire::project_settings::Drift::Unspecified => Drift::Correct,
    };
    let id = project.id.unwrap_or_else(|| configuration_project.to_owned());
    let named = Named { project: &id };
    let render = render_options(settings.render.unwrap_or_default());
    let mut paths: Vec<String> = project.paths.into_iter().map(|path| path.glob).collect();
    if paths.is_empty() && render.directories.is_empty() {
        paths.push(DEFAULT_GLOB.to_owned());
    }
    Ok(ManifestProject {
        reference: project.r#ref.into(),
        paths,
        render,
        reconcile_timeout: named.timeout("reconcile_timeout", project.reconcile_timeout)?,
        dry_run: named.one_of("dry_run_strategy", &project.dry_run_strategy, &DRY_RUNS)?,
        prune: project.prune_oneof.is_none_or(|prune| match prune {
            agentcfg::manifest_project_cf::PruneOneof::Prune(prune) => prune,
        }),
        prune_timeout: named.timeout("prune_timeout", project.prune_timeout)?,
        propagation: named.one_of(
            "prune_propagation_policy",
            &project.prune_propagation_policy,
            &PROPAGATIONS,
        )?,
        prune_guards: named.prune_guards(settings.prune.unwrap_or_default())?,
        inventory_policy: named.one_of("inventory_policy", &project.inventory_policy, &POLICIES)?,
        drift,
        force_conflicts: settings.force_conflicts,
        overwrite_managers: settings.overwrite_managers,
        recreate_immutable: settings.recreate_immutable,
        key: ProjectKey {
            default_namespace: or(project.default_namespace, DEFAULT_NAMESPACE),
            project_id: id,
        },
    })
}

const DRY_RUNS: [(&str, DryRun); 3] = [
    ("none", DryRun::None),
    ("client", DryRun::Client),
    ("server", DryRun::Server),
];
const PROPAGATIONS: [(&str, Propagation); 3] = [
    ("orphan", Propagation::Orphan),
    ("background", Propagation::Background),
    ("foreground", Propagation::Foreground),
];
const POLICIES: [(&str, InventoryPolicy); 3] = [
    ("must_match", InventoryPolicy::MustMatch),
    ("adopt_if_no_inventory", InventoryPolicy::AdoptIfNoInventory),
    ("adopt_all", InventoryPolicy::AdoptAll),
];

/// The project whose keys are read, for errors.
struct Named<'a> {
    project: &'a str,
}

impl Named<'_> {
    fn one_of<T: Copy + Default>(
        &self,
        key: &'static str,
        value: &str,
        table: &[(&str, T)],
    ) -> Result<T, Invalid> {
        if value.is_empty() {
            return Ok(T::default());
        }
        let found = table.iter().find(|(name, _)| *name == value);
        found
            .map(|(_, meaning)| *meaning)
            .ok_or_else(|| Invalid::UnknownValue {
                key,
                project: self.project.to_owned(),
                value: value.to_owned(),
                allowed: table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
            })
    }

    fn timeout(
        &self,
        key: &'static str,
        duration: Option<prost_types::Duration>,
    ) -> Result<Option<Duration>, Invalid> {
        let duration = match duration {
            None => DEFAULT_TIMEOUT,
            Some(duration) => Duration::try_from(duration).map_err(|_| Invalid::Duration {
                key,
                project: self.project.to_owned(),
            })?,
        };
        Ok((!duration.is_zero()).then_some(duration))
    }

    fn prune_guards(&self, guards: wire::PruneGuards) -> Result<PruneGuards, Invalid> {
        if let Some(share) = guards.max_share.filter(|share| !(0.0..=1.0).contains(share)) {
            return Err(Invalid::Share {
                project: self.project.to_owned(),
                share,
            });
        }
        Ok(PruneGuards {
            max_share: guards.max_share,
            always_allowed: guards.always_allowed,
            allow_empty: guards.allow_empty,
            confirm_all: guards.confirm_all,
            confirmed: guards.confirmed.into_iter().map(Into::into).collect(),
        })
    }
}

fn render_options(render: wire::Render) -> RenderOptions {
    let kustomize = render.kustomize.unwrap_or_default();
    let helm = render.helm.unwrap_or_default();
    RenderOptions {
        directories: render
            .directories
            .iter()
            .map(|path| path.trim_matches('/').to_owned())
            .collect(),
        kustomize: KustomizeOptions {
            unrestricted_loads: kustomize.unrestricted_loads,
            enable_helm: kustomize.enable_helm,
        },
        helm: HelmOptions {
            release_name: helm.release_name,
            namespace: helm.namespace,
            values_files: helm.values_files,
            set: helm.set,
            api_versions: helm.api_versions,
            kube_version: helm.kube_version,
            include_crds: helm.include_crds,
            skip_tests: helm.skip_tests,
            no_hooks: helm.no_hooks,
        },
    }
}

impl From<wire::ObjectReference> for ObjectReference {
    fn from(object: wire::ObjectReference) -> Self {
        Self {
            group: object.group,
            kind: object.kind,
            namespace: object.namespace,
            name: object.name,
        }
    }
}

fn or(value: String, default: &str) -> String {
    if value.is_empty() {
        default.to_owned()
    } else {
        value
    }
}

#[cfg(test)]
mod tests;
