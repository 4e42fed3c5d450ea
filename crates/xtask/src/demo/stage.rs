//! The stage of the demo: a control plane, a Git server, and the three programs.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use testkit::installation::{Agentk, Kas, Service};
use testkit::scratch::Scratch;
use testkit::{ControlPlane, GitServer, Options, Repository, product};

use super::narrator::{self, Narrator};
use super::picture;

pub(super) const PROJECT: &str = "demo/shop";
pub(super) const AGENT: &str = "demo";
const NAMESPACE: &str = "default";

/// Everything that runs; it ends with this value, and with this process.
pub(super) struct Stage {
    pub(super) narrator: Narrator,
    /// Where the picture of the preview goes, when one is wanted.
    pub(super) picture: Option<PathBuf>,
    agentk: Option<Agentk>,
    kas: Option<Kas>,
    pub(super) repository: Repository,
    _git: GitServer,
    plane: ControlPlane,
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
        Ok(Self {
            narrator,
            picture: None,
            agentk: None,
            kas: None,
            repository,
            _git: git,
            plane,
            home: Scratch::create("demo")?,
        })
    }

    /// Starts kas with its SQLite database and the one project.
    pub(super) fn start_kas(&mut self) -> Result<()> {
        let mut kas = Kas::start(&[&self.repository], "info")?;
        self.narrator.command(&typed("kas", kas.service()));
        self.kas = Some(kas);
        Ok(())
    }

    /// Registers the agent and starts agentk with its token.
    pub(super) fn start_agentk(&mut self) -> Result<()> {
        let kas = self.kas.as_ref().context("kas comes before agentk")?;
        self.narrator
            .command(&format!("glops agent create {AGENT} --project {PROJECT}"));
        let token = kas.create_agent(AGENT, PROJECT)?;
        narrator::output(&format!("{}…", token.chars().take(12).collect::<String>()));
        let mut agentk = Agentk::start(
            &kas.agent_address(),
            &token,
            self.plane.kubeconfig(),
            NAMESPACE,
            "info",
        )?;
        self.narrator.command(&typed("agentk", agentk.service()));
        self.agentk = Some(agentk);
        Ok(())
    }

    /// Tells kas of a push, as a Git server's webhook does.
    pub(super) fn tell_of_push(&self) -> Result<()> {
        self.kas
            .as_ref()
            .context("there is no kas to tell")?
            .tell_of_push(&self.repository, "main")
    }

    /// Runs a program for the audience: the command, then what it prints.
    pub(super) fn show(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let home = self.home.path().to_string_lossy();
        self.narrator
            .command(&format!("{program} {}", arguments.join(" ")).replace(&*home, "~"));
        let output = self.run(program, arguments)?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        narrator::output(&printed);
        if !output.status.success() {
            narrator::output(&String::from_utf8_lossy(&output.stderr));
            bail!("{program} {} failed", arguments.join(" "));
        }
        Ok(printed)
    }

    /// Takes a picture of what glops prints on a terminal, when one is wanted.
    pub(super) fn take_picture(&self, arguments: &[&str]) -> Result<()> {
        let Some(file) = &self.picture else {
            return Ok(());
        };
        let printed = self.ask("glops", &[arguments, &["--color", "always"]].concat())?;
        picture::write(file, &format!("glops {}", arguments.join(" ")), &printed)
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
    pub(super) fn until(&self, what: &str, met: impl Fn(&Self) -> bool) -> Result<Duration> {
        let begin = Instant::now();
        while !met(self) {
            if begin.elapsed() > Duration::from_mins(1) {
                bail!("{what}: not within a minute");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(begin.elapsed())
    }

    /// Where the repository is cloned to.
    pub(super) fn clone_directory(&self) -> PathBuf {
        self.home.path().join("shop")
    }

    /// What agentk has logged so far.
    pub(super) fn agentk_log(&mut self) -> String {
        self.agentk
            .as_mut()
            .map(|agentk| agentk.service().log())
            .unwrap_or_default()
    }

    /// The ends of the programs' logs, for when something went wrong.
    pub(super) fn last_words(&mut self) -> String {
        let kas = self
            .kas
            .as_mut()
            .map(|kas| kas.service().log_tail(30))
            .unwrap_or_default();
        let agentk = self
            .agentk
            .as_mut()
            .map(|agentk| agentk.service().log_tail(30))
            .unwrap_or_default();
        format!("---- end of the log of kas\n{kas}\n---- end of the log of agentk\n{agentk}")
    }

    /// What to type when the demo is kept running.
    pub(super) fn what_to_try(&mut self) -> String {
        let programs = product::program("glops");
        let programs = programs.parent().unwrap_or(&programs).display();
        let kubectl = self
            .plane
            .programs()
            .map(|programs| programs.directory().display().to_string());
        let log = self
            .agentk
            .as_mut()
            .map(|agentk| agentk.service().log_file().display().to_string());
        let (api, token) = self
            .kas
            .as_ref()
            .map(|kas| (kas.api_address(), kas.admin_token()))
            .unwrap_or_default();
        format!(
            "\nEverything runs until you press Ctrl-C. In another terminal:\n\n  \
             export PATH={programs}:{}:$PATH KUBECONFIG={}\n  \
             export GLOPS_KAS_ADDRESS={api} GLOPS_ADMIN_TOKEN_FILE={}\n  \
             git clone {} shop && cd shop          push to main, and the cluster follows\n  \
             kubectl -n shop get deployments -w\n  \
             kubectl -n shop delete deployment api\n  \
             glops agent show {AGENT}\n  \
             tail -f {}",
            kubectl.unwrap_or_default(),
            self.plane.kubeconfig().display(),
            token.display(),
            self.repository.url(),
            log.unwrap_or_default(),
        )
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = match program {
            "kubectl" => Command::new(self.plane.programs()?.kubectl()?),
            "glops" => self.kas.as_ref().context("there is no kas yet")?.glops(),
            other => Command::new(other),
        };
        let clone = self.clone_directory();
        let directory = if clone.is_dir() { &clone } else { self.home.path() };
        command
            .args(arguments)
            .current_dir(directory)
            .env("KUBECONFIG", self.plane.kubeconfig());
        command
            .output()
            .with_context(|| format!("failed to run {program}"))
    }
}

/// A command line with paths cut to their last part.
fn typed(name: &str, service: &Service) -> String {
    let short = |argument: &String| match argument.rsplit_once('/') {
        Some((folder, file)) if folder.starts_with('/') => file.to_owned(),
        _ => argument.clone(),
    };
    format!(
        "{name} {}",
        service
            .arguments()
            .iter()
            .map(short)
            .collect::<Vec<_>>()
            .join(" ")
    )
}
