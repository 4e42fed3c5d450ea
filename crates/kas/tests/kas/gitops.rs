//! GitLab's way to give manifests.

use rpc::gitlab::agent::gitops::rpc::{
    GitRefCf, ObjectsToSynchronizeRequest, ObjectsToSynchronizeResponse, PathCf, git_ref_cf,
    gitops_client::GitopsClient, objects_to_synchronize_response::Message, path_cf,
};
use testkit::git::Commit;
use tonic::{Code, Status};

use crate::stand::{Agent, Stand};

fn glob(glob: &str) -> PathCf {
    PathCf {
        path: Some(path_cf::Path::Glob(glob.into())),
    }
}

fn file(file: &str) -> PathCf {
    PathCf {
        path: Some(path_cf::Path::File(file.into())),
    }
}

fn request(paths: Vec<PathCf>) -> ObjectsToSynchronizeRequest {
    ObjectsToSynchronizeRequest {
        project_id: "group/app".into(),
        paths,
        ..Default::default()
    }
}

async fn objects(
    stand: &Stand,
    agent: &Agent,
    request: ObjectsToSynchronizeRequest,
) -> Result<Vec<ObjectsToSynchronizeResponse>, Status> {
    let mut client = GitopsClient::new(stand.connect(agent));
    let mut stream = client.get_objects_to_synchronize(request).await?.into_inner();
    let mut messages = Vec::new();
    while let Some(message) = stream.message().await? {
        messages.push(message);
    }
    Ok(messages)
}

fn sources(messages: &[ObjectsToSynchronizeResponse]) -> Vec<(String, usize)> {
    let object = |message: &ObjectsToSynchronizeResponse| match &message.message {
        Some(Message::Object(object)) => Some((object.source.clone(), object.data.len())),
        _ => None,
    };
    messages.iter().filter_map(object).collect()
}

#[tokio::test]
async fn a_commit_is_a_header_its_files_and_a_trailer() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let large = "x".repeat(300 * 1024);
    let commit = Commit::new("files")
        .write("a.yaml", "one")
        .write("b.txt", "no")
        .write("large.yaml", large)
        .write("e.yaml", "");
    let commit = stand.app.commit("main", &commit).unwrap();
    let messages = objects(
        &stand,
        &agent,
        request(vec![glob("**/*.yaml"), file("/b.txt"), file("a.yaml")]),
    )
    .await
    .unwrap();
    match &messages[0].message {
        Some(Message::Header(header)) => assert_eq!(
            (header.commit_id.as_str(), header.project_id > 0),
            (commit.as_str(), true)
        ),
        other => panic!("expected a header, got {other:?}"),
    }
    assert!(matches!(
        messages.last().unwrap().message,
        Some(Message::Trailer(_))
    ));
    let chunk = 128 * 1024;
    let expected = [
        ("a.yaml", 3),
        ("e.yaml", 0),
        ("large.yaml", chunk),
        ("large.yaml", chunk),
        ("large.yaml", 300 * 1024 - 2 * chunk),
        ("b.txt", 2),
    ];
    assert_eq!(
        sources(&messages),
        expected.map(|(source, size)| (source.to_owned(), size))
    );
}

#[tokio::test]
async fn the_known_commit_waits_for_the_next() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let known = stand.write("a.yaml", "one");
    let waiting = ObjectsToSynchronizeRequest {
        commit_id: known,
        ..request(vec![glob("*.yaml")])
    };
    let waiting = objects(&stand, &agent, waiting);
    tokio::pin!(waiting);
    let early = tokio::time::timeout(std::time::Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "nothing is sent while nothing is new");
    stand.write("b.yaml", "two");
    assert_eq!(sources(&waiting.await.unwrap()).len(), 2);
}

#[tokio::test]
async fn what_the_user_did_wrong_has_gitlabs_codes() {
    let stand = Stand::with("agent: {listen: {address: '127.0.0.1:0'}, gitops: {poll_period: 0.05s, max_number_of_files: 2, max_manifest_file_size: 10}}").await;
    let agent = stand.create_agent("prod").await;
    let commit = Commit::new("files")
        .write("a.yaml", "one")
        .write("b.yaml", "two")
        .write("c/d.yaml", "three")
        .write("big.txt", "0123456789a");
    stand.app.commit("main", &commit).unwrap();
    let refused = async |request| {
        let status = objects(&stand, &agent, request).await.unwrap_err();
        (status.code(), status.message().to_owned())
    };
    let failed = |problem: &str| {
        (
            Code::FailedPrecondition,
            format!("GitOps: failed to get objects to synchronize: {problem}"),
        )
    };
    assert_eq!(
        refused(request(vec![glob("**/*.yaml")])).await,
        failed("maximum number of files limit reached: 2")
    );
    assert_eq!(
        refused(request(vec![glob("a*"), glob("*.yaml")])).await,
        failed("file a.yaml is matched by two globs")
    );
    assert_eq!(
        refused(request(vec![file("none.yaml")])).await,
        failed("file none.yaml does not exist")
    );
    assert_eq!(
        refused(request(vec![file("big.txt")])).await,
        failed("file big.txt has 11 bytes, more than the 10 allowed")
    );
    assert_eq!(refused(request(vec![])).await.0, Code::InvalidArgument);
    assert_eq!(
        refused(request(vec![glob("a"); 101])).await.0,
        Code::InvalidArgument
    );
    let gone = GitRefCf {
        r#ref: Some(git_ref_cf::Ref::Branch("gone".into())),
    };
    assert_eq!(
        refused(ObjectsToSynchronizeRequest {
            r#ref: Some(gone),
            ..request(vec![glob("a")])
        })
        .await
        .0,
        Code::NotFound
    );
    let unknown = ObjectsToSynchronizeRequest {
        project_id: "group/none".into(),
        ..request(vec![glob("a")])
    };
    assert_eq!(
        refused(unknown).await,
        (Code::NotFound, "project not found".to_owned())
    );
}
