//! What the tests stand on.

use std::{fs, path::Path, sync::Arc, time::Duration};

use kas::{
    server::Server,
    settings::{Flags, Settings},
};
use rpc::{
    client::{self, Connection, Kas, Token},
    glops::{
        admin::v1::{AgentSelector, CreateAgentRequest, agents_client::AgentsClient},
        configuration::v1::{self as configuration, configuration_source_client::ConfigurationSourceClient},
        manifests::v1::{WatchRequest, WatchResponse, manifest_source_client::ManifestSourceClient},
    },
    manifests::{Receiver, Snapshot, Update},
};
use testkit::git::{Commit, GitServer, Repository};
use tonic::Streaming;

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
pub(crate) const WEBHOOK_SECRET: &str = "planted-webhook-secret";

pub(crate) struct Stand {
    pub(crate) git: GitServer,
    pub(crate) config: Repository,
    pub(crate) app: Repository,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) kas: Server,
}

/// An agent as its user got it.
pub(crate) struct Agent {
    pub(crate) id: i64,
    pub(crate) token: String,
}

impl Stand {
    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// With more lines of the configuration file.
    pub(crate) async fn with(more: &str) -> Self {
        let git = GitServer::start().unwrap();
        let config = git.create("group/config").unwrap();
        let app = git.create("group/app").unwrap();
        let directory = tempfile::tempdir().unwrap();
        let kas = Self::serve(&git, directory.path(), more).await;
        Self {
            git,
            config,
            app,
            directory,
            kas,
        }
    }

    /// Starts kas on what is in `directory`.
    pub(crate) async fn serve(git: &GitServer, directory: &Path, more: &str) -> Server {
        let file = write_settings(git, directory, more);
        let flags = Flags {
            configuration_file: Some(file),
            ..Flags::default()
        };
        Server::start(Settings::resolve(flags).unwrap()).await.unwrap()
    }

    pub(crate) fn admin_token(&self) -> String {
        fs::read_to_string(self.directory.path().join("admin-token")).unwrap()
    }

    pub(crate) fn admin(&self) -> Connection {
        connect(self.kas.addresses().api, &self.admin_token())
    }

    pub(crate) async fn create_agent(&self, name: &str) -> Agent {
        self.create_agent_of("group/config", name).await
    }

    /// With its configuration in another project.
    pub(crate) async fn create_agent_of(&self, project: &str, name: &str) -> Agent {
        let request = CreateAgentRequest {
            name: name.into(),
            project_id: project.into(),
            token_name: String::new(),
        };
        let created = AgentsClient::new(self.admin())
            .create_agent(request)
            .await
            .unwrap()
            .into_inner();
        Agent {
            id: created.agent.unwrap().id,
            token: created.token,
        }
    }

    pub(crate) fn connect(&self, agent: &Agent) -> Connection {
        connect(self.kas.addresses().agents, &agent.token)
    }

    /// Commits the configuration file of an agent.
    pub(crate) fn configure(&self, agent: &str, yaml: &str) -> String {
        let path = format!(".gitlab/agents/{agent}/config.yaml");
        self.config
            .commit("main", &Commit::new("configure").write(path, yaml))
            .unwrap()
    }

    pub(crate) fn write(&self, path: &str, content: &str) -> String {
        self.app
            .commit("main", &Commit::new(format!("write {path}")).write(path, content))
            .unwrap()
    }

    pub(crate) async fn watch_configuration(
        &self,
        agent: &Agent,
        known: &str,
    ) -> Streaming<configuration::WatchResponse> {
        let mut client = ConfigurationSourceClient::new(self.connect(agent));
        let request = configuration::WatchRequest {
            known_commit_id: known.into(),
        };
        client.watch(request).await.unwrap().into_inner()
    }

    pub(crate) async fn watch_manifests(&self, agent: &Agent) -> Manifests {
        let request = WatchRequest {
            project_id: "group/app".into(),
            ..WatchRequest::default()
        };
        self.watch(agent, request, None).await
    }

    pub(crate) async fn watch(
        &self,
        agent: &Agent,
        request: WatchRequest,
        held: Option<Arc<Snapshot>>,
    ) -> Manifests {
        let mut client = ManifestSourceClient::new(self.connect(agent));
        let stream = client.watch(request).await.unwrap().into_inner();
        Manifests {
            stream,
            receiver: Receiver::new(held),
            messages: Vec::new(),
        }
    }

    /// Tells kas of a push to `name`, as GitLab does; the status of the answer.
    pub(crate) async fn push_event(&self, name: &str, secret: &str) -> u16 {
        let body = format!(
            r#"{{"object_kind":"push","ref":"refs/heads/main","project":{{"path_with_namespace":"{name}"}}}}"#
        );
        let url = format!("http://{}/", self.kas.addresses().webhook.unwrap());
        let request = reqwest::Client::new()
            .post(url)
            .header("X-Gitlab-Token", secret)
            .body(body);
        request.send().await.unwrap().status().as_u16()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.kas.addresses().observability);
        let response = reqwest::get(url).await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

pub(crate) fn write_settings(git: &GitServer, directory: &Path, more: &str) -> std::path::PathBuf {
    fs::write(directory.join("webhook-secret"), WEBHOOK_SECRET).unwrap();
    let (place, url) = (directory.display(), git.url());
    let more = more.replace("{url}", &url);
    let poll_period = if more.contains("poll_period") {
        ""
    } else {
        "agent: {listen: {address: '127.0.0.1:0'}, configuration: {poll_period: 0.05s}, gitops: {poll_period: 0.05s}}"
    };
    let yaml = format!(
        "
{poll_period}
api: {{listen: {{address: '127.0.0.1:0'}}, admin_token_file: {place}/admin-token}}
observability: {{listen: {{address: '127.0.0.1:0'}}}}
webhook: {{listen: {{address: '127.0.0.1:0'}}, secret_file: {place}/webhook-secret}}
database: {{file: {place}/kas.db, max_history_per_agent: 5}}
git:
  cache_directory: {place}/cache
  stall_timeout: 2s
  projects:
  - {{id: group/config, url: '{url}/group/config.git'}}
  - {{id: group/app, url: '{url}/group/app.git'}}
{more}"
    );
    let file = directory.join("kas.yaml");
    fs::write(&file, yaml).unwrap();
    file
}

pub(crate) fn connect(address: std::net::SocketAddr, token: &str) -> Connection {
    let kas = Kas {
        address: format!("grpc://{address}").parse().unwrap(),
        ca: None,
        tls_server_name: None,
        headers: Vec::new(),
    };
    client::open(&kas, &Token::new(token).unwrap(), "test").unwrap()
}

pub(crate) fn selector(agent: &Agent) -> AgentSelector {
    AgentSelector {
        id: agent.id,
        ..AgentSelector::default()
    }
}

/// The next message of a stream; fails the test when none comes.
pub(crate) async fn next<T>(stream: &mut Streaming<T>) -> T {
    let message = tokio::time::timeout(PATIENCE, stream.message())
        .await
        .expect("a message comes in time");
    message.unwrap().expect("the stream goes on")
}

/// How a stream ends.
pub(crate) async fn end<T: std::fmt::Debug>(stream: &mut Streaming<T>) -> Result<(), tonic::Status> {
    loop {
        match tokio::time::timeout(PATIENCE, stream.message())
            .await
            .expect("the stream ends in time")
        {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            Err(status) => return Err(status),
        }
    }
}

/// A stream of manifests and what was put together from it.
pub(crate) struct Manifests {
    pub(crate) stream: Streaming<WatchResponse>,
    receiver: Receiver,
    /// Messages since the last update.
    pub(crate) messages: Vec<WatchResponse>,
}

impl Manifests {
    pub(crate) async fn update(&mut self) -> Update {
        self.messages.clear();
        loop {
            let message = next(&mut self.stream).await;
            self.messages.push(message.clone());
            if let Some(update) = self.receiver.handle(message).unwrap() {
                return update;
            }
        }
    }

    pub(crate) async fn snapshot(&mut self) -> Arc<Snapshot> {
        match self.update().await {
            Update::Snapshot(snapshot) => snapshot,
            other => panic!("expected a commit, got {other:?}"),
        }
    }

    /// Waits for a commit, whatever comes before.
    pub(crate) async fn until(&mut self, commit: &str) -> Arc<Snapshot> {
        loop {
            match self.update().await {
                Update::Snapshot(snapshot) | Update::UpToDate(snapshot) if snapshot.commit_id == commit => {
                    return snapshot;
                }
                _ => {}
            }
        }
    }

    /// Contents that travelled since the last update.
    pub(crate) fn contents(&self) -> Vec<String> {
        use rpc::glops::manifests::v1::watch_response::Event;
        let blobs = self.messages.iter().filter_map(|message| match &message.event {
            Some(Event::Blobs(blobs)) => Some(&blobs.parts),
            _ => None,
        });
        blobs
            .flatten()
            .map(|part| String::from_utf8_lossy(&part.data).into_owned())
            .collect()
    }
}
