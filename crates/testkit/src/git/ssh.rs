//! Git over SSH: a real `sshd` on the loopback interface with keys of its own.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::repository::Repository;
use crate::process::Process;
use crate::scratch::Scratch;
use crate::{ports, settings};

const PATIENCE: Duration = Duration::from_secs(10);

/// Serves bare repositories over SSH until it is dropped. One user key is let in.
#[derive(Debug)]
pub struct SshServer {
    root: Scratch,
    port: u16,
    user: String,
    _process: Process,
}

impl SshServer {
    /// Starts a server on a free port; `None` where there is no `sshd` (Debian: openssh-server) or `ssh`.
    pub fn start() -> Result<Option<Self>> {
        let (Some(sshd), Some(_)) = (program("sshd"), program("ssh")) else {
            return Ok(None);
        };
        let root = Scratch::create("ssh")?;
        for key in ["host", "user", "stranger"] {
            generate(&root.path().join(key))?;
        }
        fs::copy(root.path().join("user.pub"), root.path().join("authorized_keys"))
            .context("failed to write the keys that are let in")?;
        let user = run(Command::new("id").arg("-un"))?.trim().to_owned();
        // run by root, sshd wants the directory that its package makes when it starts the service
        if user == "root" {
            fs::create_dir_all("/run/sshd").context("failed to make the directory that sshd needs")?;
        }
        let port = ports::free()?;
        let configuration = root.path().join("sshd_config");
        fs::write(&configuration, settings_of(root.path(), port))
            .context("failed to write the settings of sshd")?;
        let command = [
            sshd.to_string_lossy().into_owned(),
            "-D".to_owned(),
            "-e".to_owned(),
            "-f".to_owned(),
            configuration.to_string_lossy().into_owned(),
        ];
        let mut process = Process::start("sshd", &command, &root.path().join("sshd.log"))?;
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if process.exited()?.is_some() || Instant::now() > deadline {
                bail!("sshd did not start:\n{}", process.log_tail(20));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(Self {
            root,
            port,
            user,
            _process: process,
        }))
    }

    /// Creates an empty repository such as `team/app`.
    pub fn create(&self, name: &str) -> Result<Repository> {
        let path = self.root.path().join(format!("{name}.git"));
        let url = format!("ssh://{}@127.0.0.1:{}{}", self.user, self.port, path.display());
        Repository::create(name, path, url)
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The private key that is let in.
    pub fn user_key(&self) -> PathBuf {
        self.root.path().join("user")
    }

    /// A private key that is not.
    pub fn stranger_key(&self) -> PathBuf {
        self.root.path().join("stranger")
    }

    /// A file of known hosts that knows this server.
    pub fn known_hosts(&self) -> Result<PathBuf> {
        self.known_hosts_with("host", self.port)
    }

    /// A file of known hosts that knows this server at another port.
    pub fn known_hosts_at(&self, port: u16) -> Result<PathBuf> {
        self.known_hosts_with("host", port)
    }

    /// A file of known hosts that expects another server here.
    pub fn other_known_hosts(&self) -> Result<PathBuf> {
        self.known_hosts_with("stranger", self.port)
    }

    fn known_hosts_with(&self, key: &str, port: u16) -> Result<PathBuf> {
        let public = fs::read_to_string(self.root.path().join(format!("{key}.pub")))
            .context("failed to read a public key")?;
        let file = self.root.path().join(format!("known_hosts_{key}_{port}"));
        fs::write(&file, format!("[127.0.0.1]:{port} {public}"))
            .context("failed to write the known hosts")?;
        Ok(file)
    }
}

fn settings_of(root: &Path, port: u16) -> String {
    let root = root.display();
    format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {root}/host\nAuthorizedKeysFile {root}/authorized_keys\nPidFile none\n\
         StrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n\
         KbdInteractiveAuthentication no\nLogLevel VERBOSE\n"
    )
}

fn generate(file: &Path) -> Result<()> {
    run(Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(file))?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).context("failed to protect a key")
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().context("failed to start a program of OpenSSH")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program is. `sshd` is where administrators' programs are, which is on few users' path.
fn program(name: &str) -> Option<PathBuf> {
    let path = settings::path("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}
