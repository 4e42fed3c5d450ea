//! Agents get their configuration, and hear what is wrong with it.

use rpc::{
    configuration::AgentConfiguration,
    gitlab::agent::agent_configuration::rpc::{
        ConfigurationRequest, agent_configuration_client::AgentConfigurationClient,
    },
    glops::configuration::v1::{WatchResponse, watch_response::Event},
    source::ProblemReason,
};
use tonic::{Code, codec::CompressionEncoding};

use crate::stand::{Stand, end, next};

fn configuration(message: WatchResponse) -> AgentConfiguration {
    match message.event {
        Some(Event::Configuration(configuration)) => configuration.try_into().unwrap(),
        other => panic!("expected a configuration, got {other:?}"),
    }
}

fn problem(message: WatchResponse) -> rpc::source::Problem {
    match message.event {
        Some(Event::Problem(problem)) => problem.into(),
        other => panic!("expected a problem, got {other:?}"),
    }
}

#[tokio::test]
async fn a_change_is_pushed() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let first = stand.configure("prod", "gitops: {manifest_projects: [{id: group/app}]}");
    let mut stream = stand.watch_configuration(&agent, "").await;
    let received = configuration(next(&mut stream).await);
    assert_eq!((received.commit_id, received.agent_id), (first, agent.id));
    assert_eq!(
        (received.agent_name.as_str(), received.project_id.as_str()),
        ("prod", "group/config")
    );
    assert_eq!(received.projects[0].key.project_id, "group/app");
    let second = stand.configure("prod", "glops: {defaults: {drift: warn}}");
    let received = configuration(next(&mut stream).await);
    assert_eq!((received.commit_id, received.projects.len()), (second, 0));
}

#[tokio::test]
async fn an_agent_without_a_file_has_the_default() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.configure("another", "gitops: {}");
    let mut stream = stand.watch_configuration(&agent, "").await;
    assert_eq!(configuration(next(&mut stream).await).projects, []);
}

#[tokio::test]
async fn the_known_commit_is_not_sent_again() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let known = stand.configure("prod", "gitops: {}");
    let mut stream = stand.watch_configuration(&agent, &known).await;
    assert!(matches!(next(&mut stream).await.event, Some(Event::UpToDate(same)) if same.commit_id == known));
    // another agent's file changes nothing for this one
    let other = stand.configure("another", "gitops: {}");
    assert!(
        matches!(next(&mut stream).await.event, Some(Event::UpToDate(newer)) if newer.commit_id == other)
    );
    // a commit that is still here is compared with the newest one
    let mut stream = stand.watch_configuration(&agent, &known).await;
    assert!(
        matches!(next(&mut stream).await.event, Some(Event::UpToDate(newer)) if newer.commit_id == other)
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_and_the_stream_goes_on() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let mut stream = stand.watch_configuration(&agent, "").await;
    assert_eq!(
        problem(next(&mut stream).await).reason,
        ProblemReason::RepositoryEmpty
    );
    let commit = stand.configure("prod", "gitops: {}\nunknown: 1\n");
    let told = problem(next(&mut stream).await);
    assert_eq!((told.reason, told.commit_id), (ProblemReason::Invalid, commit));
    assert!(
        told.message.contains(".gitlab/agents/prod/config.yaml"),
        "{}",
        told.message
    );
    assert!(
        told.message.contains("unknown field `unknown`"),
        "{}",
        told.message
    );
    stand.configure("prod", &format!("# {}", "x".repeat(128 * 1024)));
    assert_eq!(
        problem(next(&mut stream).await).reason,
        ProblemReason::LimitExceeded
    );
    stand.configure("prod", "gitops: {}");
    configuration(next(&mut stream).await);
}

#[tokio::test]
async fn gitlabs_service_gives_the_same() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let commit = stand.configure("prod", "gitops: {manifest_projects: [{id: group/app}]}");
    // as GitLab's agentk does: everything compressed
    let mut client = AgentConfigurationClient::new(stand.connect(&agent))
        .send_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Gzip);
    let request = ConfigurationRequest {
        skip_register: true,
        ..ConfigurationRequest::default()
    };
    let mut stream = client
        .get_configuration(request.clone())
        .await
        .unwrap()
        .into_inner();
    let received = next(&mut stream).await;
    assert_eq!(received.commit_id, commit);
    let received = received.configuration.unwrap();
    assert_eq!(
        (received.agent_id, received.project_path.as_str()),
        (agent.id, "group/config")
    );
    let bad = stand.configure("prod", "unknown: 1");
    let status = end(&mut stream).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(
        status
            .message()
            .starts_with("Config: .gitlab/agents/prod/config.yaml is not valid"),
        "{bad}"
    );
}
