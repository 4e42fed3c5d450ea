use rpc::configuration::{Drift, InventoryPolicy};
use rpc::source::Reference;

use super::*;

fn agent() -> AgentIdentity {
    AgentIdentity {
        id: 7,
        name: "prod".into(),
        project_id: "group/config".into(),
    }
}

fn parsed(yaml: &str) -> AgentConfiguration {
    let wire = parse(Some(yaml.as_bytes()), "c1", &agent(), 3).unwrap();
    AgentConfiguration::try_from(wire.configuration).unwrap()
}

fn refused(yaml: &str) -> String {
    parse(Some(yaml.as_bytes()), "c1", &agent(), 3)
        .unwrap_err()
        .to_string()
}

#[test]
fn nothing_is_the_default() {
    for content in [
        None,
        Some("".as_bytes()),
        Some("# nothing\n".as_bytes()),
        Some("null".as_bytes()),
    ] {
        let wire = parse(content, "c1", &agent(), 3).unwrap();
        let configuration = AgentConfiguration::try_from(wire.configuration).unwrap();
        assert_eq!((configuration.agent_id, configuration.project_number), (7, 3));
        assert_eq!(configuration.projects, []);
    }
}

#[test]
fn gitlabs_keys() {
    let configuration = parsed(
        "
gitops:
  manifest_projects:
  - id: group/app
    default_namespace: shop
    paths: [{glob: 'deploy/**/*.yaml'}]
    reconcile_timeout: 60s
    prune: false
    prune_propagation_policy: background
    inventory_policy: adopt_all
    ref: {branch: production}
observability: {logging: {level: debug}}
ci_access: {projects: [{id: group/app, access_as: {ci_job: {}}, protected_branches_only: true}]}
user_access: {access_as: {agent: {}}}
",
    );
    let project = &configuration.projects[0];
    assert_eq!(project.key.to_string(), "group/app in namespace shop");
    assert_eq!(project.reference, Reference::Branch("production".into()));
    assert_eq!(project.inventory_policy, InventoryPolicy::AdoptAll);
    assert!(!project.prune);
    let unused = ["user_access", "protected_branches_only of ci_access"];
    assert_eq!(
        configuration.warnings,
        unused.map(|key| format!("{key} has no effect here"))
    );
}

#[test]
fn settings_of_our_own_are_found_by_id() {
    let configuration = parsed(
        "
gitops: {manifest_projects: [{id: group/app}, {id: group/other}]}
glops:
  defaults: {drift: warn}
  projects:
  - id: group/app
    drift: 'off'
    force_conflicts: true
    prune: {max_share: 0.25, confirmed: [{kind: Namespace, name: old}]}
    render: {directories: [deploy/prod], kustomize: {enable_helm: true}}
  - id: group/none
",
    );
    let [app, other] = &configuration.projects[..] else {
        panic!("two projects")
    };
    assert_eq!((app.drift, other.drift), (Drift::Off, Drift::Warn));
    assert!(app.force_conflicts && !other.force_conflicts);
    assert_eq!(app.prune_guards.max_share, Some(0.25));
    assert_eq!(app.prune_guards.confirmed[0].name, "old");
    assert_eq!(app.render.directories, ["deploy/prod"]);
    let warning = "glops.projects has \"group/none\", which is none of gitops.manifest_projects";
    assert_eq!(configuration.warnings, [warning]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let path = ".gitlab/agents/prod/config.yaml is not valid: ";
    let unknown = refused("gitops:\n  manifest_project: []\n");
    assert!(
        unknown.starts_with(path) && unknown.contains("unknown field `manifest_project`"),
        "{unknown}"
    );
    assert!(unknown.contains("line 2"), "{unknown}");
    assert!(refused("gitops: {manifestProjects: []}").contains("unknown field"));
    assert!(refused("gitops: {manifest_projects: [{reconcile_timeout: 5m}]}").contains("write seconds"));
    assert!(refused("gitops: {manifest_projects: [{ref: {tag: a, branch: b}}]}").contains("one of tag"));
    assert!(
        refused("gitops: {manifest_projects: [{inventory_policy: adopt}]}").contains("not one of must_match")
    );
    assert!(refused("gitops: {manifest_projects: [{id: a}, {id: a}]}").contains("two manifest projects"));
    assert!(refused("a: [").starts_with(path));
    assert!(parse(Some(&[0xff]), "c1", &agent(), 3).is_err());
}
