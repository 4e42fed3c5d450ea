//! Agents and tokens are made, shown and revoked.

use std::os::unix::fs::PermissionsExt;

use rpc::{
    gitlab::agent::{
        agent_registrar::rpc::{RegisterRequest, agent_registrar_client::AgentRegistrarClient},
        entity::AgentMeta,
    },
    glops::{
        admin::v1::{
            AgentSelector, CreateAgentRequest, CreateTokenRequest, ListAgentsRequest, RevokeAgentRequest,
            RevokeTokenRequest, ShowAgentRequest, agents_client::AgentsClient,
        },
        configuration::v1::{WatchRequest, configuration_source_client::ConfigurationSourceClient},
    },
};
use tonic::Code;

use crate::stand::{Agent, Stand, connect, end, next, selector};

async fn register(stand: &Stand, agent: &Agent) -> Result<(), Code> {
    let meta = AgentMeta {
        version: "1.2.3".into(),
        pod_name: "agentk-0".into(),
        ..AgentMeta::default()
    };
    let request = RegisterRequest {
        agent_meta: Some(meta),
        pod_id: 42,
    };
    let answer = AgentRegistrarClient::new(stand.connect(agent))
        .register(request)
        .await;
    answer.map(drop).map_err(|status| status.code())
}

#[tokio::test]
async fn an_agent_is_made_and_shown() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    register(&stand, &agent).await.unwrap();
    let mut admin = AgentsClient::new(stand.admin());
    let named = AgentSelector {
        name: "prod".into(),
        ..AgentSelector::default()
    };
    let shown = admin
        .show_agent(ShowAgentRequest { agent: Some(named) })
        .await
        .unwrap()
        .into_inner()
        .agent
        .unwrap();
    assert_eq!((shown.id, shown.project_id.as_str()), (agent.id, "group/config"));
    assert_eq!(shown.tokens.len(), 1);
    assert_eq!(shown.connections[0].agent_meta.as_ref().unwrap().version, "1.2.3");
    let listed = admin
        .list_agents(ListAgentsRequest::default())
        .await
        .unwrap()
        .into_inner()
        .agents;
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_made_is_refused() {
    let stand = Stand::start().await;
    stand.create_agent("prod").await;
    let mut admin = AgentsClient::new(stand.admin());
    let mut create = async |name: &str, project: &str| {
        let request = CreateAgentRequest {
            name: name.into(),
            project_id: project.into(),
            ..Default::default()
        };
        admin.create_agent(request).await.unwrap_err()
    };
    assert_eq!(create("prod", "group/config").await.code(), Code::AlreadyExists);
    assert_eq!(create("Prod", "group/config").await.code(), Code::InvalidArgument);
    let unknown = create("other", "group/none").await;
    assert_eq!(
        unknown.message(),
        "project \"group/none\" is not known to kas; add it to git.projects there"
    );
}

#[tokio::test]
async fn revoking_ends_what_is_open_at_once() {
    let stand = Stand::start().await;
    let (agent, other) = (
        stand.create_agent("prod").await,
        stand.create_agent("other").await,
    );
    stand.configure("prod", "gitops: {}");
    stand.write("a.yaml", "one");
    let mut configuration = stand.watch_configuration(&agent, "").await;
    let mut manifests = stand.watch_manifests(&agent).await;
    next(&mut configuration).await;
    manifests.snapshot().await;
    let revoke = RevokeAgentRequest {
        agent: Some(selector(&agent)),
    };
    let revoked = AgentsClient::new(stand.admin())
        .revoke_agent(revoke)
        .await
        .unwrap()
        .into_inner();
    assert!(revoked.agent.unwrap().revoked_at.is_some());
    assert_eq!(
        end(&mut configuration).await.unwrap_err().code(),
        Code::Unauthenticated
    );
    assert_eq!(
        end(&mut manifests.stream).await.unwrap_err().code(),
        Code::Unauthenticated
    );
    assert_eq!(register(&stand, &agent).await, Err(Code::Unauthenticated));
    assert_eq!(register(&stand, &other).await, Ok(()));
    // the name is free again
    stand.create_agent("prod").await;
}

#[tokio::test]
async fn tokens_are_exchanged_without_a_gap() {
    let stand = Stand::start().await;
    let old = stand.create_agent("prod").await;
    let mut admin = AgentsClient::new(stand.admin());
    let request = CreateTokenRequest {
        agent: Some(selector(&old)),
        name: "second".into(),
    };
    let created = admin.create_token(request).await.unwrap().into_inner();
    let new = Agent {
        id: old.id,
        token: created.secret,
    };
    assert_eq!(
        (register(&stand, &old).await, register(&stand, &new).await),
        (Ok(()), Ok(()))
    );
    let shown = admin
        .show_agent(ShowAgentRequest {
            agent: Some(selector(&old)),
        })
        .await
        .unwrap()
        .into_inner();
    let first = shown
        .agent
        .unwrap()
        .tokens
        .into_iter()
        .find(|token| token.name == "default")
        .unwrap();
    admin
        .revoke_token(RevokeTokenRequest { token_id: first.id })
        .await
        .unwrap();
    assert_eq!(
        (register(&stand, &old).await, register(&stand, &new).await),
        (Err(Code::Unauthenticated), Ok(()))
    );
}

#[tokio::test]
async fn a_wrong_token_is_refused_everywhere() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    for token in ["glagent-wrong", stand.admin_token().trim()] {
        let connection = connect(stand.kas.addresses().agents, token);
        let status = ConfigurationSourceClient::new(connection)
            .watch(WatchRequest::default())
            .await
            .unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (Code::Unauthenticated, "unauthenticated")
        );
    }
    let admin = connect(stand.kas.addresses().api, &agent.token);
    let status = AgentsClient::new(admin)
        .list_agents(ListAgentsRequest::default())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_token_has_its_limit() {
    let listen = "agent: {listen: {address: '127.0.0.1:0', connections_per_token_per_minute: 3}, gitops: {poll_period: 1s}}";
    let stand = Stand::with(listen).await;
    let (agent, other) = (
        stand.create_agent("prod").await,
        stand.create_agent("other").await,
    );
    // a minute may begin in between, never two
    let mut results = Vec::new();
    for _ in 0..7 {
        results.push(register(&stand, &agent).await);
    }
    assert_eq!(results[0], Ok(()));
    assert!(results.contains(&Err(Code::ResourceExhausted)), "{results:?}");
    assert_eq!(register(&stand, &other).await, Ok(()));
}

#[tokio::test]
async fn secrets_are_written_once_and_stored_as_digests() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let file = stand.directory.path().join("admin-token");
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let admin_token = stand.admin_token();
    let secrets = [
        agent.token.as_bytes(),
        admin_token.trim().as_bytes(),
        &agent.token.as_bytes()["glagent-".len()..],
    ];
    for name in ["kas.db", "kas.db-wal"] {
        let content = std::fs::read(stand.directory.path().join(name)).unwrap_or_default();
        for secret in secrets {
            assert!(
                !content.windows(secret.len()).any(|window| window == secret),
                "{name}"
            );
        }
    }
    // the second start makes no other token
    let Stand {
        git, directory, kas, ..
    } = stand;
    kas.stop().await;
    let kas = Stand::serve(&git, directory.path(), "").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), admin_token);
    let admin = connect(kas.addresses().api, &admin_token);
    assert_eq!(
        AgentsClient::new(admin)
            .list_agents(ListAgentsRequest::default())
            .await
            .unwrap()
            .into_inner()
            .agents
            .len(),
        1
    );
}
