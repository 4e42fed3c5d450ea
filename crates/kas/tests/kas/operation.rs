//! What an operator sees: metrics, probes, TLS, stopping.

use rpc::{
    client::{self, Kas, Token},
    glops::admin::v1::{ListAgentsRequest, agents_client::AgentsClient},
};
use testkit::git::GitServer;

use crate::stand::{Stand, end, next};

#[tokio::test]
async fn metrics_and_probes() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.configure("prod", "gitops: {}");
    let mut stream = stand.watch_configuration(&agent, "").await;
    next(&mut stream).await;
    assert_eq!(stand.get("/liveness").await.0, 200);
    assert_eq!(stand.get("/readiness").await.0, 200);
    let (code, metrics) = stand.get("/metrics").await;
    assert_eq!(code, 200);
    for line in [
        "kas_open_streams{kind=\"configuration\"} 1",
        "kas_connected_agents 0",
        "# TYPE kas_git_polls counter",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
}

#[tokio::test]
async fn stopping_ends_streams_cleanly() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.configure("prod", "gitops: {}");
    stand.write("a.yaml", "one");
    let mut configuration = stand.watch_configuration(&agent, "").await;
    next(&mut configuration).await;
    let mut manifests = stand.watch_manifests(&agent).await;
    manifests.snapshot().await;
    let stopping = stand.kas.stop();
    let (configuration, manifests, ()) =
        tokio::join!(end(&mut configuration), end(&mut manifests.stream), stopping);
    configuration.unwrap();
    manifests.unwrap();
}

#[tokio::test]
async fn a_stream_that_waits_ends_with_its_connections_age() {
    let stand = Stand::with(
        "agent: {listen: {address: '127.0.0.1:0', max_connection_age: 3s}, gitops: {poll_period: 1s}}",
    )
    .await;
    let agent = stand.create_agent("prod").await;
    stand.configure("prod", "gitops: {}");
    let mut stream = stand.watch_configuration(&agent, "").await;
    next(&mut stream).await;
    end(&mut stream).await.unwrap();
}

#[tokio::test]
async fn a_thousand_streams_on_one_connection() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.write("a.yaml", "one");
    let connection = stand.connect(&agent);
    let mut streams = Vec::new();
    for _ in 0..1000 {
        let mut client =
            rpc::glops::manifests::v1::manifest_source_client::ManifestSourceClient::new(connection.clone());
        let request = rpc::glops::manifests::v1::WatchRequest {
            project_id: "group/app".into(),
            ..Default::default()
        };
        streams.push(client.watch(request).await.unwrap().into_inner());
    }
    for stream in &mut streams {
        next(stream).await;
    }
}

#[tokio::test]
async fn tls() {
    let git = GitServer::start().unwrap();
    git.create("group/config").unwrap();
    git.create("group/app").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().display();
    issue(directory.path());
    let files = format!("certificate_file: {place}/tls.crt, key_file: {place}/tls.key");
    let more = format!("agent: {{listen: {{address: '127.0.0.1:0', {files}}}, gitops: {{poll_period: 1s}}}}");
    let server = Stand::serve(&git, directory.path(), &more).await;
    let address = server.addresses().agents;
    // the connection stands; administration is not served where agents connect
    assert_eq!(call(address, directory.path()).await, tonic::Code::Unimplemented);
    // whoever trusts only the new certificate is served once the files hold it
    issue(directory.path());
    assert_eq!(call(address, directory.path()).await, tonic::Code::Unimplemented);
    std::fs::write(directory.path().join("tls.key"), "half written").unwrap();
    assert_eq!(call(address, directory.path()).await, tonic::Code::Unimplemented);
    server.stop().await;
}

/// Writes a new certificate that vouches for itself.
fn issue(directory: &std::path::Path) {
    let issued = rcgen::generate_simple_self_signed(["kas.example.test".to_owned()]).unwrap();
    std::fs::write(directory.join("tls.crt"), issued.cert.pem()).unwrap();
    std::fs::write(directory.join("tls.key"), issued.signing_key.serialize_pem()).unwrap();
}

/// What comes of a call on a new connection.
async fn call(address: std::net::SocketAddr, directory: &std::path::Path) -> tonic::Code {
    let kas = Kas {
        address: format!("grpcs://{address}").parse().unwrap(),
        ca: Some(directory.join("tls.crt")),
        tls_server_name: Some("kas.example.test".into()),
        headers: Vec::new(),
    };
    let connection = client::open(&kas, &Token::new("glagent-wrong").unwrap(), "test").unwrap();
    let called = AgentsClient::new(connection)
        .list_agents(ListAgentsRequest::default())
        .await;
    called.unwrap_err().code()
}
