//! A bare repository and what happens to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};

use super::commit::Commit;

/// The first commit is made at this second, each further one a minute later.
const EPOCH: u64 = 1_750_000_000;

/// A bare repository. Its branches change as they would by a push.
#[derive(Debug)]
pub struct Repository {
    name: String,
    path: PathBuf,
    url: String,
    commits: AtomicU64,
}

impl Repository {
    /// Creates an empty bare repository `name` at `path` whose default branch is `main`.
    pub fn create(name: &str, path: PathBuf, url: String) -> Result<Self> {
        let repository = Self {
            name: name.to_owned(),
            path,
            url,
            commits: AtomicU64::new(0),
        };
        let directory = repository.path.to_string_lossy();
        run(
            git().args(["init", "--quiet", "--bare", "--initial-branch=main", &directory]),
            &[],
        )?;
        for setting in [
            "http.receivepack",
            "uploadpack.allowFilter",
            "uploadpack.allowAnySHA1InWant",
        ] {
            repository.git(&["config", setting, "true"])?;
        }
        Ok(repository)
    }

    /// The name it was created with, such as `team/app`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its directory, which is a URL for Git as well.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its address at the server, without credentials.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Adds a commit to `branch`, which begins with it when it is new, and returns the commit's id.
    pub fn commit(&self, branch: &str, commit: &Commit) -> Result<String> {
        let seconds = EPOCH + 60 * self.commits.fetch_add(1, Ordering::Relaxed);
        let parent = self.tip(branch)?;
        let stream = commit.stream(branch, parent.as_deref(), seconds);
        run(
            self.command().args(["fast-import", "--quiet", "--force"]),
            &stream,
        )?;
        self.tip(branch)?
            .with_context(|| format!("failed to commit to branch {branch}"))
    }

    /// Points `branch` at any revision, as a force push or the creation of a branch does.
    pub fn reset(&self, branch: &str, revision: &str) -> Result<()> {
        self.git(&[
            "update-ref",
            &format!("refs/heads/{branch}"),
            &format!("{revision}^{{commit}}"),
        ])
        .map(drop)
    }

    /// Deletes a branch.
    pub fn delete_branch(&self, branch: &str) -> Result<()> {
        self.git(&["update-ref", "-d", &format!("refs/heads/{branch}")])
            .map(drop)
    }

    /// The id of the newest commit of `branch`, when there is such a branch.
    pub fn tip(&self, branch: &str) -> Result<Option<String>> {
        let found = self.git(&[
            "for-each-ref",
            "--format=%(objectname)",
            &format!("refs/heads/{branch}"),
        ])?;
        Ok(Some(found.trim().to_owned()).filter(|id| !id.is_empty()))
    }

    /// Runs any git command in the repository and returns what it prints.
    pub fn git(&self, arguments: &[&str]) -> Result<String> {
        run(self.command().args(arguments), &[])
    }

    fn command(&self) -> Command {
        let mut command = git();
        command.arg("--git-dir").arg(&self.path);
        command
    }
}

/// The `git` program, blind to the settings of this machine and its user.
pub(crate) fn git() -> Command {
    let mut command = Command::new("git");
    for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0");
    command
}

fn run(command: &mut Command, input: &[u8]) -> Result<String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .context("failed to start git; install it (https://git-scm.com)")?;
    let mut stdin = child.stdin.take().context("git has no input")?;
    // git reads all of its input before it prints more than a pipe holds; its refusal is told by its status
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().context("failed to wait for git")?;
    if !output.status.success() {
        let shown: Vec<_> = command
            .get_args()
            .map(|argument| argument.to_string_lossy())
            .collect();
        bail!(
            "git {} failed: {}",
            shown.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
