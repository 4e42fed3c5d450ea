//! A child process that cannot outlive its parent.
//!
//! Each child begins as a shell that leaves a watcher behind and then becomes the program, so the child's id is the
//! program's. The watcher reads from a pipe whose other end only we hold. A word asks it for a signal; the end of the
//! pipe means that we are gone, by whatever signal, and it kills the program.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

const WATCH_AND_BECOME: &str = r#"
exec 3<&0
(
  if read -r word <&3; then
    [ "$word" = stop ] && kill -TERM $$
  else
    kill -KILL $$
  fi
) </dev/null >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-
"#;

/// A running program with its log.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`, whose first element is the program, with both outputs appended to `log`.
    pub fn start(name: &str, command: &[String], log: &Path) -> Result<Self> {
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("failed to open the log of {name}"))?;
        let errors = output
            .try_clone()
            .with_context(|| format!("failed to open the log of {name}"))?;
        let child = Command::new("sh")
            .args(["-c", WATCH_AND_BECOME, name])
            .args(command)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .with_context(|| format!("failed to start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_path_buf(),
        })
    }

    /// The program's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The log of both outputs.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The last `count` lines of the log.
    pub fn log_tail(&self, count: usize) -> String {
        log_tail(&self.log, count)
    }

    /// The exit status when the program has ended.
    pub fn exited(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .with_context(|| format!("failed to ask for the state of {}", self.name))
    }

    /// Asks the program to end, and kills it when it has not after `patience`.
    pub fn stop(&mut self, patience: Duration) -> Result<ExitStatus> {
        self.tell("stop");
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if let Some(status) = self.exited()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        self.kill()
    }

    /// Ends the program at once, as a power cut would.
    pub fn kill(&mut self) -> Result<ExitStatus> {
        // a program that ended by itself cannot be killed; waiting still gives its status
        let _ = self.child.kill();
        let status = self
            .child
            .wait()
            .with_context(|| format!("failed to wait for {}", self.name))?;
        self.tell("ended");
        Ok(status)
    }

    /// A watcher that is already gone needs no word.
    fn tell(&mut self, word: &str) {
        if let Some(mut pipe) = self.child.stdin.take() {
            let _ = writeln!(pipe, "{word}");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// The last `count` lines of a log.
pub(crate) fn log_tail(log: &Path, count: usize) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
