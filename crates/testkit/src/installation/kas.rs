//! kas, stand-alone, with a SQLite file.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::service::Service;
use crate::git::Repository;
use crate::scratch::Scratch;
use crate::{ports, product};

const PATIENCE: Duration = Duration::from_secs(30);
const WEBHOOK_SECRET: &str = "a-secret-between-git-and-kas";

/// A running kas. It looks at its repositories every second, and at once when told of a push.
#[derive(Debug)]
pub struct Kas {
    service: Service,
    ports: Ports,
    home: Scratch,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    agents: u16,
    api: u16,
    observability: u16,
    webhook: u16,
}

impl Kas {
    /// Starts kas for `repositories`, each a project of the name it was created with, and waits until it answers.
    pub fn start(repositories: &[&Repository], log_level: &str) -> Result<Self> {
        let home = Scratch::create("kas")?;
        let ports = Ports {
            agents: ports::free()?,
            api: ports::free()?,
            observability: ports::free()?,
            webhook: ports::free()?,
        };
        fs::write(home.path().join("webhook-secret"), WEBHOOK_SECRET)
            .context("failed to write the webhook's secret")?;
        let configuration = configuration(home.path(), ports, repositories);
        let file = home.path().join("kas.yaml");
        fs::write(&file, format!("{configuration:#}")).context("failed to write the configuration of kas")?;
        let arguments = [
            "--configuration-file",
            &file.to_string_lossy(),
            "--log-level",
            log_level,
        ]
        .map(str::to_owned);
        let service = Service::start("kas", arguments.to_vec(), home.path().join("kas.log"))?;
        let mut kas = Self { service, ports, home };
        kas.wait_until_it_answers()?;
        Ok(kas)
    }

    /// The program, to be stopped, killed and started again.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }

    /// Where agents connect.
    pub fn agent_address(&self) -> String {
        format!("grpc://127.0.0.1:{}", self.ports.agents)
    }

    /// The port of [`Self::agent_address`].
    pub fn agent_port(&self) -> u16 {
        self.ports.agents
    }

    /// Where glops connects.
    pub fn api_address(&self) -> String {
        format!("grpc://127.0.0.1:{}", self.ports.api)
    }

    /// Where metrics and probes are.
    pub fn observability_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.observability)
    }

    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.home.path().join("kas.db")
    }

    /// The directory of everything that kas writes.
    pub fn directory(&self) -> &Path {
        self.home.path()
    }

    /// The file with the administrator's token.
    pub fn admin_token(&self) -> PathBuf {
        self.home.path().join("admin-token")
    }

    /// A `glops` command that administers this kas and knows nothing else of this machine.
    pub fn glops(&self) -> Command {
        let mut command = product::command("glops", self.home.path());
        command
            .env("GLOPS_KAS_ADDRESS", self.api_address())
            .env("GLOPS_ADMIN_TOKEN_FILE", self.admin_token());
        command
    }

    /// Registers an agent and returns its token.
    pub fn create_agent(&self, name: &str, project: &str) -> Result<String> {
        let output = self
            .glops()
            .args(["agent", "create", name, "--project", project])
            .output();
        let output = output.context("failed to run glops agent create")?;
        if !output.status.success() {
            bail!(
                "glops agent create failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Tells kas of a push to `repository`, as GitLab does.
    pub fn tell_of_push(&self, repository: &Repository, branch: &str) -> Result<()> {
        let body = json!({
            "object_kind": "push",
            "ref": format!("refs/heads/{branch}"),
            "after": repository.tip(branch)?,
            "project": {"path_with_namespace": repository.name(), "git_http_url": repository.url()},
        })
        .to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Gitlab-Event: Push Hook\r\n\
             X-Gitlab-Token: {WEBHOOK_SECRET}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = exchange(self.ports.webhook, &format!("{head}{body}"))
            .context("failed to reach the webhook of kas")?;
        let status = answer.lines().next().unwrap_or_default();
        if !status.contains(" 2") {
            bail!("the webhook of kas answered {status}");
        }
        Ok(())
    }

    /// Waits until kas takes connections again, after it was started again.
    pub fn wait_until_it_answers(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let request = "GET /readiness HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        loop {
            let answer = exchange(self.ports.observability, request).unwrap_or_default();
            if answer.starts_with("HTTP/1.1 200") && self.admin_token().is_file() {
                return Ok(());
            }
            self.service.check()?;
            if Instant::now() > deadline {
                bail!(
                    "kas is not ready after {} s:\n{}",
                    PATIENCE.as_secs(),
                    self.service.log_tail(30)
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn configuration(home: &Path, ports: Ports, repositories: &[&Repository]) -> serde_json::Value {
    let listen = |port: u16| json!({"address": format!("127.0.0.1:{port}")});
    let projects: Vec<_> = repositories
        .iter()
        .map(|repository| json!({"id": repository.name(), "url": repository.url(), "allow_plain_http": true}))
        .collect();
    json!({
        "agent": {
            "listen": listen(ports.agents),
            "configuration": {"poll_period": "1s"},
            "gitops": {"poll_period": "1s"},
        },
        "api": {"listen": listen(ports.api), "admin_token_file": home.join("admin-token")},
        "observability": {"listen": listen(ports.observability)},
        "webhook": {"listen": listen(ports.webhook), "secret_file": home.join("webhook-secret")},
        "database": {"file": home.join("kas.db")},
        "git": {"cache_directory": home.join("git"), "projects": projects},
    })
}

fn exchange(port: u16, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
