use super::*;
use crate::source::Reference;

fn configuration(
    project: agentcfg::ManifestProjectCf,
    settings: wire::ProjectSettings,
) -> wire::Configuration {
    wire::Configuration {
        agent: Some(agentcfg::AgentConfiguration {
            project_path: "group/configuration".into(),
            gitops: Some(agentcfg::GitopsCf {
                manifest_projects: vec![project],
            }),
            ..Default::default()
        }),
        projects: vec![settings],
        ..Default::default()
    }
}

fn only_project(configuration: wire::Configuration) -> ManifestProject {
    let mut projects = AgentConfiguration::try_from(configuration).unwrap().projects;
    assert_eq!(projects.len(), 1);
    projects.remove(0)
}

#[test]
fn what_is_left_out_has_gitlabs_defaults() {
    let project = only_project(configuration(
        agentcfg::ManifestProjectCf::default(),
        wire::ProjectSettings::default(),
    ));
    assert_eq!(
        project.key.to_string(),
        "group/configuration in namespace default"
    );
    assert_eq!(project.paths, ["**/*.{yaml,yml,json}"]);
    assert_eq!(project.reconcile_timeout, Some(Duration::from_hours(1)));
    assert_eq!(project.prune_timeout, Some(Duration::from_hours(1)));
    assert_eq!(project.propagation, Propagation::Foreground);
    assert_eq!(project.inventory_policy, InventoryPolicy::MustMatch);
    assert_eq!(project.reference, Reference::DefaultBranch);
    assert_eq!(project.drift, Drift::Correct);
    assert!(project.prune && !project.force_conflicts);
}

#[test]
fn a_timeout_of_zero_is_no_waiting() {
    let cf = agentcfg::ManifestProjectCf {
        reconcile_timeout: Some(prost_types::Duration::default()),
        ..Default::default()
    };
    assert_eq!(
        only_project(configuration(cf, wire::ProjectSettings::default())).reconcile_timeout,
        None
    );
}

#[test]
fn rendered_directories_replace_the_default_glob_and_need_the_whole_project() {
    let settings = wire::ProjectSettings {
        render: Some(wire::Render {
            directories: vec!["/deploy/".into()],
            ..Default::default()
        }),
        ..Default::default()
    };
    let project = only_project(configuration(agentcfg::ManifestProjectCf::default(), settings));
    assert_eq!(project.render.directories, ["deploy"]);
    assert!(project.paths.is_empty());
    let request = project.watch_request("");
    assert_eq!(request.selectors.len(), 1);
}

#[test]
fn values_that_are_none_of_the_keys_own_are_refused_by_name() {
    let cf = agentcfg::ManifestProjectCf {
        inventory_policy: "adopt".into(),
        ..Default::default()
    };
    let error =
        AgentConfiguration::try_from(configuration(cf, wire::ProjectSettings::default())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "inventory_policy of group/configuration is \"adopt\", not one of must_match, adopt_if_no_inventory, adopt_all"
    );
}

#[test]
fn a_share_above_one_is_refused() {
    for share in [-0.1, 1.5, f64::NAN] {
        let settings = wire::ProjectSettings {
            prune: Some(wire::PruneGuards {
                max_share: Some(share),
                ..Default::default()
            }),
            ..Default::default()
        };
        let result =
            AgentConfiguration::try_from(configuration(agentcfg::ManifestProjectCf::default(), settings));
        assert!(matches!(result, Err(Invalid::Share { .. })), "{share}");
    }
}

#[test]
fn two_projects_with_one_inventory_are_refused() {
    let mut both = configuration(
        agentcfg::ManifestProjectCf::default(),
        wire::ProjectSettings::default(),
    );
    let gitops = both.agent.as_mut().unwrap().gitops.as_mut().unwrap();
    gitops
        .manifest_projects
        .push(agentcfg::ManifestProjectCf::default());
    assert!(matches!(
        AgentConfiguration::try_from(both),
        Err(Invalid::SameProject(_))
    ));
}
