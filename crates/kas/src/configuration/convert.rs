use rpc::{
    gitlab::agent::agentcfg,
    glops::configuration::v1::{self as wire, project_settings},
    record,
};

use super::file;
use crate::identity::AgentIdentity;

/// A configuration as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// With GitLab's part inside.
    pub configuration: wire::Configuration,
}

impl Wire {
    pub(super) fn new(
        file: file::File,
        commit_id: &str,
        agent: &AgentIdentity,
        project_number: i64,
    ) -> Result<Self, String> {
        let glops = file.glops.unwrap_or_default();
        let mut warnings = warnings(&[
            ("user_access", file.user_access.is_some()),
            ("container_scanning", file.container_scanning.is_some()),
            ("remote_development", file.remote_development.is_some()),
            ("flux", file.flux.is_some()),
        ]);
        warnings.extend(file.ci_access.iter().flat_map(ci_access_warnings));
        let manifest_projects = file.gitops.unwrap_or_default().manifest_projects;
        let projects: Vec<wire::ProjectSettings> = manifest_projects
            .iter()
            .map(|project| settings_of(project, &glops, &agent.project_id))
            .collect();
        warnings.extend(settings_of_nothing(&glops, &manifest_projects, &agent.project_id));
        let manifest_projects = manifest_projects
            .into_iter()
            .map(manifest_project)
            .collect::<Result<_, _>>()?;
        let agent_configuration = agentcfg::AgentConfiguration {
            gitops: Some(agentcfg::GitopsCf { manifest_projects }),
            observability: file.observability.map(observability),
            agent_id: agent.id,
            project_id: project_number,
            ci_access: file.ci_access.map(ci_access).transpose()?,
            project_path: agent.project_id.clone(),
            gitlab_external_url: String::new(),
        };
        Ok(Self {
            configuration: wire::Configuration {
                commit_id: commit_id.to_owned(),
                agent_name: agent.name.clone(),
                agent: Some(agent_configuration),
                projects,
                warnings,
            },
        })
    }
}

fn warnings(sections: &[(&str, bool)]) -> Vec<String> {
    let present = sections.iter().filter(|(_, is_present)| *is_present);
    present
        .map(|(section, _)| format!("{section} has no effect here"))
        .collect()
}

fn manifest_project(project: file::ManifestProject) -> Result<agentcfg::ManifestProjectCf, String> {
    Ok(agentcfg::ManifestProjectCf {
        id: project.id,
        default_namespace: project.default_namespace.unwrap_or_default(),
        paths: project
            .paths
            .into_iter()
            .map(|path| agentcfg::PathCf { glob: path.glob })
            .collect(),
        reconcile_timeout: project
            .reconcile_timeout
            .map(|timeout| record::duration(timeout.0)),
        dry_run_strategy: project.dry_run_strategy.unwrap_or_default(),
        prune_oneof: project
            .prune
            .map(agentcfg::manifest_project_cf::PruneOneof::Prune),
        prune_timeout: project.prune_timeout.map(|timeout| record::duration(timeout.0)),
        prune_propagation_policy: project.prune_propagation_policy.unwrap_or_default(),
        inventory_policy: project.inventory_policy.unwrap_or_default(),
        r#ref: project.reference.map(reference).transpose()?,
    })
}

fn reference(reference: file::Reference) -> Result<agentcfg::GitRefCf, String> {
    use agentcfg::git_ref_cf::Ref;
    let place = match (reference.tag, reference.branch, reference.commit) {
        (Some(tag), None, None) => Ref::Tag(tag),
        (None, Some(branch), None) => Ref::Branch(branch),
        (None, None, Some(commit)) => Ref::Commit(commit),
        _ => return Err("ref has to have one of tag, branch and commit".to_owned()),
    };
    Ok(agentcfg::GitRefCf { r#ref: Some(place) })
}

fn observability(observability: file::Observability) -> agentcfg::ObservabilityCf {
    let level = |level: file::LogLevel| match level {
        file::LogLevel::Info => agentcfg::LogLevelEnum::Info,
        file::LogLevel::Debug => agentcfg::LogLevelEnum::Debug,
        file::LogLevel::Warn => agentcfg::LogLevelEnum::Warn,
        file::LogLevel::Error => agentcfg::LogLevelEnum::Error,
    };
    agentcfg::ObservabilityCf {
        logging: observability.logging.map(|logging| agentcfg::LoggingCf {
            level: logging.level.map(level).unwrap_or_default().into(),
            grpc_level: logging.grpc_level.map(|grpc| level(grpc).into()),
        }),
    }
}

fn ci_access(access: file::CiAccess) -> Result<agentcfg::CiAccessCf, String> {
    let projects = access.projects.into_iter().map(|entry| {
        Ok(agentcfg::CiAccessProjectCf {
            id: entry.id,
            default_namespace: entry.default_namespace.unwrap_or_default(),
            access_as: entry.access_as.map(access_as).transpose()?,
            environments: entry.environments,
        })
    });
    let groups = access.groups.into_iter().map(|entry| {
        Ok(agentcfg::CiAccessGroupCf {
            id: entry.id,
            default_namespace: entry.default_namespace.unwrap_or_default(),
            access_as: entry.access_as.map(access_as).transpose()?,
            environments: entry.environments,
        })
    });
    Ok(agentcfg::CiAccessCf {
        projects: projects.collect::<Result<_, String>>()?,
        groups: groups.collect::<Result<_, String>>()?,
    })
}

/// Keys of newer GitLab versions.
fn ci_access_warnings(access: &file::CiAccess) -> Vec<String> {
    let entries = || access.projects.iter().chain(&access.groups);
    warnings(&[
        ("ci_access.instance", access.instance.is_some()),
        (
            "protected_branches_only of ci_access",
            entries().any(|entry| entry.protected_branches_only.unwrap_or_default()),
        ),
        (
            "resource_management of ci_access",
            entries().any(|entry| entry.resource_management.is_some()),
        ),
    ])
}

fn access_as(access: file::AccessAs) -> Result<agentcfg::CiAccessAsCf, String> {
    use agentcfg::ci_access_as_cf::As;
    let identity = match (access.agent, access.impersonate, access.ci_job) {
        (Some(_), None, None) => As::Agent(agentcfg::CiAccessAsAgentCf {}),
        (None, None, Some(_)) => As::CiJob(agentcfg::CiAccessAsCiJobCf {}),
        (None, Some(identity), None) => As::Impersonate(agentcfg::CiAccessAsImpersonateCf {
            username: identity.username,
            groups: identity.groups,
            uid: identity.uid.unwrap_or_default(),
            extra: identity
                .extra
                .into_iter()
                .map(|extra| agentcfg::ExtraKeyValCf {
                    key: extra.key,
                    val: extra.val,
                })
                .collect(),
        }),
        _ => return Err("access_as has to have one of agent, impersonate and ci_job".to_owned()),
    };
    Ok(agentcfg::CiAccessAsCf { r#as: Some(identity) })
}

impl file::NamedSettings {
    fn is_of(&self, project: &file::ManifestProject, own_project: &str) -> bool {
        let namespace = project
            .default_namespace
            .as_deref()
            .unwrap_or(rpc::configuration::DEFAULT_NAMESPACE);
        project.id.as_deref().unwrap_or(own_project) == self.id
            && self
                .default_namespace
                .as_deref()
                .is_none_or(|wanted| wanted == namespace)
    }
}

/// Settings that name a manifest project which is not there.
fn settings_of_nothing(
    glops: &file::Glops,
    projects: &[file::ManifestProject],
    own_project: &str,
) -> Vec<String> {
    let is_of_none =
        |named: &&file::NamedSettings| !projects.iter().any(|project| named.is_of(project, own_project));
    let unused = glops.projects.iter().filter(is_of_none);
    unused
        .map(|named| {
            format!(
                "glops.projects has {:?}, which is none of gitops.manifest_projects",
                named.id
            )
        })
        .collect()
}

/// The settings of one manifest project: later entries win over earlier ones, all over the defaults.
fn settings_of(
    project: &file::ManifestProject,
    glops: &file::Glops,
    own_project: &str,
) -> wire::ProjectSettings {
    let mut settings = glops.defaults.clone();
    for named in glops
        .projects
        .iter()
        .filter(|named| named.is_of(project, own_project))
    {
        let take = file::ProjectSettings {
            drift: named.drift.or(settings.drift),
            force_conflicts: named.force_conflicts.or(settings.force_conflicts),
            overwrite_managers: named.overwrite_managers.clone().or(settings.overwrite_managers),
            recreate_immutable: named.recreate_immutable.or(settings.recreate_immutable),
            prune: named.prune.clone().or(settings.prune),
            render: named.render.clone().or(settings.render),
        };
        settings = take;
    }
    project_settings(settings)
}

fn project_settings(settings: file::ProjectSettings) -> wire::ProjectSettings {
    let drift = settings.drift.map(|drift| match drift {
        file::Drift::Off => project_settings::Drift::Off,
        file::Drift::Warn => project_settings::Drift::Warn,
        file::Drift::Correct => project_settings::Drift::Correct,
    });
    wire::ProjectSettings {
        drift: drift.unwrap_or_default().into(),
        force_conflicts: settings.force_conflicts.unwrap_or_default(),
        overwrite_managers: settings.overwrite_managers.unwrap_or_default(),
        recreate_immutable: settings.recreate_immutable.unwrap_or_default(),
        prune: settings.prune.map(prune_guards),
        render: settings.render.map(render),
    }
}

fn prune_guards(prune: file::Prune) -> wire::PruneGuards {
    let object = |object: file::Object| wire::ObjectReference {
        group: object.group,
        kind: object.kind,
        namespace: object.namespace,
        name: object.name,
    };
    wire::PruneGuards {
        max_share: prune.max_share,
        always_allowed: prune.always_allowed,
        allow_empty: prune.allow_empty,
        confirm_all: prune.confirm_all,
        confirmed: prune.confirmed.into_iter().map(object).collect(),
    }
}

fn render(render: file::Render) -> wire::Render {
    wire::Render {
        directories: render.directories,
        kustomize: Some(wire::Kustomize {
            unrestricted_loads: render.kustomize.unrestricted_loads,
            enable_helm: render.kustomize.enable_helm,
        }),
        helm: Some(wire::Helm {
            release_name: render.helm.release_name,
            namespace: render.helm.namespace,
            values_files: render.helm.values_files,
            set: render.helm.set,
            api_versions: render.helm.api_versions,
            kube_version: render.helm.kube_version,
            include_crds: render.helm.include_crds,
            skip_tests: render.helm.skip_tests,
            no_hooks: render.helm.no_hooks,
        }),
    }
}
