//! Trouble outside of the cluster is told with its reason, and nothing that is in the cluster is lost by it.

use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::DeleteParams;
use rpc::client::{Connection, Kas, Token, open};
use rpc::glops::admin::v1::{ListHistoryRequest, ListStatusRequest, records_client::RecordsClient};
use testkit::ControlPlane;
use testkit::git::{Access, Commit, Fault};
use testkit::installation::Installation;
use testkit::link::Condition;

use crate::cluster::State;

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn git_in_trouble_is_told_and_deletes_nothing() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("git-trouble").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let state = State::window(0, 20, 0);
    let first = state.commit(namespace.name());
    let mut installed = Installation::start(plane, &namespace, first, "", "info").expect("all of it");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    state.wait_for(&maps, words).await;
    let tip = installed.repository.tip("main").expect("read").expect("a commit");

    installed.git.set_fault(Fault::Unavailable);
    told(&installed, "failed to reach").await;
    installed.git.set_fault(Fault::None);
    let password = Access::Password("bot".to_owned(), "unknown to kas".to_owned());
    installed.git.set_access(password);
    told(&installed, "check the credentials that are configured for it").await;
    installed.git.set_access(Access::Open);
    installed.repository.delete_branch("main").expect("deleted");
    told(&installed, "has no commit yet").await;
    installed.repository.reset("main", &tip).expect("there again");
    // everything is gone from the branch: that is more than a sync deletes without being told to
    installed
        .push(&Commit::new("nothing").remove("app"))
        .expect("pushed");
    told(&installed, "prune").await;
    assert_eq!(State::of_cluster(&maps).await, state);
    let uids = maps.get("map-00000").await.expect("there").metadata.uid;
    // a force push back, and on
    installed.repository.reset("main", &tip).expect("pushed by force");
    let next = State::window(0, 20, 1);
    installed.push(&next.commit(namespace.name())).expect("pushed");
    next.wait_for(&maps, words).await;
    assert_eq!(maps.get("map-00000").await.expect("there").metadata.uid, uids);
}

#[tokio::test]
async fn a_revoked_token_is_named_and_another_takes_its_place() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("revoked").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let state = |version: usize| State::window(0, 5, version);
    let commit = |version: usize| state(version).commit(namespace.name());
    let mut installed = Installation::start(plane, &namespace, commit(0), "", "info").expect("all of it");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    state(0).wait_for(&maps, words).await;

    let other = glops(&installed, &["agent", "token", "test"]);
    glops(&installed, &["agent", "revoke", "test", "--token", "1"]);
    installed.push(&commit(1)).expect("pushed");
    let begin = Instant::now();
    while !words().contains("the token is wrong or revoked") {
        assert!(begin.elapsed() < PATIENCE, "nothing is said:\n{}", words());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(State::of_cluster(&maps).await, state(0));
    installed.agentk.replace_token(&other).expect("written");
    state(1).wait_for(&maps, words).await;
}

#[tokio::test]
async fn without_kas_drift_is_corrected_and_told_later() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("cut-off").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let state = |version: usize| State::window(0, 5, version);
    let commit = |version: usize| state(version).commit(namespace.name());
    let mut installed = Installation::start(plane, &namespace, commit(0), "", "info").expect("all of it");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    state(0).wait_for(&maps, words).await;

    for condition in [Condition::Cut, Condition::Silent] {
        installed.link.set(condition);
        let deleted = maps.delete("map-00003", &DeleteParams::default()).await;
        deleted.expect("deleted");
        state(0).wait_for(&maps, words).await;
    }
    installed.push(&commit(1)).expect("pushed");
    assert_eq!(State::of_cluster(&maps).await, state(0), "nothing new can arrive");
    installed.link.set(Condition::Open);
    state(1).wait_for(&maps, words).await;
    let mut records = records(&installed);
    let begin = Instant::now();
    loop {
        let request = ListHistoryRequest {
            limit: 100,
            ..ListHistoryRequest::default()
        };
        let drift = records.list_drift(request).await.expect("listed").into_inner();
        if format!("{drift:?}").matches("map-00003").count() >= 2 {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "the drift is not told: {drift:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What kas keeps of the reports of its agents.
fn records(installed: &Installation) -> RecordsClient<Connection> {
    let kas = Kas {
        address: installed.kas.api_address().parse().expect("an address"),
        ca: None,
        tls_server_name: None,
        headers: Vec::new(),
    };
    let token = std::fs::read_to_string(installed.kas.admin_token()).expect("a token");
    let token = Token::new(&token).expect("a token");
    RecordsClient::new(open(&kas, &token, "test").expect("a connection"))
}

/// Waits until kas has a status that says `words`.
async fn told(installed: &Installation, words: &str) {
    let mut records = records(installed);
    let begin = Instant::now();
    loop {
        let request = ListStatusRequest {
            include_objects: true,
            ..ListStatusRequest::default()
        };
        let statuses = records
            .list_status(request)
            .await
            .expect("listed")
            .into_inner()
            .statuses;
        let said = format!("{statuses:?}");
        if said.contains(words) {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "{words:?} is not told: {said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn glops(installed: &Installation, arguments: &[&str]) -> String {
    let output = installed
        .kas
        .glops()
        .args(arguments)
        .output()
        .expect("glops runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "glops {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
