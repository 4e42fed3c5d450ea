//! The program itself.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rpc::{
    client::Connection,
    glops::{
        admin::v1::{CreateAgentRequest, agents_client::AgentsClient},
        configuration::v1::{WatchRequest, configuration_source_client::ConfigurationSourceClient},
    },
};
use testkit::git::{Commit, GitServer};

use crate::stand::{PATIENCE, WEBHOOK_SECRET, connect, end, next, write_settings};

/// A kas that is ended with the test, whatever becomes of it.
struct Program {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    lines: Vec<String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kas"));
        command
            .args(arguments)
            .envs(environment.iter().copied())
            .args(["--log-format", "json", "--log-level", "trace"])
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            log,
            lines: Vec::new(),
        }
    }

    /// Reads the log up to the line that says that kas is ready; its fields.
    fn ready(&mut self) -> serde_json::Value {
        loop {
            let mut line = String::new();
            assert!(
                self.log.read_line(&mut line).unwrap() > 0,
                "kas ended: {:?}",
                self.lines
            );
            self.lines.push(line.clone());
            let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
            if entry["fields"]["message"] == "kas is ready" {
                return entry["fields"].clone();
            }
        }
    }

    /// Reads the rest of the log aside, so that it never fills.
    fn drain(self) -> (Child, std::thread::JoinHandle<String>) {
        let Self {
            child,
            mut log,
            lines,
        } = self;
        let rest = std::thread::spawn(move || {
            let mut text = lines.concat();
            std::io::Read::read_to_string(&mut log, &mut text).unwrap();
            text
        });
        (child, rest)
    }
}

fn address(fields: &serde_json::Value, name: &str) -> SocketAddr {
    fields[name].as_str().unwrap().parse().unwrap()
}

async fn create(admin: Connection) -> String {
    let request = CreateAgentRequest {
        name: "prod".into(),
        project_id: "group/config".into(),
        ..Default::default()
    };
    AgentsClient::new(admin)
        .create_agent(request)
        .await
        .unwrap()
        .into_inner()
        .token
}

#[tokio::test]
async fn it_serves_stops_when_told_and_logs_no_secret() {
    let git = GitServer::start().unwrap();
    let config = git.create("group/config").unwrap();
    git.create("group/app").unwrap();
    let planted = "glops: {defaults: {render: {helm: {set: [password=planted-value]}}}}";
    config
        .commit(
            "main",
            &Commit::new("first").write(".gitlab/agents/prod/config.yaml", planted),
        )
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let settings = write_settings(&git, directory.path(), "");
    let mut program = Program::start(&["--configuration-file", &settings.to_string_lossy()]);
    let fields = program.ready();
    let (mut child, log) = program.drain();
    let admin_token = std::fs::read_to_string(directory.path().join("admin-token")).unwrap();
    let token = create(connect(address(&fields, "api"), &admin_token)).await;
    let mut client = ConfigurationSourceClient::new(connect(address(&fields, "agents"), &token));
    let mut stream = client.watch(WatchRequest::default()).await.unwrap().into_inner();
    next(&mut stream).await;
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    end(&mut stream).await.unwrap();
    let ended = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(ended.await.unwrap().success());
    let log = log.join().unwrap();
    for secret in [
        admin_token.trim(),
        token.as_str(),
        WEBHOOK_SECRET,
        "planted-value",
    ] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[test]
fn it_says_what_is_wrong_with_its_settings() {
    let said = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kas"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["--configuration-file", "/nowhere.yaml"]).contains("failed to read /nowhere.yaml"));
    assert!(said(&["--project", "nonsense"]).contains("write it as ID=URL"));
    assert!(said(&["--poll-period", "5m"]).contains("write seconds"));
}

#[tokio::test]
async fn the_client_may_come_first_and_kas_may_come_back() {
    let git = GitServer::start().unwrap();
    let config = git.create("group/config").unwrap();
    git.create("group/app").unwrap();
    let commit = config
        .commit("main", &Commit::new("first").write("a", "b"))
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let settings = write_settings(&git, directory.path(), "");
    let file = settings.to_string_lossy().into_owned();
    // a port that is free now
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let agents = listener.local_addr().unwrap();
    drop(listener);
    let listen = agents.to_string();
    let arguments = ["--configuration-file", &file, "--agent-listen-address", &listen];
    let mut token = String::new();
    let mut client: Option<ConfigurationSourceClient<Connection>> = None;
    for round in 0..2 {
        if let Some(client) = &mut client {
            assert!(
                client.watch(WatchRequest::default()).await.is_err(),
                "kas is away"
            );
        }
        let mut program = Program::start(&arguments);
        let fields = program.ready();
        let (mut child, _log) = program.drain();
        if round == 0 {
            let admin_token = std::fs::read_to_string(directory.path().join("admin-token")).unwrap();
            token = create(connect(address(&fields, "api"), &admin_token)).await;
        }
        // the connection made in the first round serves in the second
        let client = client.get_or_insert_with(|| ConfigurationSourceClient::new(connect(agents, &token)));
        let request = WatchRequest {
            known_commit_id: commit.clone(),
        };
        let mut stream = client.watch(request).await.unwrap().into_inner();
        next(&mut stream).await;
        // as a power cut does
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(end(&mut stream).await.is_err());
    }
}

#[tokio::test]
async fn repositories_are_reached_through_a_proxy() {
    // the Git server stands in for the proxy: it is asked for a repository of a host that exists nowhere
    let git = GitServer::start().unwrap();
    git.create("group/app").unwrap();
    let config = git.create("group/config").unwrap();
    let first = config
        .commit("main", &Commit::new("first").write("a", "b"))
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let settings = write_settings(&git, directory.path(), "");
    let hidden = std::fs::read_to_string(&settings)
        .unwrap()
        .replace(&git.url(), "http://git.example.test");
    std::fs::write(&settings, hidden).unwrap();
    let proxy = git.url();
    let mut program = Program::start_with(
        &["--configuration-file", &settings.to_string_lossy()],
        &[
            ("HTTP_PROXY", &proxy),
            ("http_proxy", &proxy),
            ("NO_PROXY", ""),
            ("no_proxy", ""),
        ],
    );
    let fields = program.ready();
    let (mut child, _log) = program.drain();
    let admin_token = std::fs::read_to_string(directory.path().join("admin-token")).unwrap();
    let token = create(connect(address(&fields, "api"), &admin_token)).await;
    let mut client = ConfigurationSourceClient::new(connect(address(&fields, "agents"), &token));
    let mut stream = client.watch(WatchRequest::default()).await.unwrap().into_inner();
    let told = format!("{:?}", next(&mut stream).await);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(told.contains(&first), "{told}");
}
