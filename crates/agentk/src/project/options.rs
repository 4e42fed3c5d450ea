//! From the configuration of a project to what the engine is told.

use engine::{
    Application, Confirmation, ConflictPolicy, InventoryId, InventoryPolicy, Mode, Propagation, PruneOptions,
    Recreate, SyncOptions, drift::DriftPolicy, render,
};
use manifest::ResourceKey;
use rpc::configuration::{self as wire, AgentConfiguration, ManifestProject};
use sha2::{Digest as _, Sha256};

/// Where the inventory of a project is; its fields are owned under a name made from that.
///
/// The name holds the agent's name rather than its number where kas tells it: an agent that is registered anew
/// must find its inventories again.
pub(super) fn application(agent: &AgentConfiguration, project: &ManifestProject) -> Application {
    let owner = if agent.agent_name.is_empty() {
        agent.agent_id.to_string()
    } else {
        agent.agent_name.clone()
    };
    let digest = Sha256::digest(format!("{owner}\n{}", project.key.project_id));
    let suffix = format!(
        "{:02x}{:02x}{:02x}{:02x}",
        digest[0], digest[1], digest[2], digest[3]
    );
    let readable: String = project
        .key
        .project_id
        .chars()
        .map(dns_character)
        .take(150)
        .collect();
    let name = format!("agentk-{owner}-{}-{suffix}", readable.trim_matches('-'));
    Application::new(InventoryId::new(&project.key.default_namespace, name))
}

fn dns_character(c: char) -> char {
    match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9') => c,
        _ => '-',
    }
}

/// What of the project's files is rendered, and how.
pub(super) fn render_options(project: &ManifestProject) -> render::Options {
    render::Options {
        paths: project
            .paths
            .iter()
            .chain(&project.render.directories)
            .cloned()
            .collect(),
        default_namespace: project.key.default_namespace.clone(),
        kustomize: render::KustomizeOptions {
            unrestricted_loads: project.render.kustomize.unrestricted_loads,
            enable_helm: project.render.kustomize.enable_helm.unwrap_or(true),
            ..render::KustomizeOptions::default()
        },
        charts: chart_options(&project.render.helm),
        remote: render::Remote::default(),
    }
}

fn chart_options(helm: &wire::HelmOptions) -> render::ChartOptions {
    render::ChartOptions {
        release_name: helm.release_name.clone(),
        namespace: helm.namespace.clone(),
        values_files: helm.values_files.clone(),
        set: helm.set.clone(),
        include_crds: helm.include_crds,
        skip_tests: helm.skip_tests,
        no_hooks: helm.no_hooks,
        kube_version: helm.kube_version.clone(),
        api_versions: helm.api_versions.clone(),
        ..render::ChartOptions::default()
    }
}

/// How the project is synced.
pub(super) fn sync_options(project: &ManifestProject, claims: engine::Claims) -> SyncOptions {
    SyncOptions {
        mode: match project.dry_run {
            wire::DryRun::None => Mode::Apply,
            // the server's check is the better one and stores nothing either
            wire::DryRun::Client | wire::DryRun::Server => Mode::DryRun,
        },
        policy: match project.inventory_policy {
            wire::InventoryPolicy::MustMatch => InventoryPolicy::MustMatch,
            wire::InventoryPolicy::AdoptIfNoInventory => InventoryPolicy::AdoptIfNoInventory,
            wire::InventoryPolicy::AdoptAll => InventoryPolicy::AdoptAll,
        },
        conflicts: if project.force_conflicts {
            ConflictPolicy::Force
        } else {
            ConflictPolicy::Report
        },
        overwrite: project.overwrite_managers.clone(),
        recreate: if project.recreate_immutable {
            Recreate::WhenImmutable
        } else {
            Recreate::Never
        },
        prune: prune_options(project),
        // the watches tell the health afterwards; a sync that waits could not put drift back
        wait: None,
        drift: drift_policy(project),
        claims,
        ..SyncOptions::default()
    }
}

fn prune_options(project: &ManifestProject) -> PruneOptions {
    let defaults = PruneOptions::default();
    let guards = &project.prune_guards;
    let confirmed = guards.confirmed.iter();
    PruneOptions {
        enabled: project.prune,
        max_share: guards.max_share.unwrap_or(defaults.max_share),
        always_allowed: guards
            .always_allowed
            .map_or(defaults.always_allowed, |count| count as usize),
        allow_empty: guards.allow_empty,
        confirmed: if guards.confirm_all {
            Confirmation::All
        } else {
            Confirmation::Objects(
                confirmed
                    .map(|key| ResourceKey::new(&key.group, &key.kind, &key.namespace, &key.name))
                    .collect(),
            )
        },
        propagation: match project.propagation {
            wire::Propagation::Orphan => Propagation::Orphan,
            wire::Propagation::Background => Propagation::Background,
            wire::Propagation::Foreground => Propagation::Foreground,
        },
        // without a time of its own, what comes after a deletion still waits for it
        timeout: project.prune_timeout.unwrap_or(defaults.timeout),
    }
}

/// What is done about changes that others make.
fn drift_policy(project: &ManifestProject) -> DriftPolicy {
    match project.drift {
        wire::Drift::Off => DriftPolicy::Off,
        wire::Drift::Warn => DriftPolicy::Warn,
        wire::Drift::Correct => DriftPolicy::Correct,
    }
}
