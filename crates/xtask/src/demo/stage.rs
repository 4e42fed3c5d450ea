//! The stage of the demo: a control plane, a Git server, and the three programs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use testkit::process::Process;
use testkit::scratch::Scratch;
use testkit::{ControlPlane, GitServer, Options, Repository, ports};

use super::narrator::{self, Narrator};

pub(super) const PROJECT: &str = "demo/shop";
const AGENT: &str = "demo";

/// Everything that runs; it ends with this value, and with this process.
pub(super) struct Stage {
    pub(super) narrator: Narrator,
    agentk: Option<Process>,
    kas: Option<Process>,
    pub(super) repository: Repository,
    _git: GitServer,
    plane: ControlPlane,
    kas_agents: u16,
    kas_api: u16,
    programs: PathBuf,
    home: Scratch,
}

impl Stage {
    /// Brings up the control plane and an empty repository.
    pub(super) fn set() -> Result<Self> {
        let mut narrator = Narrator::new();
        narrator
            .chapter("A control plane: etcd, kube-apiserver, its controllers, and kwok to play the nodes");
        let plane = ControlPlane::start(&Options::default())?;
        let git = GitServer::start()?;
        let repository = git.create(PROJECT)?;
        let this = env::current_exe().context("failed to find this program")?;
        let programs = this
            .parent()
            .context("this program is in no directory")?
            .to_path_buf();
        Ok(Self {
            narrator,
            agentk: None,
            kas: None,
            repository,
            _git: git,
            plane,
            kas_agents: ports::free()?,
            kas_api: ports::free()?,
            programs,
            home: Scratch::create("demo")?,
        })
    }

    /// Starts kas with its SQLite database and the one project.
    pub(super) fn start_kas(&mut self) -> Result<()> {
        let configuration = serde_json::json!({
            "agent": {
                "listen": {"address": format!("127.0.0.1:{}", self.kas_agents)},
                "configuration": {"poll_period": "1s"},
                "gitops": {"poll_period": "1s"},
            },
            "api": {
                "listen": {"address": format!("127.0.0.1:{}", self.kas_api)},
                "admin_token_file": self.admin_token(),
            },
            "observability": {"listen": {"address": format!("127.0.0.1:{}", ports::free()?)}},
            "database": {"file": self.file("kas.db")},
            "git": {
                "cache_directory": self.file("kas-git-cache"),
                "projects": [{"id": PROJECT, "url": self.repository.url(), "allow_plain_http": true}],
            },
        });
        let file = self.file("kas.yaml");
        fs::write(&file, configuration.to_string()).context("failed to write the configuration of kas")?;
        self.kas = Some(self.start("kas", &["--configuration-file", &text(&file)])?);
        let token = self.admin_token();
        self.until("kas is up", |_| Ok(token.is_file()))?;
        self.until("kas answers", |stage| {
            Ok(stage.ask("glops", &["agent", "list"]).is_ok())
        })
    }

    /// Registers the agent and starts agentk with its token.
    pub(super) fn start_agentk(&mut self) -> Result<()> {
        let arguments = ["agent", "create", AGENT, "--project", PROJECT];
        self.narrator
            .command(&format!("glops {} > agent-token", arguments.join(" ")));
        let token = self.ask("glops", &arguments)?;
        let file = self.file("agent-token");
        fs::write(&file, token).context("failed to write the agent's token")?;
        let observability = format!("127.0.0.1:{}", ports::free()?);
        self.agentk = Some(self.start(
            "agentk",
            &[
                "--kas-address",
                &format!("grpc://127.0.0.1:{}", self.kas_agents),
                "--token-file",
                &text(&file),
                "--kubeconfig",
                &text(self.plane.kubeconfig()),
                "--observability-listen-address",
                &observability,
                "--pod-namespace",
                "default",
                "--pod-name",
                "agentk-demo",
                "--log-format",
                "text",
            ],
        )?);
        Ok(())
    }

    /// Runs a program for the audience: the command, then what it prints.
    pub(super) fn show(&self, program: &str, arguments: &[&str]) -> Result<String> {
        self.narrator
            .command(&format!("{program} {}", arguments.join(" ")));
        let output = self.run(program, arguments)?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        narrator::output(&printed);
        if !output.status.success() {
            narrator::output(&String::from_utf8_lossy(&output.stderr));
            bail!("{program} {} failed", arguments.join(" "));
        }
        Ok(printed)
    }

    /// Runs a program behind the scenes and returns what it prints.
    pub(super) fn ask(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = self.run(program, arguments)?;
        if !output.status.success() {
            bail!(
                "{program} {} failed: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Waits until `met`, at most a minute.
    pub(super) fn until(&self, what: &str, met: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !met(self)? {
            if Instant::now() > deadline {
                bail!("{what}: not within a minute; {}", self.last_words());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// A path in the demo's own directory.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The whole log of one of our programs.
    pub(super) fn log(&self, program: &str) -> String {
        fs::read_to_string(self.file(&format!("{program}.log"))).unwrap_or_default()
    }

    /// The ends of the programs' logs, for when something went wrong.
    pub(super) fn last_words(&self) -> String {
        let processes = [&self.kas, &self.agentk].into_iter().flatten();
        processes.fold(String::new(), |words, process| {
            format!(
                "{words}\n---- end of the log of {}\n{}",
                process.name(),
                process.log_tail(30)
            )
        })
    }

    /// What to type when the demo is kept running.
    pub(super) fn what_to_try(&self) -> String {
        format!(
            "\nEverything runs until you press Ctrl-C. In another terminal:\n\n  \
             export PATH={}:{}:$PATH KUBECONFIG={}\n  \
             export GLOPS_KAS_ADDRESS=grpc://127.0.0.1:{} GLOPS_ADMIN_TOKEN_FILE={}\n  \
             git clone {} shop && cd shop       # push to main and watch: kubectl -n shop get pods -w\n  \
             kubectl -n shop delete deployment web\n  \
             glops agent show {AGENT}\n\nLogs: {} and {}",
            self.programs.display(),
            self.plane
                .programs()
                .map(|programs| programs.directory().display().to_string())
                .unwrap_or_default(),
            self.plane.kubeconfig().display(),
            self.kas_api,
            self.admin_token().display(),
            self.repository.url(),
            self.file("kas.log").display(),
            self.file("agentk.log").display(),
        )
    }

    fn admin_token(&self) -> PathBuf {
        self.file("admin-token")
    }

    fn start(&self, name: &str, arguments: &[&str]) -> Result<Process> {
        self.narrator.command(&format!(
            "{name} {}",
            arguments.join(" ").replace(&text(self.home.path()), ".")
        ));
        let mut command = vec![text(&self.programs.join(name))];
        command.extend(arguments.iter().map(ToString::to_string));
        Process::start(name, &command, &self.file(&format!("{name}.log")))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<Output> {
        let path = match program {
            "kubectl" => self.plane.programs()?.kubectl()?,
            "git" => PathBuf::from("git"),
            ours => self.programs.join(ours),
        };
        let mut command = Command::new(path);
        command
            .args(arguments)
            .current_dir(self.directory())
            .stdin(Stdio::null())
            .env("HOME", self.home.path());
        command.env("KUBECONFIG", self.plane.kubeconfig());
        command.env("GLOPS_KAS_ADDRESS", format!("grpc://127.0.0.1:{}", self.kas_api));
        command.env("GLOPS_ADMIN_TOKEN_FILE", self.admin_token());
        command
            .output()
            .with_context(|| format!("failed to run {program}"))
    }

    /// The clone of the repository once there is one.
    fn directory(&self) -> PathBuf {
        let clone = self.file("shop");
        if clone.is_dir() {
            clone
        } else {
            self.home.path().to_path_buf()
        }
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
