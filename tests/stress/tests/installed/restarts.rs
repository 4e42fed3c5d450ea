//! kas and agentk come and go in any order, and the cluster follows Git all the same.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use testkit::ControlPlane;
use testkit::git::Fault;
use testkit::installation::Installation;

use crate::cluster::State;

const KILLS: usize = 25;

#[tokio::test]
async fn the_cluster_follows_whatever_restarts() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("restarts").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let state = |version: usize| State::window(0, 20, version);
    let commit = |version: usize| state(version).commit(namespace.name());
    let mut installed = Installation::start(plane, &namespace, commit(0), "", "info").expect("all of it");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    state(0).wait_for(&maps, words).await;

    // kas is gone while Git goes on; the agent finds it again by itself
    installed.kas.service().kill().expect("killed");
    installed
        .repository
        .commit("main", &commit(1))
        .expect("committed");
    tokio::time::sleep(Duration::from_secs(1)).await;
    installed.kas.service().start_again().expect("started");
    state(1).wait_for(&maps, words).await;

    // the agent is gone while kas learns of a commit
    assert!(installed.agentk.service().stop().expect("stopped"));
    installed.push(&commit(2)).expect("pushed");
    installed.agentk.service().start_again().expect("started");
    state(2).wait_for(&maps, words).await;

    // both are gone, and the agent is back first
    installed.agentk.service().kill().expect("killed");
    assert!(installed.kas.service().stop().expect("stopped"));
    installed
        .repository
        .commit("main", &commit(3))
        .expect("committed");
    installed.agentk.service().start_again().expect("started");
    tokio::time::sleep(Duration::from_secs(1)).await;
    installed.kas.service().start_again().expect("started");
    state(3).wait_for(&maps, words).await;

    // the repository is down, then back
    installed.git.set_fault(Fault::Unavailable);
    installed
        .repository
        .commit("main", &commit(4))
        .expect("committed");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(State::of_cluster(&maps).await, state(3));
    installed.git.set_fault(Fault::None);
    state(4).wait_for(&maps, words).await;
}

#[tokio::test]
async fn a_kas_that_is_killed_at_any_moment_fetches_again() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("kas-killed").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let state = |version: usize| State::window(0, 60, version);
    let commit = |version: usize| state(version).commit(namespace.name());
    let mut installed = Installation::start(plane, &namespace, commit(0), "", "info").expect("all of it");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    state(0).wait_for(&maps, words).await;
    for version in 1..=KILLS {
        installed.push(&commit(version)).expect("pushed");
        // a fetch takes some tens of milliseconds from here
        tokio::time::sleep(Duration::from_millis(version as u64 * 7 % 100)).await;
        installed.kas.service().kill().expect("killed");
        installed.kas.service().start_again().expect("started");
        installed.kas.wait_until_it_answers().expect("ready");
    }
    state(KILLS).wait_for(&maps, words).await;
}
