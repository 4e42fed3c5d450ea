//! Of two pods one leads, and the other takes over when it leaves.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::ListParams;
use testkit::ControlPlane;
use testkit::installation::Installation;

use crate::cluster::State;

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn the_other_pod_leads_when_one_is_stopped_or_killed() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("leadership").await;
    let client = namespace.client().await;
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace.name());
    let leases: Api<Lease> = Api::namespaced(client, namespace.name());
    let state = |version: usize| State::window(0, 20, version);
    let commit = |version: usize| state(version).commit(namespace.name());
    let mut installed = Installation::start(plane, &namespace, commit(0), "", "info").expect("all of it");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    state(0).wait_for(&maps, words).await;
    assert_eq!(holder(&leases).await, "agentk-test");

    let mut other = installed.start_pod("agentk-other", "info").expect("another pod");
    let log = other.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    wait_until(&words, "configuration received").await;
    assert_eq!(holder(&leases).await, "agentk-test", "one leads at a time");

    // who is stopped gives the lease back when it has written its last
    installed.push(&commit(1)).expect("pushed");
    assert!(installed.agentk.service().stop().expect("stopped"));
    assert_ne!(holder(&leases).await, "agentk-test");
    state(1).wait_for(&maps, words).await;
    wait_until(&words, "leads=true").await;
    installed.push(&commit(2)).expect("pushed");
    state(2).wait_for(&maps, words).await;

    // who is killed cannot; the lease runs out
    installed.agentk.service().start_again().expect("started");
    other.service().kill().expect("killed");
    installed.push(&commit(3)).expect("pushed");
    state(3).wait_for(&maps, words).await;
    assert_eq!(holder(&leases).await, "agentk-test");
}

async fn holder(leases: &Api<Lease>) -> String {
    let list = leases.list(&ListParams::default()).await.expect("listed");
    let specs = list.into_iter().filter_map(|lease| lease.spec);
    specs.filter_map(|spec| spec.holder_identity).collect()
}

async fn wait_until(log: &impl Fn() -> String, words: &str) {
    let begin = Instant::now();
    while !log().contains(words) {
        assert!(begin.elapsed() < PATIENCE, "{words:?} does not come:\n{}", log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
