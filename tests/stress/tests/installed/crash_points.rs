//! agentk is killed at any moment of a sync; afterwards the cluster equals Git, and nothing of others was touched.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::PostParams;
use testkit::ControlPlane;
use testkit::installation::Installation;

use crate::cluster::State;

const OBJECTS: usize = 500;
const CRASHES: usize = 50;
/// Commits may pass while the agent is dead, and then everything that it knows has left Git.
const SETTINGS: &str = "glops:\n  defaults:\n    prune: {max_share: 1}\n";

#[tokio::test]
async fn fifty_kills_leave_the_cluster_equal_to_git() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("crash-points").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let mut foreign = ConfigMap::default();
    foreign.metadata.name = Some("foreign".to_owned());
    let foreign = maps
        .create(&PostParams::default(), &foreign)
        .await
        .expect("created");

    let mut state = State::window(0, OBJECTS, 0);
    let mut installed = Installation::start(
        plane,
        &namespace,
        state.commit(namespace.name()),
        SETTINGS,
        "info",
    )
    .expect("all of it");
    for crash in 1..=CRASHES {
        tokio::time::sleep(moment(crash)).await;
        installed.agentk.service().kill().expect("killed");
        // a tenth leaves, a tenth comes, the rest changes now and then
        state = State::window(crash * OBJECTS / 10, OBJECTS, crash / 5);
        installed.push(&state.commit(namespace.name())).expect("pushed");
        installed.agentk.service().start_again().expect("started");
    }
    let log = installed.agentk.service().log_file().to_path_buf();
    state
        .wait_for(&maps, || std::fs::read_to_string(&log).unwrap_or_default())
        .await;
    let still = maps.get("foreign").await.expect("still there");
    assert_eq!(still.metadata.resource_version, foreign.metadata.resource_version);
}

/// Moments spread over the length of a sync, start of the process included, the same in each run.
fn moment(crash: usize) -> Duration {
    let scattered = (crash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    Duration::from_millis(50 + scattered)
}
