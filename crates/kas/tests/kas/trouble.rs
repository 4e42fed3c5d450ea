//! Trouble with Git is told, ends when it ends, and loses nothing.

use rpc::{
    glops::manifests::v1::WatchRequest,
    manifests::Update,
    source::{Problem, ProblemReason, Reference},
};
use testkit::git::{Access, Fault};

use crate::stand::{Manifests, Stand};

fn request(project: &str) -> WatchRequest {
    WatchRequest {
        project_id: project.into(),
        ..WatchRequest::default()
    }
}

async fn problem(manifests: &mut Manifests) -> Problem {
    match manifests.update().await {
        Update::Problem(problem) => problem,
        other => panic!("expected a problem, got {other:?}"),
    }
}

#[tokio::test]
async fn an_empty_repository_gets_its_first_commit() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let mut manifests = stand.watch_manifests(&agent).await;
    assert_eq!(
        problem(&mut manifests).await.reason,
        ProblemReason::RepositoryEmpty
    );
    let first = stand.write("a.yaml", "one");
    assert_eq!(manifests.snapshot().await.commit_id, first);
}

#[tokio::test]
async fn a_force_push_is_followed_there_and_back() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let first = stand.write("a.yaml", "one");
    let second = stand.write("b.yaml", "two");
    let mut manifests = stand.watch_manifests(&agent).await;
    manifests.until(&second).await;
    stand.app.reset("main", &first).unwrap();
    let back = manifests.until(&first).await;
    assert_eq!(back.entries.keys().collect::<Vec<_>>(), ["a.yaml"]);
    stand.app.reset("main", &second).unwrap();
    assert_eq!(manifests.until(&second).await.entries.len(), 2);
}

#[tokio::test]
async fn a_deleted_branch_is_told_and_comes_back() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let first = stand.write("a.yaml", "one");
    stand.app.reset("production", &first).unwrap();
    let at = WatchRequest {
        reference: Reference::Branch("production".into()).into(),
        ..request("group/app")
    };
    let mut manifests = stand.watch(&agent, at, None).await;
    manifests.snapshot().await;
    stand.app.delete_branch("production").unwrap();
    let told = problem(&mut manifests).await;
    assert_eq!(told.reason, ProblemReason::ReferenceNotFound);
    assert!(
        told.message.starts_with("branch production does not exist in "),
        "{}",
        told.message
    );
    stand.app.reset("production", &first).unwrap();
    assert!(matches!(manifests.update().await, Update::UpToDate(same) if same.commit_id == first));
}

#[tokio::test]
async fn a_repository_that_is_down_is_told_and_comes_back() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.write("a.yaml", "one");
    let mut manifests = stand.watch_manifests(&agent).await;
    manifests.snapshot().await;
    stand.git.set_fault(Fault::Unavailable);
    let told = problem(&mut manifests).await;
    assert_eq!(told.reason, ProblemReason::RepositoryUnreachable);
    let second = stand.write("a.yaml", "two");
    stand.git.set_fault(Fault::None);
    assert_eq!(manifests.snapshot().await.commit_id, second);
}

#[tokio::test]
async fn a_repository_that_asks_for_credentials() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.write("a.yaml", "one");
    stand
        .git
        .set_access(Access::Password("bot".into(), "hunter2".into()));
    let mut manifests = stand.watch_manifests(&agent).await;
    let told = problem(&mut manifests).await;
    assert_eq!(told.reason, ProblemReason::AccessDenied);
    assert!(
        told.message
            .ends_with("check the credentials that are configured for it"),
        "{}",
        told.message
    );
    stand.git.set_access(Access::Open);
    manifests.snapshot().await;
}

#[tokio::test]
async fn a_project_that_kas_does_not_know_or_the_agent_may_not_read() {
    let stand = Stand::with("  - {id: group/secret, url: /nowhere, readable_by: [group/others]}").await;
    let agent = stand.create_agent("prod").await;
    for project in ["group/none", "group/secret"] {
        let mut manifests = stand.watch(&agent, request(project), None).await;
        let told = problem(&mut manifests).await;
        assert_eq!(told.reason, ProblemReason::ProjectNotFound);
        assert!(
            told.message
                .contains("is not known to kas or may not be read by this agent")
        );
    }
}

#[tokio::test]
async fn one_poller_serves_all_who_watch() {
    let stand = Stand::start().await;
    stand.write("a.yaml", "one");
    let mut watching = Vec::new();
    for number in 0..20 {
        let agent = stand.create_agent(&format!("agent-{number}")).await;
        let mut manifests = stand.watch_manifests(&agent).await;
        manifests.snapshot().await;
        watching.push(manifests);
    }
    let polls = |metrics: &str| -> u64 {
        let line = metrics
            .lines()
            .find(|line| line.starts_with("kas_git_polls_total{kind=\"success\"}"));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
            .unwrap_or_default()
    };
    let before = (polls(&stand.get("/metrics").await.1), stand.git.requests());
    let second = stand.write("a.yaml", "two");
    for manifests in &mut watching {
        assert_eq!(manifests.until(&second).await.content("a.yaml").unwrap(), "two");
    }
    let after = (polls(&stand.get("/metrics").await.1), stand.git.requests());
    // a look is two requests, and a fetch two more; a look that is under way is counted at its end
    assert!(
        after.1 - before.1 <= 2 * (after.0 - before.0) + 8,
        "{before:?} {after:?}"
    );
    drop(watching);
}
