//! Manifests travel as differences, and only what the receiver lacks.

use std::sync::Arc;

use rpc::{
    glops::manifests::v1::{Selector, WatchRequest, selector, watch_response::Event},
    manifests::Update,
    source::{ProblemReason, Reference},
};
use testkit::git::Commit;

use crate::stand::{Agent, Stand, WEBHOOK_SECRET};

fn request() -> WatchRequest {
    WatchRequest {
        project_id: "group/app".into(),
        ..WatchRequest::default()
    }
}

fn glob(glob: &str) -> Selector {
    Selector {
        selector: Some(selector::Selector::Glob(glob.into())),
    }
}

async fn stand_with_agent() -> (Stand, Agent) {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    (stand, agent)
}

#[tokio::test]
async fn only_changed_blobs_travel() {
    let (stand, agent) = stand_with_agent().await;
    let many = (0..500).fold(Commit::new("many"), |commit, number| {
        commit.write(
            format!("dir{}/{number}.yaml", number % 7),
            format!("number: {number}"),
        )
    });
    stand.app.commit("main", &many).unwrap();
    let mut manifests = stand.watch_manifests(&agent).await;
    let first = manifests.snapshot().await;
    assert_eq!(first.entries.len(), 500);
    assert_eq!(first.content("dir3/3.yaml").unwrap(), "number: 3");
    assert_eq!(first.subject, "many");
    let sent = stand.kas.metrics().blobs_sent();
    assert_eq!(sent, 500);
    stand.write("dir3/3.yaml", "number: three");
    let second = manifests.snapshot().await;
    assert_eq!(second.content("dir3/3.yaml").unwrap(), "number: three");
    assert_eq!(second.entries.len(), 500);
    assert_eq!(manifests.contents(), ["number: three"]);
    assert_eq!(stand.kas.metrics().blobs_sent() - sent, 1);
    let entries: usize = manifests
        .messages
        .iter()
        .map(|message| match &message.event {
            Some(Event::Entries(entries)) => entries.changed.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(entries, 1, "of the entries too");
}

#[tokio::test]
async fn a_moved_file_travels_without_its_content() {
    let (stand, agent) = stand_with_agent().await;
    stand.write("a.yaml", "content");
    let mut manifests = stand.watch_manifests(&agent).await;
    manifests.snapshot().await;
    stand
        .app
        .commit(
            "main",
            &Commit::new("move").remove("a.yaml").write("b/c.yaml", "content"),
        )
        .unwrap();
    let moved = manifests.snapshot().await;
    assert_eq!(moved.entries.keys().collect::<Vec<_>>(), ["b/c.yaml"]);
    assert_eq!(moved.content("b/c.yaml").unwrap(), "content");
    assert!(manifests.contents().is_empty());
}

#[tokio::test]
async fn a_new_stream_goes_on_where_the_last_one_ended() {
    let (stand, agent) = stand_with_agent().await;
    stand.write("a.yaml", "one");
    stand.write("b.yaml", "two");
    let mut manifests = stand.watch_manifests(&agent).await;
    let held = manifests.snapshot().await;
    drop(manifests);
    let known = WatchRequest {
        known_commit_id: held.commit_id.clone(),
        ..request()
    };
    let mut manifests = stand.watch(&agent, known.clone(), Some(Arc::clone(&held))).await;
    assert!(matches!(manifests.update().await, Update::UpToDate(same) if same.commit_id == held.commit_id));
    drop(manifests);
    stand.write("b.yaml", "changed");
    let mut manifests = stand.watch(&agent, known, Some(held)).await;
    // the look at the repository may find the old commit first
    let snapshot = loop {
        if let Update::Snapshot(snapshot) = manifests.update().await {
            break snapshot;
        }
    };
    assert_eq!(snapshot.content("a.yaml").unwrap(), "one");
    assert_eq!(manifests.contents(), ["changed"]);
    // a commit that nobody knows is no base
    let unknown = WatchRequest {
        known_commit_id: "0123456789".repeat(4),
        ..request()
    };
    let mut manifests = stand.watch(&agent, unknown, None).await;
    assert_eq!(manifests.snapshot().await.entries.len(), 2);
}

#[tokio::test]
async fn selectors_choose_what_travels() {
    let (stand, agent) = stand_with_agent().await;
    let commit = Commit::new("files")
        .write("deploy/app.yaml", "a")
        .write("deploy/notes.md", "b")
        .write("other/app.yaml", "c");
    stand.app.commit("main", &commit).unwrap();
    let selected = WatchRequest {
        selectors: vec![glob("deploy/**/*.yaml")],
        ..request()
    };
    let mut manifests = stand.watch(&agent, selected, None).await;
    assert_eq!(
        manifests.snapshot().await.entries.keys().collect::<Vec<_>>(),
        ["deploy/app.yaml"]
    );
    // other files change: nothing travels but the commit
    let newer = stand.write("other/app.yaml", "changed");
    assert!(matches!(manifests.update().await, Update::UpToDate(snapshot) if snapshot.commit_id == newer));
}

#[tokio::test]
async fn a_webhook_makes_kas_look_at_once() {
    let stand = Stand::with("agent: {listen: {address: '127.0.0.1:0'}, configuration: {poll_period: 3600s}, gitops: {poll_period: 3600s}}").await;
    let agent = stand.create_agent("prod").await;
    stand.write("a.yaml", "one");
    let mut manifests = stand.watch_manifests(&agent).await;
    manifests.snapshot().await;
    let pushed = stand.write("a.yaml", "two");
    assert_eq!(stand.push_event("group/app", "wrong").await, 401);
    assert_eq!(stand.push_event("group/app", WEBHOOK_SECRET).await, 200);
    assert_eq!(manifests.snapshot().await.commit_id, pushed);
}

#[tokio::test]
async fn branches_tags_and_commits() {
    let (stand, agent) = stand_with_agent().await;
    let first = stand.write("a.yaml", "one");
    stand.app.git(&["tag", "v1"]).unwrap();
    stand.app.reset("production", &first).unwrap();
    let second = stand.write("a.yaml", "two");
    let at = |reference: Reference| WatchRequest {
        reference: reference.into(),
        ..request()
    };
    for (reference, commit) in [
        (Reference::DefaultBranch, &second),
        (Reference::Branch("production".into()), &first),
        (Reference::Tag("v1".into()), &first),
        (Reference::Commit(first.clone()), &first),
    ] {
        let mut manifests = stand.watch(&agent, at(reference.clone()), None).await;
        assert_eq!(manifests.snapshot().await.commit_id, *commit, "{reference}");
    }
}

#[tokio::test]
async fn a_file_too_large_is_listed_and_stays() {
    let stand = Stand::with("manifests: {max_file_size: 10, max_number_of_files: 3}").await;
    let agent = stand.create_agent("prod").await;
    let commit = Commit::new("files")
        .write("small.yaml", "0123456789")
        .write("large.bin", "0123456789a");
    stand.app.commit("main", &commit).unwrap();
    let mut manifests = stand.watch_manifests(&agent).await;
    let snapshot = manifests.snapshot().await;
    assert!(snapshot.entries["large.bin"].omitted);
    assert_eq!(snapshot.content("small.yaml").unwrap(), "0123456789");
    stand
        .app
        .commit("main", &Commit::new("more").write("c", "1").write("d", "2"))
        .unwrap();
    match manifests.update().await {
        Update::Problem(problem) => {
            assert_eq!(problem.reason, ProblemReason::LimitExceeded);
            assert_eq!(problem.message, "4 files are selected, more than the 3 allowed");
        }
        other => panic!("expected a problem, got {other:?}"),
    }
    stand
        .app
        .commit("main", &Commit::new("less").remove("c").remove("d"))
        .unwrap();
    assert!(matches!(manifests.update().await, Update::UpToDate(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_files_and_five_megabytes() {
    let (stand, agent) = stand_with_agent().await;
    let large = "0123456789abcdef".repeat(5 * 1024 * 1024 / 16);
    let many = (0..50_000).fold(
        Commit::new("many").write("large.yaml", large.clone()),
        |commit, number| {
            commit.write(
                format!("d{}/e{}/{number}.yaml", number % 10, number % 100),
                format!("number: {number}"),
            )
        },
    );
    stand.app.commit("main", &many).unwrap();
    let mut manifests = stand.watch_manifests(&agent).await;
    let snapshot = manifests.snapshot().await;
    assert_eq!(snapshot.entries.len(), 50_001);
    assert_eq!(snapshot.content("large.yaml").unwrap(), large.as_bytes());
    let largest = manifests
        .messages
        .iter()
        .map(|message| rpc::record::encode(message).len())
        .max()
        .unwrap();
    assert!(largest < 512 * 1024, "messages are bounded, not {largest} bytes");
    stand.write("d1/e1/1.yaml", "number: one");
    manifests.snapshot().await;
    assert_eq!(manifests.contents(), ["number: one"]);
}

#[tokio::test]
async fn a_commit_of_another_project_is_no_base() {
    let more = "  - {id: group/secret, url: '{url}/group/secret.git', readable_by: [group/secret]}";
    let stand = Stand::with(more).await;
    let secret = stand.git.create("group/secret").unwrap();
    let hidden = Commit::new("hidden").write("plans/merger.yaml", "one");
    let hidden = secret.commit("main", &hidden).unwrap();
    // its objects are in the store that all projects share
    let insider = stand.create_agent_of("group/secret", "insider").await;
    let of_secret = WatchRequest {
        project_id: "group/secret".into(),
        ..request()
    };
    let mut manifests = stand.watch(&insider, of_secret, None).await;
    assert_eq!(manifests.snapshot().await.commit_id, hidden);

    stand.write("a.yaml", "one");
    let outsider = stand.create_agent("outsider").await;
    let known = WatchRequest {
        known_commit_id: hidden,
        ..request()
    };
    let mut manifests = stand.watch(&outsider, known, None).await;
    manifests.snapshot().await;
    let told = format!("{:?}", manifests.messages);
    assert!(!told.contains("merger"), "{told}");
}

#[tokio::test]
async fn names_that_git_does_not_allow_are_told() {
    let (stand, agent) = stand_with_agent().await;
    stand.write("a.yaml", "one");
    for name in ["*", "main:refs/heads/x", "../../HEAD"] {
        let at = WatchRequest {
            reference: Reference::Branch(name.into()).into(),
            ..request()
        };
        let mut manifests = stand.watch(&agent, at, None).await;
        match manifests.update().await {
            Update::Problem(problem) => assert_eq!(problem.reason, ProblemReason::Invalid, "{name}"),
            other => panic!("{name}: expected a problem, got {other:?}"),
        }
    }
}
